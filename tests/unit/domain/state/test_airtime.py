"""How long a channel was on the air, whatever was told of it, how often and in which order."""

from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamwarden.domain.inputs import Input
from streamwarden.domain.state.airtime import (
    Airtime,
    LastAired,
    Usage,
    aired_within,
    before,
    last_aired,
    newest_days,
    settled,
    slots_between,
    spans_on_air,
)
from streamwarden.domain.state.periods import LocalPeriod, Period
from testbed import builders as build
from testbed.builders import NEXT_STREAM, NOON, at, state_from
from tests.unit.domain.strategies import histories

HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=5)
# Around the end of a month, so that slots, days and months end there.
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.integers(-600, 600).map(lambda minutes: MIDNIGHT + minutes * timedelta(minutes=1))


def merged(*parts: Airtime) -> Airtime:
    none: Airtime = {}
    return reduce(newest_days, parts, none)


airtimes = st.lists(st.tuples(moments, moments), max_size=4).map(
    lambda spans: merged(*(slots_between(*span) for span in spans))
)


DAY, MONTH = LocalPeriod(Period.DAY), LocalPeriod(Period.MONTH)


def aired_in(airtime: Airtime, period: LocalPeriod, now: datetime) -> timedelta:
    return aired_within(airtime, period.around(now))


def day(airtime: Airtime, now: datetime = NOON) -> timedelta:
    return aired_in(airtime, DAY, now)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(0), at(1), HOUR),
        (at(0), at(seconds=1), SLOT),
        (at(0), at(minutes=5), SLOT),
        (at(0), at(minutes=5, seconds=1), 2 * SLOT),
        (at(minutes=4), at(minutes=6), 2 * SLOT),
        (at(0), at(0), 0 * SLOT),
        (at(1), at(0), 0 * SLOT),
        (at(-13), at(13), 24 * HOUR),
        (at(-13), at(-12), 0 * SLOT),
        (at(-13), at(-12, seconds=1), SLOT),
        (at(11, 55), at(13), SLOT),
    ],
)
def test_slots_that_a_stream_touches_count(
    start: datetime, end: datetime, expected: timedelta
) -> None:
    assert day(slots_between(start, end)) == expected


def test_each_day_has_slots_of_its_own() -> None:
    aired = slots_between(at(11), at(38))

    assert [day(aired, at(hours)) for hours in (0, 24, 48)] == [HOUR, 24 * HOUR, 2 * HOUR]
    assert aired_in(aired, MONTH, at()) == 27 * HOUR


def test_a_month_ends_where_the_next_one_begins() -> None:
    aired = slots_between(MIDNIGHT - 3 * HOUR, MIDNIGHT + HOUR)

    assert aired_in(aired, MONTH, MIDNIGHT - SLOT) == 3 * HOUR
    assert aired_in(aired, MONTH, MIDNIGHT) == HOUR


def test_a_moment_of_another_zone_counts_where_it_is_in_utc() -> None:
    ahead = timezone(14 * HOUR)

    assert slots_between(at(0).astimezone(ahead), at(1)) == slots_between(at(0), at(1))
    assert day(slots_between(at(0), at(1)), at(0).astimezone(ahead)) == HOUR


@given(airtimes, airtimes, airtimes)
def test_newest_days_is_a_join(one: Airtime, two: Airtime, three: Airtime) -> None:
    assert newest_days(one, two) == newest_days(two, one)
    assert newest_days(one, one) == one
    assert newest_days(newest_days(one, two), three) == newest_days(one, newest_days(two, three))


@given(moments, moments, moments)
def test_what_is_told_in_parts_is_the_same_as_the_whole(
    one: datetime, two: datetime, three: datetime
) -> None:
    start, middle, end = sorted((one, two, three))

    parts = newest_days(slots_between(start, middle), slots_between(middle, end))

    assert parts == slots_between(start, end)


def test_the_newest_thirty_three_days_are_kept() -> None:
    days = [slots_between(at(24 * count), at(24 * count + 1)) for count in range(60)]

    kept = merged(*reversed(days))

    assert kept == merged(*days)
    assert sorted(kept) == [f"{at(24 * count):%Y-%m-%d}" for count in range(27, 60)]


def test_of_a_stream_that_never_ends_the_newest_thirty_three_days_are_kept() -> None:
    endless = slots_between(datetime(1, 1, 1, tzinfo=UTC), at())

    assert len(endless) == 33
    assert endless == newest_days(slots_between(at(-24 * 80), at(-24 * 30)), endless)


def test_what_was_before_a_moment_does_not_count_its_slot() -> None:
    aired = slots_between(at(-24), at(1))

    assert day(before(aired, at(minutes=7))) == 12 * HOUR + SLOT
    assert before(aired, at(-24)) == {}
    assert before(aired, at(2)) == aired


def test_the_last_day_on_the_air_counts_only_on_that_day_and_in_its_month() -> None:
    last = last_aired(slots_between(MIDNIGHT - 27 * HOUR, MIDNIGHT - 2 * HOUR), (DAY, MONTH))

    assert last == {"day UTC": LastAired("2026-02-28", 264), "month UTC": LastAired("2026-02", 300)}
    in_day, in_month = last.values()
    assert in_day.within(DAY.around(MIDNIGHT - SLOT)) == 22 * HOUR
    assert in_month.within(MONTH.around(MIDNIGHT - SLOT)) == 25 * HOUR
    assert in_day.within(DAY.around(MIDNIGHT)) == 0 * HOUR
    assert in_month.within(MONTH.around(MIDNIGHT)) == 0 * HOUR
    assert in_day.within(DAY.around(MIDNIGHT - 25 * HOUR)) == 0 * HOUR
    assert in_month.within(MONTH.around(MIDNIGHT - 40 * 24 * HOUR)) == 0 * HOUR


def test_of_a_channel_that_never_was_on_the_air_nothing_is_added_up() -> None:
    assert last_aired({}, (DAY, MONTH)) == {}


@pytest.mark.parametrize(
    ("period", "now", "start", "end"),
    [
        (Period.DAY, at(), at(-12), at(12)),
        (Period.DAY, at(12), at(12), at(36)),
        (Period.WEEK, at(), datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC)),
        (Period.MONTH, at(), datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)),
        (Period.MONTH, MIDNIGHT - SLOT, datetime(2026, 2, 1, tzinfo=UTC), MIDNIGHT),
        (
            Period.MONTH,
            datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
            datetime(2026, 12, 1, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_period_lasts_from_midnight_to_midnight(
    period: Period, now: datetime, start: datetime, end: datetime
) -> None:
    assert LocalPeriod(period).around(now)[1:] == (start, end)


def test_usage_grows_with_every_live_stream() -> None:
    usage = Usage(spent=4 * HOUR, at=at(), streams=3)

    assert usage.by(at(2)) == 10 * HOUR
    assert usage.by(at(-1)) == 4 * HOUR
    assert usage.reaches(10 * HOUR) == at(2)
    assert usage.reaches(HOUR) == at(-1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((build.stream_start(at()),), 0 * HOUR),
        ((build.stream_start(at()), build.stream_end(at(1))), HOUR),
        ((build.stream_start(at()), build.session_ended(at(1))), HOUR),
        (
            (build.stream_start(at()), build.session_ended(at(1)), build.stream_end(at(1, 8))),
            HOUR + 2 * SLOT,
        ),
        ((build.session_created(at()), build.session_ended(at(1))), 0 * HOUR),
        ((build.stream_end(at(1)),), 0 * HOUR),
        ((build.stream_start(at()), build.stream_listed(at(2), start_time=at())), 2 * HOUR),
        # The end was lost: it may have been long before the sweep that found out.
        ((build.stream_start(at()), build.stream_not_listed(at(3, 1))), 0 * HOUR),
        ((build.stream_start(at()), build.peers_listed(at(1), {})), HOUR),
        # It stalls, and its end may be lost: that others were counted with it is no sign of it.
        (
            (
                build.stream_start(at()),
                build.starvation_start(at(1)),
                build.peers_listed(at(6), {}, is_healthy=False),
            ),
            HOUR,
        ),
        # IVS lists streams that are over, some for good, and knows of their encoders.
        (
            (build.stream_start(at()), build.stream_end(at(1)), build.stream_still_listed(at(6))),
            HOUR,
        ),
        *(
            (
                (
                    build.stream_start(at()),
                    build.stream_end(at(1)),
                    build.stream_listed(at(6), start_time=at(), health=health),
                ),
                HOUR,
            )
            for health in ("STARVING", "UNKNOWN")
        ),
        (
            (build.stream_start(at()), build.stream_end(at(1)), build.ingest_observed(at(6))),
            HOUR,
        ),
        # Its end was lost: the last sign that it runs counts.
        (
            (
                build.stream_listed(at(1), start_time=at()),
                build.stream_listed(at(2), start_time=at(), health="STARVING"),
                build.stream_still_listed(at(6)),
            ),
            HOUR,
        ),
        # The start was lost, and a sweep was told of it.
        ((build.stream_listed(at(1), start_time=at()), build.stream_end(at(2))), 2 * HOUR),
        # An encoder that comes back within a slot counts once.
        (
            (
                build.stream_start(at()),
                build.stream_end(at(minutes=2)),
                build.stream_start(at(minutes=3), NEXT_STREAM),
                build.stream_end(at(minutes=4), NEXT_STREAM),
            ),
            SLOT,
        ),
    ],
)
def test_airtime_is_what_is_known_of_sessions(
    given: tuple[Input, ...], expected: timedelta
) -> None:
    assert day(state_from(*given).airtime) == expected
    assert day(state_from(*reversed(given)).airtime) == expected


@given(histories)
def test_airtime_stays_when_its_sessions_are_forgotten(history: list[Input]) -> None:
    state = state_from(*history)

    assert state_from(*history, *history).airtime == state.airtime
    assert all(state.airtime.values())


def test_what_is_on_the_air_now_is_not_counted_before() -> None:
    live = build.stream_start(at(1, 2), NEXT_STREAM)
    earlier = (build.stream_start(at()), build.stream_end(at(1)))
    seen = build.stream_listed(at(2), NEXT_STREAM, start_time=at(1, 2))

    assert day(build.facts_from(*earlier, live, seen).aired_before) == HOUR
    assert day(build.facts_from(*earlier).aired_before) == HOUR
    assert build.facts_from(live, seen).aired_before == {}


TOKYO = "Asia/Tokyo"


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        (Period.DAY, datetime(2026, 3, 13, 15, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 3, 8, 15, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 2, 28, 15, tzinfo=UTC)),
    ],
)
def test_a_period_begins_by_the_clock_of_the_zone(period: Period, begins: datetime) -> None:
    airtime, local = slots_between(begins - 3 * HOUR, begins + 2 * HOUR), LocalPeriod(period, TOKYO)

    assert local.around(at()).start == begins
    assert aired_in(airtime, local, begins + HOUR) == 2 * HOUR
    assert aired_in(airtime, local, begins - HOUR) == 3 * HOUR


@pytest.mark.parametrize(
    ("period", "now", "length"),
    [
        (Period.DAY, datetime(2026, 3, 29, 12, tzinfo=UTC), 23 * HOUR),
        (Period.DAY, datetime(2026, 10, 25, 12, tzinfo=UTC), 25 * HOUR),
        (Period.WEEK, datetime(2026, 3, 29, 12, tzinfo=UTC), 167 * HOUR),
        (Period.WEEK, datetime(2026, 10, 25, 12, tzinfo=UTC), 169 * HOUR),
        (Period.MONTH, datetime(2026, 10, 31, 22, 59, tzinfo=UTC), 745 * HOUR),
    ],
)
def test_the_day_of_a_changed_clock_is_an_hour_shorter_or_longer(
    period: Period, now: datetime, length: timedelta
) -> None:
    local = LocalPeriod(period, "Europe/Berlin")
    span = local.around(now)

    assert span.end - span.start == length
    assert aired_within(slots_between(span.start - HOUR, span.end + HOUR), span) == length


ZONES = (
    *("UTC", "Europe/Berlin", TOKYO, "America/New_York", "Asia/Kathmandu", "Asia/Beirut"),
    *("Pacific/Kiritimati", "Etc/GMT+12", "Australia/Lord_Howe", "America/Havana"),
)
periods = st.builds(LocalPeriod, st.sampled_from(Period), st.sampled_from(ZONES))
# Two years in steps that are no slots, and the hours in which some clocks change.
some_time = st.one_of(
    st.integers(0, 730 * 24 * 60).map(lambda minutes: MIDNIGHT + minutes * timedelta(minutes=1)),
    st.integers(0, 36 * 60).map(
        lambda minutes: datetime(2026, 10, 24, 12, tzinfo=UTC) + minutes * timedelta(minutes=1)
    ),
)


@given(periods, some_time)
def test_every_moment_is_in_one_span_of_a_period(period: LocalPeriod, now: datetime) -> None:
    span = period.around(now)

    assert span.start <= now < span.end
    assert period.around(span.start) == span == period.around(span.end - timedelta(seconds=1))
    assert period.around(span.end).start == span.end


def shows(now: datetime) -> st.SearchStrategy[Airtime]:
    """What a channel may have aired in the six weeks until `now`: none of it is still to come."""
    minutes = st.integers(0, 42 * 24 * 60)
    return st.lists(st.tuples(minutes, st.integers(1, 30 * 60)), max_size=6).map(
        lambda spans: before(
            merged(
                *(
                    slots_between(start, start + timedelta(minutes=length))
                    for back, length in spans
                    for start in (now - timedelta(minutes=back),)
                )
            ),
            now,
        )
    )


@given(periods, some_time, st.data())
def test_what_is_kept_for_sweeps_is_what_was_aired_in_the_period(
    period: LocalPeriod, now: datetime, data: st.DataObject
) -> None:
    airtime = data.draw(shows(now))
    span = period.around(now)

    last = last_aired(airtime, (period,)).get(str(period), LastAired("", 0))

    assert last.within(span) == aired_within(airtime, span)


@given(periods, some_time, st.data())
def test_what_is_settled_counts_in_the_same_period(
    period: LocalPeriod, now: datetime, data: st.DataObject
) -> None:
    # On the air all the time, and never for long: each day is longer than what is settled.
    airtime = before(dict.fromkeys(data.draw(shows(now)), "x" + "5" * 72), now)
    span = period.around(now)

    kept = settled(airtime, now, None, keeps_edges=True)

    assert aired_within(kept, span) == aired_within(airtime, span)
    last = last_aired(kept, (period,)).get(str(period), LastAired("", 0))
    assert last.within(span) == aired_within(airtime, span)


def test_days_in_which_a_week_or_month_may_begin_are_kept_as_they_are() -> None:
    fragments = [slots_between(at(hour), at(hour) + SLOT) for hour in range(-24 * 14, 0, 1)]
    airtime = reduce(newest_days, fragments)

    rough, exact = (settled(airtime, at(24 * 5), None, keeps_edges=each) for each in (False, True))

    kept = {day for day, slots in exact.items() if slots == airtime[day] != rough[day]}
    assert {"2026-03-01", "2026-03-02", "2026-03-08", "2026-03-09"} <= kept
    assert "2026-03-11" not in kept
    week = LocalPeriod(Period.WEEK, TOKYO)
    assert aired_in(exact, week, at()) == aired_in(airtime, week, at())


@given(airtimes)
def test_spans_are_the_same_airtime_and_do_not_touch(airtime: Airtime) -> None:
    spans = list(spans_on_air(airtime))

    assert merged(*(slots_between(*span) for span in spans)) == airtime
    assert all(end < start for (_, end), (start, _) in pairwise(spans))
