"""Twenty streams that must end at once: each is stopped once, and no call of IVS is throttled."""

import json
from collections import Counter

from streamwarden.domain.arn import account_arn, place_of
from streamwarden.domain.commands import ReleaseBreaker, envelope_of_command
from streamwarden.domain.state.controls import Sender
from tests.stack.account import IN_ORDER, Account, eventually, now

_CHANNELS = 20


def test_twenty_streams_are_stopped_once_each_and_no_call_is_throttled(account: Account) -> None:
    tags = {**IN_ORDER, "show": "forbidden"}
    channels = [account.channel(f"forbidden-{n}", tags=tags) for n in range(_CHANNELS)]
    eventually(lambda: all(map(account.is_recorded, channels)))
    _lift_limit(account, channels[0])

    for channel in channels:
        account.control.go_live(channel)

    eventually(lambda: _stops(account, channels).total() == _CHANNELS)
    account.settle()
    assert _stops(account, channels) == dict.fromkeys(channels, 1)
    calls = [call for call in account.calls() if any(each in str(call) for each in channels)]
    made = Counter(call["operation"] for call in calls)
    assert made == dict.fromkeys(("ListTagsForResource", "GetStream", "StopStream"), _CHANNELS)
    assert {call["outcome"] for call in calls} == {"ok"}
    assert not any(map(account.live_stream, channels))


def _lift_limit(account: Account, channel_arn: str) -> None:
    """The breaker would hold most of them."""
    place = place_of(channel_arn)
    released = ReleaseBreaker(
        resource_arn=account_arn(place.account, place.region),
        time=now(),
        author=Sender(id=""),  # SQS says who sent a command
        reason="a test",
        rule_id="forbidden-shows",
    )
    account.client("sqs").send_message(
        QueueUrl=account.outputs.administrator_inbox_url,
        MessageBody=json.dumps(envelope_of_command(released)),
    )
    account.settle()


def _stops(account: Account, channels: list[str]) -> Counter[str]:
    stops = (call for call in account.calls() if call["operation"] == "StopStream")
    stopped = (call["params"]["channelArn"] for call in stops if call["outcome"] == "ok")
    return Counter(arn for arn in stopped if arn in channels)
