"""Events that follow each other closely: one breach with one notification."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol


class _Event(Protocol):
    """Ordered by its moment first."""

    @property
    def at(self) -> datetime: ...

    def __lt__(self, other: Any, /) -> bool: ...


def last_burst[T: _Event](events: Iterable[T], gap: timedelta) -> list[T]:
    """The last event and those before it, back to the first pause of `gap`. Oldest first."""
    burst: list[T] = []
    for event in sorted(events, reverse=True):
        if burst and burst[-1].at - event.at >= gap:
            break
        burst.append(event)
    return burst[::-1]
