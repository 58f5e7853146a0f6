"""How two states become one, in any order: the functions that `merge` is made of.

Every join here is commutative, associative and idempotent, so a class whose fields all
name one (`Annotated[datetime, earliest]`) merges with the same three properties. That is what
makes lost order, repetition and lateness of IVS events harmless.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from itertools import chain, compress
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct, structs


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


# msgspec leaves a set out of the JSON only if it is this very default (`omit_defaults`).
EMPTY: Final[frozenset[Any]] = frozenset()

type Merge = Callable[[Any, Any], Any]

# Of what happens again and again, the newest: enough to say how often at least, and when last.
NEWEST_KEPT: Final = 6


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Stamped[T](Struct, frozen=True, array_like=True, gc=False):
    """A value and the moment (aware UTC) at which it was true; stored as a pair."""

    value: T
    at: datetime


def merge_fields[T: Struct](left: T, right: T) -> T:
    """Merge two values of one class, field by field, each as its annotation says.

    It is the left object where the right one adds nothing. Most fields of an observation are empty,
    and every function leaves what is merged with nothing as it is.
    """
    observed = structs.astuple(right)
    merges, values = compress(_field_merges(type(left)), observed), filter(None, observed)
    merged = {
        name: found if before is None else merge_values(before, found)
        for (name, merge_values), found in zip(merges, values, strict=True)
        if found is not (before := getattr(left, name))
    }
    return structs.replace(left, **merged) if merged else left


@cache
def _field_merges(model: type[Struct]) -> tuple[tuple[str, Merge], ...]:
    return tuple(
        (name, model.__annotations__[name].__metadata__[0]) for name in model.__struct_fields__
    )


def same[T](left: T, right: T) -> T:
    """Identity fields: merging states of two different things is a programming error."""
    if left != right:
        raise ValueError(f"cannot merge the state of {left!r} with the state of {right!r}")
    return left


def merge_parts[T: Struct](left: T | None, right: T | None) -> T | None:
    """The same of parts that are not always there."""
    if left is None or right is None:
        return left or right
    return merge_fields(left, right)


def earliest(left: datetime | None, right: datetime | None) -> datetime | None:
    if left is None or right is None:
        return left or right
    return min(left, right)


def latest(left: datetime | None, right: datetime | None) -> datetime | None:
    if left is None or right is None:
        return left or right
    return max(left, right)


def latest_stamped[T](left: Stamped[T] | None, right: Stamped[T] | None) -> Stamped[T] | None:
    """The later of two stamped values; values stamped alike are ordered by their JSON form."""
    if left is None or right is None:
        return left or right
    if left.at != right.at:
        return left if left.at > right.at else right
    return max(left, right, key=_write_order)


def _write_order(stamped: Stamped[Any]) -> tuple[bool, bytes]:
    """Within one moment something wins over nothing: what is replaced is removed, then set."""
    something = stamped.value is not None
    return something, msgspec.json.encode(stamped.value, order="sorted")


def each_key(merge_values: Merge) -> Merge:
    """Merge two mappings key by key."""

    def merge(left: Mapping[str, Any], right: Mapping[str, Any]) -> Mapping[str, Any]:
        both = dict(left)
        for key, value in right.items():
            both[key] = merge_values(left[key], value) if key in left else value
        return both if len(both) == len(left) else dict(sorted(both.items()))

    return merge


def newest[T: _Ordered](left: frozenset[T], right: frozenset[T]) -> frozenset[T]:
    """Union of two sets, kept to the newest few so that a record stays small.

    Members are ordered by their moment first. The newest N of a union is again a join.
    """
    both = left | right
    return both if len(both) <= NEWEST_KEPT else frozenset(sorted(both)[-NEWEST_KEPT:])


def first_and_newest[T: _Ordered](left: frozenset[T], right: frozenset[T]) -> frozenset[T]:
    """The same with the first member, where it counts since when something goes on."""
    both = left | right
    if len(both) <= NEWEST_KEPT:
        return both
    first, *others = sorted(both)
    return frozenset([first, *others[-NEWEST_KEPT + 1 :]])


def newest_by(name: str) -> Merge:
    """Union of two sets, kept to the newest few of each kind, by the member `name`."""

    def merge(left: frozenset[Any], right: frozenset[Any]) -> frozenset[Any]:
        both = left | right
        if len(both) <= NEWEST_KEPT:
            return both
        kinds = {getattr(each, name) for each in both}
        newest_of = (
            sorted(each for each in both if getattr(each, name) == kind)[-NEWEST_KEPT:]
            for kind in kinds
        )
        return frozenset(chain.from_iterable(newest_of))

    return merge


def union[T](left: frozenset[T], right: frozenset[T]) -> frozenset[T]:
    return left | right


def either(left: bool, right: bool) -> bool:
    return left or right


def format_count(kept: int) -> str:
    """How many there were, of which the newest few are kept."""
    return f"at least {kept}" if kept >= NEWEST_KEPT else str(kept)
