"""Days, weeks and months by the clock of a time zone: what budgets count by."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, assert_never

from msgspec import Struct

UTC_NAME: Final = "UTC"


class Span(NamedTuple):
    """From `start` until just before `end`, aware UTC. `name` is that of its ISO dates."""

    name: str
    start: datetime
    end: datetime


class Period(StrEnum):
    """A day, a week from Monday on, or a calendar month, from midnight to midnight."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class LocalPeriod(Struct, frozen=True, order=True, array_like=True):
    """A period by the clock of the time zone with an IANA name. As text: `week Europe/Berlin`."""

    period: Period
    zone: str = UTC_NAME

    def __str__(self) -> str:
        return f"{self.period} {self.zone}"

    def around(self, now: datetime) -> Span:
        """The one that `now` is in."""
        # No stop needs it, and a stop that meets a cold start waits for what is loaded.
        from streamwarden.domain.calendar import zone_named

        zone = zone_named(self.zone)
        return _span(self.period, now.astimezone(zone).date(), zone)


@lru_cache(maxsize=64)  # the same days for every channel
def _span(period: Period, day: date, zone: tzinfo) -> Span:
    match period:
        case Period.DAY:
            name, first, following = day.isoformat(), day, day + timedelta(days=1)
        case Period.WEEK:
            first = day - timedelta(days=day.weekday())
            name, following = f"{first:%G-W%V}", first + timedelta(days=7)
        case Period.MONTH:
            first = day.replace(day=1)
            name, following = first.isoformat()[:7], (first + timedelta(days=31)).replace(day=1)
        case _:
            assert_never(period)
    return Span(name, _midnight(first, zone), _midnight(following, zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
