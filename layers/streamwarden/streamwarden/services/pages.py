"""Read a listing page by page, as far as there is time."""

from collections.abc import Callable
from typing import Final

from streamwarden.services.errors import OutOfTime, TemporaryError
from streamwarden.services.ports import HasTime
from streamwarden.services.records import Page

# How many entries one invocation reads, at most a page more: 100 seconds of pages, and in the rest
# of its time it can report every one of them.
_ENTRIES_AT_ONCE: Final = 30_000


def pages[T](
    page: Callable[[str], Page[T]], token: str = "", has_time: HasTime = lambda: True
) -> tuple[list[T], str]:
    """The entries from a token on while there is time, at least a page, and the next token.

    A page that IVS has no time for ends it too, unless it is the first.
    """
    found: list[T] = []
    while True:
        try:
            read = page(token)
        except TemporaryError:
            if not found:
                raise
            return found, token
        found += read.entries
        token = read.next_token
        if not token or len(found) >= _ENTRIES_AT_ONCE or not has_time():
            return found, token


def whole[T](page: Callable[[str], Page[T]], has_time: HasTime = lambda: True) -> list[T]:
    """Every entry. What is left of a listing would be taken for gone, so an error ends it.

    Raises what `page` raises, and OutOfTime.
    """
    found, token = list[T](), ""
    while True:
        read = page(token)
        found += read.entries
        token = read.next_token
        if not token:
            return found
        if not has_time():
            raise OutOfTime(f"there is no time for more than {len(found)} entries")
