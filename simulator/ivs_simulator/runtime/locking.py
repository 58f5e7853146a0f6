"""One world, one lock: calls, encoders, clock and storage may have threads of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Protocol, cast


class Lockable(Protocol):
    """What has a lock that its holder may take again."""

    @property
    def lock(self) -> AbstractContextManager[Any]: ...


def locked[F: Callable[..., Any]](act: F) -> F:
    """A method of something Lockable, which has the world to itself while it runs."""

    @wraps(act)
    def alone(self: Lockable, /, *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            return act(self, *args, **kwargs)

    return cast(F, alone)
