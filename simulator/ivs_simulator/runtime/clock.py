"""IVS's time: the system's or a test's own, and ahead of it by what was advanced.

The one place of the simulator that reads the system's clock; elsewhere time is an argument.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

LONGEST_ADVANCE: Final = timedelta(days=366)


class Timers(Protocol):
    """A world, as the clock needs it: when its next callback is due, and a tick that runs it."""

    @property
    def next_due(self) -> datetime | None: ...

    def tick(self) -> None: ...


def system_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the simulator's clock


def check_advance(span: timedelta) -> None:
    """Raises ValueError for a span that is not positive or longer than LONGEST_ADVANCE."""
    if not timedelta(0) < span <= LONGEST_ADVANCE:
        days = LONGEST_ADVANCE.days
        raise ValueError(f"time goes forward, by more than 0 s and at most {days} days")


class Clock:
    """Runs with real time, an offset ahead of it; the offset only grows, so time never goes back.

    Called like a function it returns the time, as a world wants it.
    """

    def __init__(self, real: Callable[[], datetime] = system_time) -> None:
        self._real = real
        self._offset = timedelta(0)

    def __call__(self) -> datetime:
        return self._real() + self._offset

    @property
    def offset(self) -> timedelta:
        return self._offset

    def advance(self, span: timedelta, timers: Timers) -> None:
        """Moves time on, stopping wherever something is due so that it happens at its own time.

        Raises ValueError for a span that is not positive or longer than LONGEST_ADVANCE.
        """
        check_advance(span)
        goal = self._offset + span
        timers.tick()
        while (due := timers.next_due) is not None and (needed := due - self._real()) <= goal:
            # Real time runs meanwhile and may have passed the moment: then nothing is missing.
            self._offset = max(self._offset, needed)
            timers.tick()
        self._offset = goal
        timers.tick()
