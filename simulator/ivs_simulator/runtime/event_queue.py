"""The event queue: callbacks with the times they are scheduled for, without a thread or a clock.

The owner of time (a server's ticker, a test, a replay) says how far it has moved. Every callback
that is due by then runs in the order of its time, with its own time.
"""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

type ScheduledCallback = Callable[[datetime], None]


class EventQueue:
    """Callbacks look at the world when their time has come; none is ever removed by itself."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, ScheduledCallback]] = []
        self._numbers = count()

    def add(self, due: datetime, callback: ScheduledCallback) -> None:
        heapq.heappush(self._waiting, (due, next(self._numbers), callback))

    def run_until(self, now: datetime) -> None:
        """Runs every callback that is due by now, also those that such a callback schedules."""
        while self._waiting and self._waiting[0][0] <= now:
            due, _, callback = heapq.heappop(self._waiting)
            callback(due)

    @property
    def next_due(self) -> datetime | None:
        return self._waiting[0][0] if self._waiting else None

    def clear(self) -> None:
        self._waiting.clear()
