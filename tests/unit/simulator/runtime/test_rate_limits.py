"""The documented call rates: so many in a second, so many in the long run, and not one more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from ivs_simulator.operations.table import OPERATIONS
from ivs_simulator.runtime.rate_limits import CALLS_PER_SECOND, PUT_METADATA_PER_CHANNEL, RateLimits
from ivs_simulator.wire.errors import IvsError

ACCOUNT, REGION = "444455556666", "eu-central-1"
START: Final = datetime(2026, 3, 14, 18, 2, 11, tzinfo=UTC)
ONE, TWO = (f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/{name}" for name in ("one", "two"))
A_FIFTH: Final = timedelta(milliseconds=200)


def allowed(limits: RateLimits, operation: str, at: datetime = START, **params: Any) -> bool:
    try:
        limits.take(ACCOUNT, REGION, operation, params, at)
    except IvsError:
        return False
    return True


def count(limits: RateLimits, operation: str, at: datetime = START, **params: Any) -> int:
    """How many calls are let through at one moment; it tries until none is."""
    calls = 0
    while allowed(limits, operation, at, **params):
        calls += 1
    return calls


def moments(span: timedelta, step: timedelta) -> Iterator[datetime]:
    at = START
    while at < START + span:
        yield at
        at += step


def test_every_operation_has_a_rate() -> None:
    assert set(CALLS_PER_SECOND) == set(OPERATIONS)


@pytest.mark.parametrize(("operation", "rate"), CALLS_PER_SECOND.items())
def test_a_seconds_worth_is_let_through_at_once(operation: str, rate: int) -> None:
    assert count(RateLimits(), operation) == rate


@pytest.mark.parametrize(
    ("operation", "rate"),
    [
        ("BatchStartViewerSessionRevocation", 2),
        ("CreateRecordingConfiguration", 3),
        ("InsertAdBreak", 1),
        ("ListPlaybackRestrictionPolicies", 5),
        ("PutMetadata", 155),
        ("StartViewerSessionRevocation", 10),
        ("StopStream", 5),
        ("TagResource", 10),
        ("UpdateFailoverSlateConfiguration", 3),
        ("ListStages", 5),
        ("ImportPublicKey", 3),
    ],
)
def test_rates_are_the_documented_ones(operation: str, rate: int) -> None:
    assert CALLS_PER_SECOND[operation] == rate


def test_one_call_too_many_is_throttled() -> None:
    limits = RateLimits()
    count(limits, "StopStream")

    with pytest.raises(IvsError, match="Rate exceeded") as throttled:
        limits.take(ACCOUNT, REGION, "StopStream", {"channelArn": ONE}, START)
    assert (throttled.value.code, throttled.value.status) == ("ThrottlingException", 429)


@pytest.mark.parametrize(
    ("later", "calls"),
    [
        (timedelta(0), 0),
        (A_FIFTH - timedelta(microseconds=1), 0),
        (A_FIFTH, 1),
        (timedelta(milliseconds=500), 2),
        (timedelta(seconds=1), 5),
        (timedelta(days=400), 5),
    ],
)
def test_calls_come_back_one_by_one(later: timedelta, calls: int) -> None:
    limits = RateLimits()
    count(limits, "GetChannel")

    assert count(limits, "GetChannel", START + later) == calls


def test_refused_calls_cost_nothing() -> None:
    limits = RateLimits()
    count(limits, "GetChannel")
    refused = [
        at
        for at in moments(A_FIFTH, timedelta(milliseconds=1))
        if not allowed(limits, "GetChannel", at)
    ]

    assert len(refused) == 200
    assert allowed(limits, "GetChannel", START + A_FIFTH)


@pytest.mark.parametrize(
    ("operation", "rate"),
    [("InsertAdBreak", 1), ("GetAdConfiguration", 3), ("StopStream", 5), ("PutMetadata", 155)],
)
@pytest.mark.parametrize("step", [timedelta(milliseconds=5), timedelta(microseconds=6001)])
def test_the_rate_holds_for_minutes(operation: str, rate: int, step: timedelta) -> None:
    limits = RateLimits()

    calls = sum(allowed(limits, operation, at) for at in moments(timedelta(minutes=2), step))

    # The second's worth there was at the start, and then what the time brought: 120 seconds of it,
    # but for a call that the last attempt came too early for.
    assert rate * 121 - 1 <= calls <= rate * 121


def test_who_keeps_to_the_rate_is_never_throttled() -> None:
    limits = RateLimits()

    assert all(
        allowed(limits, "ListChannels", at) for at in moments(timedelta(minutes=10), A_FIFTH)
    )


def test_in_no_second_there_are_more_than_two_seconds_worth() -> None:
    limits = RateLimits()
    step = timedelta(milliseconds=10)
    calls = [at for at in moments(timedelta(seconds=30), step) if allowed(limits, "GetStream", at)]

    busiest = max(
        sum(start <= at < start + timedelta(seconds=1) for at in calls) for start in calls
    )
    assert busiest <= 2 * CALLS_PER_SECOND["GetStream"]


@pytest.mark.parametrize(
    ("account", "region", "operation"),
    [
        ("111122223333", REGION, "GetChannel"),
        (ACCOUNT, "us-west-2", "GetChannel"),
        (ACCOUNT, REGION, "BatchGetChannel"),
    ],
)
def test_accounts_regions_and_operations_are_counted_apart(
    account: str, region: str, operation: str
) -> None:
    limits = RateLimits()
    count(limits, "GetChannel")

    limits.take(account, region, operation, {}, START)
    assert not allowed(limits, "GetChannel")


def test_other_calls_count_for_all_channels_together() -> None:
    limits = RateLimits()

    assert count(limits, "StopStream", channelArn=ONE) == 5
    assert not allowed(limits, "StopStream", channelArn=TWO)


def test_metadata_is_limited_per_channel() -> None:
    limits = RateLimits()

    assert count(limits, "PutMetadata", channelArn=ONE) == PUT_METADATA_PER_CHANNEL == 5
    assert count(limits, "PutMetadata", channelArn=TWO) == 5
    assert count(limits, "PutMetadata", START + A_FIFTH, channelArn=ONE) == 1


def test_metadata_is_limited_per_account() -> None:
    limits = RateLimits()
    channels = [f"{ONE}{number}" for number in range(40)]

    let_through = [count(limits, "PutMetadata", channelArn=arn) for arn in channels]

    assert let_through == [5] * 31 + [0] * 9


def test_metadata_refused_for_the_channel_takes_nothing_from_the_account() -> None:
    limits = RateLimits()
    for _ in range(500):
        allowed(limits, "PutMetadata", channelArn=ONE)

    assert sum(count(limits, "PutMetadata", channelArn=f"{TWO}{n}") for n in range(40)) == 150


def test_metadata_refused_for_the_account_takes_nothing_from_the_channel() -> None:
    limits = RateLimits()
    for number in range(31):
        count(limits, "PutMetadata", channelArn=f"{ONE}{number}")
    for _ in range(10):
        assert not allowed(limits, "PutMetadata", channelArn=TWO)

    # 50 ms bring the account seven calls; had the channel lost any, it had no five to give.
    assert count(limits, "PutMetadata", START + timedelta(milliseconds=50), channelArn=TWO) == 5


def test_a_clock_that_steps_back_gives_nothing_and_stops_nothing() -> None:
    limits, earlier = RateLimits(), START - timedelta(hours=1)
    count(limits, "GetChannel")

    assert count(limits, "GetChannel", earlier) == 0
    assert count(limits, "GetChannel", earlier + A_FIFTH) == 1
    assert count(limits, "GetChannel", earlier + timedelta(minutes=1)) == 5


def test_calls_out_of_order_gain_nothing() -> None:
    limits, jitter = RateLimits(), timedelta(milliseconds=1)
    count(limits, "GetChannel")
    swaying = [START + jitter * (number % 2) for number in range(1000)]

    assert not any(allowed(limits, "GetChannel", at) for at in swaying)


def test_a_forgotten_past_limits_nothing() -> None:
    limits = RateLimits()
    count(limits, "GetChannel")
    limits.clear()

    assert count(limits, "GetChannel") == 5


def test_what_ivs_does_not_have_is_not_limited() -> None:
    limits = RateLimits()

    assert all(allowed(limits, "NoSuchOperation") for _ in range(1000))
