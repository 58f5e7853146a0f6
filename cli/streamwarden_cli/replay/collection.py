"""Looks for garbage seldom while a replay runs: it keeps nearly all that it makes.

Python's own pace looks at all that is kept again and again: 2,800 instead of 3,300 events a CPU
second (benchmarks/replay.py, 4,000 channels). A second look at what has stayed frees next to
nothing: 10 objects of a replay of 10,000 channels, for 0.4 s of its 17 s. So there is hardly one.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# New objects before a look at the new ones; looks before one at those that stayed, and at all.
_SELDOM: Final = (50_000, 1_000, 100)


@contextmanager
def rare_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
