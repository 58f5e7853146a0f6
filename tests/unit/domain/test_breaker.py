"""On how many channels one rule may act in ten minutes, and what lets more pass."""

from datetime import datetime

import pytest

from streamwarden.domain.breaker import Breaker, ask, limit_of, tripped_since
from streamwarden.domain.state.controls import AccountControls, BreakerRelease, Sender
from streamwarden.domain.state.merge import Stamped
from testbed.builders import at

AUTHOR = Sender(id="AIDAEXAMPLE")
LIMIT = 5


def passing(
    breaker: Breaker,
    count: int,
    now: datetime,
    release: Stamped[BreakerRelease] | None = None,
    first: int = 0,
) -> tuple[Breaker, int]:
    """The breaker after so many different channels, and how many of them passed."""
    passed = 0
    for number in range(first, first + count):
        answer = ask(breaker, f"channel-{number}", release, LIMIT, now)
        breaker, passed = answer.breaker, passed + answer.may_pass
    return breaker, passed


def released(number: int | None, when: datetime) -> Stamped[BreakerRelease]:
    return Stamped(BreakerRelease(number=number, reason="looked at it", author=AUTHOR), when)


IN_FLIGHT = released(None, at())


@pytest.mark.parametrize(
    ("live", "limit"), [(None, 5), (0, 5), (25, 5), (29, 5), (30, 6), (60, 12), (1_000, 200)]
)
def test_the_limit_is_five_or_a_fifth_of_the_live_streams(live: int | None, limit: int) -> None:
    assert limit_of(live) == limit


def test_no_more_than_the_limit_pass_and_the_breaker_stays_tripped() -> None:
    breaker, passed = passing(Breaker(), 60, at())
    _, later = passing(breaker, 60, at(hours=5), first=100)

    assert (passed, breaker.tripped_at, later) == (LIMIT, at(), 0)


def test_what_is_spread_over_time_never_trips_it() -> None:
    breaker, passed = Breaker(), 0
    for minute in range(0, 600, 3):
        breaker, more = passing(breaker, 1, at(minutes=minute), first=minute)
        passed += more

    assert (passed, breaker.tripped_at) == (200, None)
    assert len(breaker.passed) <= LIMIT


def test_one_channel_counts_once_and_passes_also_when_tripped() -> None:
    breaker = Breaker()
    for _ in range(20):
        answer = ask(breaker, "channel-0", None, LIMIT, at())
        breaker = answer.breaker
    breaker, passed = passing(breaker, 20, at(), first=1)
    again = ask(breaker, "channel-0", None, LIMIT, at(minutes=1))

    assert (passed, again.may_pass) == (LIMIT - 1, True)


def test_a_release_of_all_lets_everything_pass_for_ten_minutes() -> None:
    tripped, _ = passing(Breaker(), 60, at())

    during, passed = passing(tripped, 60, at(minutes=3), released(None, at(minutes=2)), 100)
    after, more = passing(during, 60, at(minutes=13), released(None, at(minutes=2)), 200)

    assert (passed, during.tripped_at) == (60, None)
    assert (more, after.tripped_at) == (LIMIT, at(minutes=13))


def test_a_release_of_a_number_lets_so_many_pass_and_trips_again() -> None:
    tripped, _ = passing(Breaker(), 60, at())

    breaker, passed = passing(tripped, 60, at(minutes=3), released(3, at(minutes=2)), 100)
    _, later = passing(breaker, 60, at(minutes=4), released(3, at(minutes=2)), 200)

    assert (passed, breaker.tripped_at, later) == (3, at(minutes=3), 0)


def test_a_release_before_the_trip_releases_nothing() -> None:
    tripped, _ = passing(Breaker(), 60, at(hours=1))

    _, passed = passing(tripped, 60, at(hours=1), released(None, at()), 100)

    assert passed == 0


def test_no_ten_minutes_see_more_channels_than_the_limit() -> None:
    """Encoders that come back just before the window ends leave no room for others after it."""
    breaker, _ = passing(Breaker(), LIMIT, at())
    breaker, back = passing(breaker, LIMIT, at(minutes=9))

    breaker, others = passing(breaker, LIMIT, at(minutes=11), first=100)

    assert (back, others) == (LIMIT, 0)


def test_who_passed_before_a_release_counts_anew_when_it_is_over() -> None:
    release = released(None, at(minutes=2))
    breaker, _ = passing(Breaker(), LIMIT, at(minutes=1, seconds=59))
    breaker, counted = passing(breaker, LIMIT, at(minutes=12), release, 100)

    _, back = passing(breaker, LIMIT, at(minutes=12), release)

    assert (counted, back) == (LIMIT, 0)


def test_who_passed_before_uses_up_nothing_of_the_number_that_is_released() -> None:
    breaker, _ = passing(Breaker(), 60, at())

    breaker, _ = passing(breaker, LIMIT, at(minutes=3), released(3, at(minutes=2)))
    _, passed = passing(breaker, 60, at(minutes=3), released(3, at(minutes=2)), 100)

    assert passed == 3


def test_a_release_of_all_counts_also_if_the_breaker_trips_while_it_is_on_its_way() -> None:
    tripped, _ = passing(Breaker(), 60, at(seconds=8))
    controls = AccountControls(tripped={"rule": at(seconds=8)}, releases={"rule": IN_FLIGHT})

    _, passed = passing(tripped, 60, at(seconds=17), IN_FLIGHT, 100)
    _, afterwards = passing(tripped, 60, at(minutes=11), IN_FLIGHT, 100)

    assert tripped_since(controls, "rule") is None
    assert (passed, afterwards) == (60, LIMIT)


def test_a_number_counts_from_its_release_so_that_a_trip_after_it_stands() -> None:
    controls = AccountControls(
        tripped={"rule": at(seconds=8)}, releases={"rule": released(3, at())}
    )

    assert tripped_since(controls, "rule") == at(seconds=8)
