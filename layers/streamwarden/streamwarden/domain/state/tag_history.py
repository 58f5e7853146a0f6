"""Which values a tag had, and which of them was the last that a permitted caller gave it.

Listings name nobody. A listed value that CloudTrail has reported as somebody's change is theirs.
Any other counts as permitted: nobody is known to have broken a rule by it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from streamwarden.domain.state.resource import Author, TagValue

# Of each tag: enough to know the last permitted value, whatever others set it to.
_KEPT_OF_EACH_SORT: Final = 2

type MayChange = Callable[[Author], bool]
type TagHistory = Mapping[str, frozenset[TagValue]]


def listed_values(tags: Mapping[str, str], at: datetime) -> dict[str, frozenset[TagValue]]:
    """What a listing says. That a tag is missing, it says of no tag by name."""
    return {key: frozenset({TagValue(at, False, True, value)}) for key, value in tags.items()}


def changed_value(value: str | None, author: Author, at: datetime) -> TagValue:
    return TagValue(at, True, value is not None, value or "", author)


def last_permitted(history: Iterable[TagValue], may_change: MayChange) -> TagValue | None:
    """The last value before what others changed; None where none is known."""
    permitted = [each.value for each in _walk(history, may_change) if each.is_permitted]
    return permitted[-1] if permitted else None


def condensed(history: Iterable[TagValue], may_change: MayChange) -> frozenset[TagValue]:
    """The newest of them, without listings that say nothing new. Applied twice it changes nothing.

    However often others change a tag, the last permitted value stays.
    """
    kept = frozenset(history)
    while (fewer := _newest(kept, may_change)) != kept:
        kept = fewer
    return kept


def _newest(history: frozenset[TagValue], may_change: MayChange) -> frozenset[TagValue]:
    """Also the last change by a permitted caller: listings after it repeat nobody else's."""
    walked = [*_walk(history, may_change)]
    permitted = [each.value for each in walked if each.is_permitted]
    foreign = [each.value for each in walked if not each.is_permitted]
    changes = [each for each in permitted if each.is_attributed]
    kept = permitted[-_KEPT_OF_EACH_SORT:] + foreign[-_KEPT_OF_EACH_SORT:] + changes[-1:]
    return frozenset(kept)


class _Step(Struct, frozen=True):
    value: TagValue
    is_permitted: bool


def _walk(history: Iterable[TagValue], may_change: MayChange) -> Iterator[_Step]:
    """From the oldest to the newest, without listings that only repeat what is known."""
    current: str | None = None
    foreign: str | None = None
    is_known = False
    for each in sorted(history, key=_order):
        value = each.value if each.is_set else None
        if each.is_attributed:
            is_permitted = may_change(each.author)
            foreign = None if is_permitted else value
        elif is_known and value in (current, foreign):
            continue
        else:
            is_permitted = True
        current, is_known = value, True
        yield _Step(each, is_permitted)


def _order(value: TagValue) -> tuple[datetime, bool, TagValue]:
    """CloudTrail knows whole seconds, so in the second of a listing a change comes after it."""
    return value.at.replace(microsecond=0), value.is_attributed, value
