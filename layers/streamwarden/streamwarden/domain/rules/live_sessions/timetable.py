"""When it is open: days of the week, hours, and dates without either, in one time zone.

This module turns local times into moments, so that callers compare moments only. It follows RFC
5545 (3.3.5). A local time that the change to summer time skips is read with the offset before the
change (02:30 is 03:30). Of a local time that the change back repeats, the first counts.
"""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from streamwarden.domain.calendar import Weekday, weekday_of

_DAY: Final = timedelta(days=1)

# No stream lasts longer than a month. A wait for the next opening lasts no longer than a year.
_DAYS_BACK: Final = 31
_DAYS_AHEAD: Final = 431


class Opening(NamedTuple):
    """From `start` until just before `end`; both aware UTC."""

    start: datetime
    end: datetime


class TimetableState(NamedTuple):
    """Whether it is open at a moment, when the answer changes, and since when it is closed."""

    is_open: bool
    changes_at: datetime | None = None
    closed_since: datetime | None = None


class Timetable(Struct, frozen=True):
    """`hours` open on each of `days` and may cross midnight; without hours the whole day is open.

    A date of `closed_on` is closed and a date of `open_on` is open, from midnight to midnight, on
    any weekday.
    """

    zone: ZoneInfo
    days: frozenset[Weekday]
    hours: tuple[time, time] | None
    closed_on: frozenset[date]
    open_on: frozenset[date]

    def openings(self, around: date) -> tuple[Opening, ...]:
        """All openings within a month before the day and a year after it, in order."""
        merged: list[Opening] = []
        for count in range(-_DAYS_BACK, _DAYS_AHEAD):
            for opening in self._on(around + count * _DAY):
                if merged and merged[-1].end >= opening.start:
                    opening = Opening(merged.pop().start, opening.end)
                merged.append(opening)
        return tuple(merged)

    def horizon(self, around: date) -> datetime:
        """The moment after which the openings around the day are not computed."""
        return self._moment(around + _DAYS_AHEAD * _DAY, time.min)

    def _on(self, day: date) -> Iterator[Opening]:
        """The parts of openings that lie within one calendar day."""
        whole = self._whole(day)
        if day in self.closed_on:
            return
        if day in self.open_on:
            yield whole
            return
        for begun_on in (day - _DAY, day):
            if weekday_of(begun_on) in self.days:
                opening = self._begun_on(begun_on)
                start, end = max(opening.start, whole.start), min(opening.end, whole.end)
                if start < end:
                    yield Opening(start, end)

    def _begun_on(self, day: date) -> Opening:
        if self.hours is None:
            return self._whole(day)
        start, end = self.hours
        last_day = day if start < end else day + _DAY
        return Opening(self._moment(day, start), self._moment(last_day, end))

    def _whole(self, day: date) -> Opening:
        return Opening(self._moment(day, time.min), self._moment(day + _DAY, time.min))

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


class TimetableView:
    """Gives the state at any moment, from a list of openings that is made once a month."""

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable
        self._openings = lru_cache(maxsize=4)(timetable.openings)

    def at(self, now: datetime) -> TimetableState:
        month = now.astimezone(UTC).date().replace(day=1)
        openings = self._openings(month)
        index = bisect_right(openings, now, key=_start)
        before = openings[index - 1] if index else None
        if before is not None and now < before.end:
            is_endless = before.end >= self._timetable.horizon(month)
            return TimetableState(is_open=True, changes_at=None if is_endless else before.end)
        after = openings[index] if index < len(openings) else None
        return TimetableState(
            is_open=False,
            changes_at=after.start if after else None,
            closed_since=before.end if before else None,
        )


def _start(opening: Opening) -> datetime:
    return opening.start
