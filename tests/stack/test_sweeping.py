"""Events get lost. A sweep finds what they would have said, at the price of two calls."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import IN_ORDER, Account, eventually, now

_LISTINGS: Final = {"ListStreams", "ListChannels"}
_SWEEP_LINES: Final = ("swept", "sweep continues")


def test_a_lost_stream_start_is_found_and_its_stream_judged(account: Account) -> None:
    channel = account.channel("quiet-start", tags={**IN_ORDER, "show": "short"})
    eventually(lambda: account.is_recorded(channel))
    _happen_unnoticed(account, channel, "Stream Start", now() - timedelta(hours=1))

    account.sweep()

    eventually(lambda: account.live_stream(channel) is None)
    eventually(lambda: account.statuses(channel, "short-shows") == ["opened", "resolved"])
    # A rule about what encoders send has the sweep read that, once a stream.
    calls = Counter(account.calls_on(channel))
    stopping = {"ListTagsForResource": 1, "GetStream": 1, "StopStream": 1}
    assert calls == {"GetStreamSession": 1, **stopping}


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


def test_a_sweep_that_has_no_time_for_the_rest_goes_on_in_another_invocation(
    account: Account,
) -> None:
    live = account.channel("found-later", tags={**IN_ORDER, "show": "long"})
    eventually(lambda: account.is_recorded(live))
    _happen_unnoticed(account, live, "Stream Start", now() - timedelta(hours=1))
    account.settle()
    _, since = account.control.calls()
    swept, continued = (len(account.logged("sweep", text)) for text in _SWEEP_LINES)

    with _seconds_for_a_sweep(account, 60):
        answer = account.sweep()
        eventually(lambda: len(account.logged("sweep", "swept")) > swept)

    assert answer == {}
    assert len(account.logged("sweep", "sweep continues")) == continued + 1
    listings = [call["operation"] for call in account.calls(since)]
    assert [each for each in listings if each in _LISTINGS] == ["ListStreams", "ListChannels"]
    eventually(lambda: account.is_recorded_live(live))
    account.settle()
    assert account.sweep()["differences"] == 0


@contextmanager
def _seconds_for_a_sweep(account: Account, timeout: int) -> Iterator[None]:
    """Lambda ends an invocation earlier. With a minute, it has time for a page of each listing."""
    functions, name = account.client("lambda"), account.outputs.sweep_function_name
    before = functions.get_function_configuration(FunctionName=name)["Timeout"]
    functions.update_function_configuration(FunctionName=name, Timeout=timeout)
    yield
    functions.update_function_configuration(FunctionName=name, Timeout=before)


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
