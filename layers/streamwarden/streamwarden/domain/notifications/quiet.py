"""Quiet hours: when a destination is told of nothing but what is critical."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct

from streamwarden.domain.calendar import WEEK, Weekday, weekday_of, zone_named

_DAYS_AHEAD: Final = 9  # a quiet week, and a day for either side of midnight


class QuietHours(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From `start` to `end` by the clock of `zone`, on `days`: those on which they begin.

    Hours that end at or before their start end on the next day.
    """

    start: time
    end: time
    zone: str = "UTC"
    days: tuple[Weekday, ...] = WEEK

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that `now` is in; None outside of them.

        Raises ValueError for a zone that there is not.
        """
        ends = now
        for _ in range(_DAYS_AHEAD):
            # Hours may follow each other without a gap.
            spans = self._spans(ends)
            following = max((end for start, end in spans if start <= ends < end), default=None)
            if following is None:
                break
            ends = following
        return ends if ends > now else None

    def _spans(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = zone_named(self.zone)
        today = now.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            if weekday_of(day) in self.days:
                last = day if self.end > self.start else day + timedelta(days=1)
                yield _at(day, self.start, zone), _at(last, self.end, zone)


def _at(day: date, moment: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, moment, zone)
