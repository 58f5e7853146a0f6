"""When a channel may be on the air, on ordinary days and on those on which clocks change."""

from datetime import UTC, date, datetime, time

import pytest

from streamwarden.domain.calendar import Weekday
from streamwarden.domain.rules.live_sessions.allowed_hours import AllowedHours
from streamwarden.domain.verdicts import Finding, Status
from testbed.builders import (
    STREAM,
    at,
    facts_from,
    session_created,
    stream_end,
    stream_start,
    stream_still_listed,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
    pending,
)

OFFICE = AllowedHours(
    days=(Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI),
    start=time(9),
    end=time(17),
)
NIGHTS = AllowedHours(days=(Weekday.FRI, Weekday.SAT), start=time(22), end=time(2))
WEEKENDS = AllowedHours(days=(Weekday.SAT, Weekday.SUN))
DAILY = AllowedHours(start=time(9), end=time(17))
FREEZE = AllowedHours(closed=(date(2026, 3, 16), date(2026, 3, 17)))
EXCEPTIONS = AllowedHours(
    start=time(9), end=time(17), closed=(date(2026, 3, 16),), open=(date(2026, 3, 15),)
)
BERLIN = "Europe/Berlin"
# 2026-03-14 is a Saturday.
LIVE = stream_start(at(-5))


def utc(day: int, hour: int, minute: int = 0, *, month: int = 3, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=UTC)


@each(
    (
        Case(title="an idle channel", check=OFFICE, now=at(), found=OFF_AIR),
        Case(
            title="a session that is not on the air yet",
            check=OFFICE,
            given=(session_created(at()),),
            now=at(),
            found=OFF_AIR,
        ),
        Case(
            title="an ended stream",
            check=OFFICE,
            given=(LIVE, stream_end(at(-1))),
            now=at(),
            found=OFF_AIR,
        ),
        Case(
            title="an ended stream that IVS still lists",
            check=OFFICE,
            given=(LIVE, stream_end(at(-1)), stream_still_listed(at())),
            now=at(),
            found=not_applicable("the stream has ended; IVS still lists it"),
        ),
        Case(
            title="on a day that is not allowed",
            check=OFFICE,
            given=(LIVE,),
            now=at(),
            found=breach(
                "on the air at sat 2026-03-14 12:00 (UTC); "
                "allowed is mon, tue, wed, thu, fri from 09:00 to 17:00",
                at(-5),
                STREAM,
                recheck_at=utc(16, 9),
            ),
        ),
        Case(
            title="exactly when it opens",
            check=OFFICE,
            given=(LIVE,),
            now=utc(16, 9),
            found=pending(
                "within the allowed hours until mon 2026-03-16 17:00 (UTC)", utc(16, 17), STREAM
            ),
        ),
        Case(
            title="a second before it closes",
            check=OFFICE,
            given=(LIVE,),
            now=utc(16, 16, 59, second=59),
            found=pending(
                "within the allowed hours until mon 2026-03-16 17:00 (UTC)", utc(16, 17), STREAM
            ),
        ),
        Case(
            title="exactly when it closes: the breach counts from there",
            check=OFFICE,
            given=(LIVE,),
            now=utc(16, 17),
            found=breach(
                "on the air at mon 2026-03-16 17:00 (UTC); "
                "allowed is mon, tue, wed, thu, fri from 09:00 to 17:00",
                utc(16, 17),
                STREAM,
                recheck_at=utc(17, 9),
            ),
        ),
        Case(
            title="over the weekend",
            check=OFFICE,
            given=(LIVE,),
            now=utc(20, 20),
            found=breach(
                "on the air at fri 2026-03-20 20:00 (UTC); "
                "allowed is mon, tue, wed, thu, fri from 09:00 to 17:00",
                utc(20, 17),
                STREAM,
                recheck_at=utc(23, 9),
            ),
        ),
        Case(
            title="past midnight, in the hours that began the day before",
            check=NIGHTS,
            given=(LIVE,),
            now=utc(15, 1, 59),
            found=pending(
                "within the allowed hours until sun 2026-03-15 02:00 (UTC)", utc(15, 2), STREAM
            ),
        ),
        Case(
            title="past midnight, when the day before had no hours",
            check=NIGHTS,
            given=(LIVE,),
            now=utc(16, 1),
            found=breach(
                "on the air at mon 2026-03-16 01:00 (UTC); allowed is fri, sat from 22:00 to 02:00",
                utc(15, 2),
                STREAM,
                recheck_at=utc(20, 22),
            ),
        ),
        Case(
            title="two whole days are one opening",
            check=WEEKENDS,
            given=(LIVE,),
            now=at(),
            found=pending(
                "within the allowed hours until mon 2026-03-16 00:00 (UTC)", utc(16, 0), STREAM
            ),
        ),
        Case(
            title="a date on which everything may be on the air",
            check=EXCEPTIONS,
            given=(LIVE,),
            now=utc(15, 3),
            found=pending(
                "within the allowed hours until mon 2026-03-16 00:00 (UTC)", utc(16, 0), STREAM
            ),
        ),
        Case(
            title="a stream on a closed date",
            check=EXCEPTIONS,
            given=(LIVE,),
            now=utc(16, 12),
            found=breach(
                "on the air at mon 2026-03-16 12:00 (UTC), a closed date",
                utc(16, 0),
                STREAM,
                recheck_at=utc(17, 9),
            ),
        ),
        Case(
            title="nothing but dates: open until the first",
            check=FREEZE,
            given=(LIVE,),
            now=at(),
            found=pending(
                "within the allowed hours until mon 2026-03-16 00:00 (UTC)", utc(16, 0), STREAM
            ),
        ),
        Case(
            title="nothing but dates: closed until after the last",
            check=FREEZE,
            given=(LIVE,),
            now=utc(17, 12),
            found=breach(
                "on the air at tue 2026-03-17 12:00 (UTC), a closed date",
                utc(16, 0),
                STREAM,
                recheck_at=utc(18, 0),
            ),
        ),
        Case(
            title="nothing but dates: nothing ends once they are over",
            check=FREEZE,
            given=(LIVE,),
            now=utc(18, 0),
            found=compliant("within the allowed hours", STREAM),
        ),
    )
)
def test_allowed_hours_finds(case: Case) -> None:
    assert_found(case)


def found(check: AllowedHours, now: datetime) -> Finding:
    return check.prepare()(facts_from(stream_start(utc(1, 0))), now)


def hours(start: str, end: str, zone: str = BERLIN) -> AllowedHours:
    return AllowedHours(zone=zone, start=time.fromisoformat(start), end=time.fromisoformat(end))


@pytest.mark.parametrize(
    ("check", "now", "status", "changes_at"),
    [
        # In the night to 2026-03-29 Berlin skips from 02:00 (UTC+1) to 03:00 (UTC+2).
        pytest.param(
            hours("08:00", "20:00"), utc(28, 12), Status.PENDING, utc(28, 19), id="winter"
        ),
        pytest.param(
            hours("08:00", "20:00"), utc(28, 20), Status.BREACH, utc(29, 6), id="over the change"
        ),
        pytest.param(
            hours("08:00", "20:00"), utc(29, 12), Status.PENDING, utc(29, 18), id="summer"
        ),
        pytest.param(
            hours("22:00", "04:00"), utc(28, 22), Status.PENDING, utc(29, 2), id="a shorter night"
        ),
        pytest.param(
            hours("02:30", "05:00"), utc(29, 0), Status.BREACH, utc(29, 1, 30), id="skipped start"
        ),
        pytest.param(
            hours("22:00", "02:30"), utc(29, 1), Status.PENDING, utc(29, 1, 30), id="skipped end"
        ),
        pytest.param(
            hours("02:30", "03:15"), utc(29, 1, 20), Status.BREACH, utc(30, 0, 30), id="skipped all"
        ),
        # In the night to 2026-10-25 it goes from 03:00 (UTC+2) back to 02:00 (UTC+1).
        pytest.param(
            hours("22:00", "04:00"),
            utc(25, 0, month=10),
            Status.PENDING,
            utc(25, 3, month=10),
            id="a longer night",
        ),
        pytest.param(
            hours("22:00", "02:30"),
            utc(25, 0, month=10),
            Status.PENDING,
            utc(25, 0, 30, month=10),
            id="the first of two ends",
        ),
        pytest.param(
            hours("22:00", "02:30"),
            utc(25, 1, 15, month=10),
            Status.BREACH,
            utc(25, 21, month=10),
            id="02:15 for the second time is after 02:30",
        ),
        pytest.param(
            hours("02:30", "05:00"),
            utc(25, 1, 15, month=10),
            Status.PENDING,
            utc(25, 4, month=10),
            id="02:15 for the second time is after 02:30 here too",
        ),
        pytest.param(
            AllowedHours(zone=BERLIN, closed=(date(2026, 10, 25),)),
            utc(24, 22, month=10),
            Status.BREACH,
            utc(25, 23, month=10),
            id="a date of 25 hours",
        ),
        # Where the clock is turned at midnight, the day begins at 01:00.
        pytest.param(
            AllowedHours(zone="Africa/Cairo", closed=(date(2026, 4, 24),)),
            utc(23, 21, 59, month=4),
            Status.PENDING,
            utc(23, 22, month=4),
            id="a day without a midnight",
        ),
        # Far from UTC the date is another one.
        pytest.param(
            AllowedHours(zone="Pacific/Kiritimati", days=(Weekday.SUN,)),
            utc(14, 10),
            Status.PENDING,
            utc(15, 10),
            id="already tomorrow",
        ),
    ],
)
def test_clocks_on_the_wall(
    check: AllowedHours, now: datetime, status: Status, changes_at: datetime
) -> None:
    finding = found(check, now)

    assert (finding.status, finding.recheck_at) == (status, changes_at)


@pytest.mark.parametrize(
    "check", [OFFICE, NIGHTS, EXCEPTIONS, hours("22:00", "02:30"), hours("02:30", "03:15")]
)
@pytest.mark.parametrize("around", [utc(14, 0), utc(28, 20), utc(24, 20, month=10)])
def test_recheck_at_is_the_next_moment_at_which_the_answer_changes(
    check: AllowedHours, around: datetime
) -> None:
    before = found(check, around)
    assert before.recheck_at is not None
    almost = before.recheck_at.replace(microsecond=0) - (at(seconds=1) - at())

    assert found(check, almost).status is before.status
    assert found(check, before.recheck_at).status is not before.status


def test_a_stream_that_began_after_closing_is_in_breach_from_its_start() -> None:
    facts = facts_from(stream_start(utc(16, 20)))

    finding = OFFICE.prepare()(facts, utc(16, 21))

    assert finding.since == utc(16, 20)


def test_one_judge_answers_for_any_day_in_any_order() -> None:
    judge, facts = DAILY.prepare(), facts_from(LIVE)
    moments = [utc(day, hour) for day in range(15, 30) for hour in (8, 9, 16, 17)]

    forwards = [judge(facts, now).status for now in moments]

    assert [judge(facts, now).status for now in reversed(moments)] == forwards[::-1]
    assert forwards == [Status.BREACH, Status.PENDING, Status.PENDING, Status.BREACH] * 15


class TestParameters:
    @pytest.mark.parametrize("zone", ["Berlin", "", "../etc/passwd", "Europe", "CEST"])
    def test_a_zone_has_an_iana_name(self, zone: str) -> None:
        with pytest.raises(ValueError, match="`zone`: expected the IANA name of a time zone"):
            AllowedHours(zone=zone, start=time(9), end=time(17))

    def test_something_must_be_demanded(self) -> None:
        with pytest.raises(ValueError, match="give `days`, `start` and `end`, or `closed`"):
            AllowedHours(open=(date(2026, 3, 15),))

    def test_no_day_at_all_is_no_demand(self) -> None:
        with pytest.raises(ValueError, match="`days`: name at least one"):
            AllowedHours(days=())

    def test_hours_have_two_ends(self) -> None:
        with pytest.raises(ValueError, match="give both `start` and `end`"):
            AllowedHours(start=time(9))
        with pytest.raises(ValueError, match="give both `start` and `end`"):
            AllowedHours(end=time(0), days=(Weekday.MON,))

    def test_hours_end_at_another_time_than_they_begin(self) -> None:
        with pytest.raises(ValueError, match="`start` and `end` are the same"):
            AllowedHours(start=time(9), end=time(9))

    def test_a_date_is_open_or_closed(self) -> None:
        with pytest.raises(ValueError, match="2026-03-15 is both `closed` and `open`"):
            AllowedHours(closed=(date(2026, 3, 15),), open=(date(2026, 3, 15),))

    def test_midnight_may_begin_and_end_the_hours(self) -> None:
        assert found(hours("00:00", "12:00", "UTC"), utc(14, 0)).recheck_at == utc(14, 12)
        assert found(hours("12:00", "00:00", "UTC"), utc(14, 12)).recheck_at == utc(15, 0)
