"""Loading a function at a cold start. Nothing here may load more than the standard library."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """Collects no garbage while a function loads, and never looks at what it loaded.

    All of it stays. Without the freeze, the first collection afterwards would take the time that
    the pause has saved.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
