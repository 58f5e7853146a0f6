"""An encoder that comes back two seconds after every stop is one incident."""

from tests.stack.account import Account, eventually
from tests.stack.channels import Channels


def test_a_minute_of_reconnecting_costs_at_most_four_notifications(
    account: Account, channels: Channels
) -> None:
    ivs, channel = account.client("ivs"), channels.closed_show
    eventually(lambda: not ivs.list_stream_keys(channelArn=channel)["streamKeys"])
    eventually(lambda: account.live_stream(channel) is None)

    account.settle()
    streams = ivs.list_stream_sessions(channelArn=channel)["streamSessions"]
    assert len(streams) > 4, "else each stream may have its notification"
    assert account.calls_on(channel).count("StopStream") == len(streams)
    statuses = account.statuses(channel, "closed-shows")
    assert statuses[:2] == ["opened", "repeated"]
    assert len(statuses) <= 4
