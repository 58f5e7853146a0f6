"""Looks for garbage seldom while a replay runs: it keeps nearly all that it makes.

Python's own pace looks at all that is kept again and again: 2,800 instead of 3,300 events a CPU
second (benchmarks/replay.py, 4,000 channels).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# New objects before a look at the new ones; looks before one at those that stayed, and at all.
_SELDOM: Final = (50_000, 20, 100)


@contextmanager
def rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
