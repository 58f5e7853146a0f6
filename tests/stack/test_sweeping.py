"""Events get lost. A sweep finds what they would have said, at the price of two calls."""

from collections import Counter
from datetime import datetime, timedelta

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import IN_ORDER, Account, eventually, now


def test_a_lost_stream_start_is_found_and_its_stream_judged(account: Account) -> None:
    channel = account.channel("quiet-start", tags={**IN_ORDER, "show": "short"})
    eventually(lambda: account.is_recorded(channel))
    _happen_unnoticed(account, channel, "Stream Start", now() - timedelta(hours=1))

    account.sweep()

    eventually(lambda: account.live_stream(channel) is None)
    eventually(lambda: account.statuses(channel, "short-shows") == ["opened", "resolved"])
    # A rule about what encoders send has the sweep read that, once a stream.
    calls = Counter(account.calls_on(channel))
    assert calls == {"GetStreamSession": 1, "GetStream": 1, "StopStream": 1}


def test_a_lost_stream_end_is_found(account: Account) -> None:
    channel = account.channel("quiet-end", tags={**IN_ORDER, "show": "long"})
    stream = account.control.go_live(channel, started_at=now() - timedelta(hours=1))
    eventually(lambda: account.is_recorded(channel) and account.is_recorded_live(channel))
    _happen_unnoticed(account, channel, "Stream End", now(), stream.stream_id)

    account.sweep()

    eventually(lambda: not account.is_recorded_live(channel))
    assert account.calls_on(channel) == []


def test_a_sweep_costs_two_calls_and_what_it_reported_is_not_reported_again(
    account: Account,
) -> None:
    live = account.channel("found-live", tags={**IN_ORDER, "show": "long"})
    eventually(lambda: account.is_recorded(live))
    _happen_unnoticed(account, live, "Stream Start", now() - timedelta(hours=1))
    account.settle()
    _, since = account.control.calls()

    first = account.sweep()

    account.settle()
    assert (first["differences"] > 0, first["streams"] > 0) == (True, True)
    calls = [call["operation"] for call in account.calls(since)]
    assert calls[:2] == ["ListStreams", "ListChannels"]
    assert not {"ListStreams", "ListChannels"} & set(calls[2:])
    assert account.is_recorded_live(live)
    assert account.sweep()["differences"] == 0


def _happen_unnoticed(
    account: Account,
    channel_arn: str,
    name: str,
    at: datetime,
    stream_id: str = "st-Unnoticed00000000000000",
) -> None:
    """The world changes; the event that would have said so is lost."""
    account.control.mirror(
        {
            "version": "0",
            "id": "00000000-0000-0000-0000-000000000000",
            "detail-type": "IVS Stream State Change",
            "source": "aws.ivs",
            "account": ACCOUNT_ID,
            "region": REGION,
            "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "resources": [channel_arn],
            "detail": {"event_name": name, "channel_name": "quiet", "stream_id": stream_id},
        }
    )
