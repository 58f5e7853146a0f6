"""One world, one lock: calls, encoders, clock and storage may have threads of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Protocol, cast


class Lockable(Protocol):
    """An object with a lock that its holder may take again."""

    @property
    def lock(self) -> AbstractContextManager[Any]: ...


def locked[F: Callable[..., Any]](act: F) -> F:
    """Decorates a method of a Lockable: it holds the lock while it runs."""

    @wraps(act)
    def alone(self: Lockable, /, *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            return act(self, *args, **kwargs)

    return cast(F, alone)
