"""An invocation ends with the code that it began with, also while its function is deployed again.

MiniStack 1.5 kills the process in the middle. The messages of the invocation then wait for minutes,
until their queue shows them again. Source: Lambda Developer Guide, "Deploying Lambda functions":
invocations that run are not interrupted.
"""

import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from importlib import import_module
from threading import Thread
from typing import Any, Final

# Longer than any function of ours runs.
_LONGEST_SECONDS: Final = 60.0
_LOOK_EVERY_SECONDS: Final = 0.05
_IS_DEPLOYED: ContextVar[bool] = ContextVar("a function is deployed", default=False)

type Kill = Callable[[Iterable[Any]], None]


def let_invocations_end() -> None:
    """Of a function that is deployed. One that has taken too long is killed at once, as before."""
    workers = import_module("ministack.core.lambda_runtime")
    functions = import_module("ministack.services.lambda_svc")
    kill, invalidate = workers.kill_workers, functions.invalidate_worker

    def kill_workers(found: Iterable[Any]) -> None:
        if _IS_DEPLOYED.get():
            kill_once_free(found, kill)
        else:
            kill(found)

    def invalidate_worker(*which: Any, **more: Any) -> None:
        token = _IS_DEPLOYED.set(True)
        try:
            invalidate(*which, **more)
        finally:
            _IS_DEPLOYED.reset(token)

    vars(workers).update(kill_workers=kill_workers)
    vars(functions).update(invalidate_worker=invalidate_worker)


def kill_once_free(workers: Iterable[Any], kill: Kill) -> None:
    """Those that work are killed later, by a thread: who deploys does not wait for them."""
    found = [each for each in workers if each is not None]
    kill([each for each in found if not each.in_use])
    busy = [each for each in found if each.in_use]
    if busy:
        Thread(target=_kill_later, args=(busy, kill), daemon=True).start()


def _kill_later(workers: list[Any], kill: Kill) -> None:
    deadline = time.monotonic() + _LONGEST_SECONDS
    while any(each.in_use for each in workers) and time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_SECONDS)
    kill(workers)
