"""Calls of an API that others need as well: so many a second of each operation, and no more.

IVS counts calls per operation, account and region (Service Quotas). What a sweep takes, a person in
the console and the application that makes channels do not get.
"""

from collections.abc import Callable
from threading import Lock

from msgspec import Struct, field


class RateLimit(Struct):
    """Lets each operation be called every so many seconds, and waits until then.

    So many calls `at_once` need no wait, when none was made for long enough. Several threads may
    call at the same time.
    """

    seconds_apart: float
    monotonic: Callable[[], float]
    wait: Callable[[float], None]
    at_once: int = 1
    _free_at: dict[str, float] = field(default_factory=dict)
    _taking_a_turn: Lock = field(default_factory=Lock)

    def before_send(self, *, event_name: str, **_: object) -> None:
        """A hook of botocore. An attempt again is a call like any other."""
        operation = event_name.rpartition(".")[2]
        with self._taking_a_turn:
            now = self.monotonic()
            earliest = now - (self.at_once - 1) * self.seconds_apart
            free_at = max(earliest, self._free_at.get(operation, earliest))
            self._free_at[operation] = free_at + self.seconds_apart
        if free_at > now:
            self.wait(free_at - now)
