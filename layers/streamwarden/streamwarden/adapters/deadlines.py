"""One deadline for a call that waits several times, each time with a time-out of its own.

A service with many addresses, or one that answers byte by byte, would outlast the function.
"""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def within(seconds: float, call: Callable[[], None]) -> None:
    """Raises what the call raises, and TimeoutError if it takes longer. Then it goes on alone."""
    done = Future[None]()

    def run() -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001  # it is raised where it is waited for
            done.set_exception(error)
        else:
            done.set_result(None)

    # Nobody waits for it when the process ends.
    Thread(target=run, daemon=True).start()
    done.result(timeout=seconds)
