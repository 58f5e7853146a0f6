"""Times as a scenario writes them: short, in UTC, on the day of the scenario."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from streamwarden.domain.duration import parse_duration

EXPECTED: Final = (
    "a time such as 12:00, 12:00:30, 2026-01-06 09:00 or 2026-01-06T09:00:00+02:00, "
    "or a span such as +30m after the one before; UTC where nothing else is said"
)
# A Monday in winter; any day would do that is no holiday and has no change of clocks.
DAY: Final = date(2026, 1, 5)
NOON: Final = time(12, tzinfo=UTC)
# As far as events are accepted (`domain/events/bounds.py`), and a thousand years from the last one.
FIRST_YEAR: Final = 2015
LAST_YEAR: Final = 8999
ENDS: Final = f"expected a time in the years from {FIRST_YEAR} to {LAST_YEAR}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day of a scenario, on which its times are."""

    day: date = DAY

    def beginning_without_steps(self, until: str | None) -> datetime:
        """At the end, if that is a time, for then nothing passes; else at noon.

        What is no time is found to be none when the end is read.
        """
        noon = datetime.combine(self.day, NOON)
        if until is None or _span(until) is not None:
            return noon
        try:
            return self.time(until)
        except ValueError:
            return noon

    def moment(self, text: str, before: datetime | None) -> datetime:
        """A time, or a span after the moment before. Raises ValueError."""
        if text.startswith("+"):
            if before is None:
                raise ValueError(f"there is no time before it to count {text} from")
            return later(before, parse_duration(text.removeprefix("+")))
        return self.time(text)

    def time(self, text: str) -> datetime:
        """Raises ValueError."""
        try:
            clock = time.fromisoformat(text)
        except ValueError:
            pass
        else:
            return datetime.combine(self.day, clock, UTC)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"expected {EXPECTED}; found {text!r}") from None
        return _bounded(found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)

    def end(self, text: str | None, last: datetime) -> datetime:
        """When a scenario ends: at a time, a span after its last step, or with it."""
        if text is None:
            return last
        span = _span(text)
        end = later(last, span) if span is not None else self.time(text)
        if end < last:
            raise ValueError(f"it is before the last step, at {last:%Y-%m-%d %H:%M:%S}")
        return end


def later(moment: datetime, span: timedelta) -> datetime:
    """Raises ValueError where time ends before."""
    try:
        return _bounded(moment + span)
    except OverflowError:
        raise ValueError(ENDS) from None


def bounded_day(day: date) -> date:
    """Far enough from the ends of time that rules can look back and ahead. Raises ValueError."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(ENDS)
    return day


def _bounded(moment: datetime) -> datetime:
    bounded_day(moment)
    return moment


def _span(text: str) -> timedelta | None:
    try:
        return parse_duration(text.removeprefix("+"))
    except ValueError:
        return None
