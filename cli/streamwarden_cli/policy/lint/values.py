"""What is asked of a value that is not known, and values with which that can be tried."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from math import inf
from typing import Any, Final, NamedTuple

from streamwarden.domain.globs import Texts, is_glob, matcher

# In a text that stands for all others of its place in the order; no policy says it.
_OTHER: Final = "\0"
_ALWAYS_TRIED: Final[Sequence[Any]] = (_OTHER, {_OTHER: None}, None, False, "", [], {})
_VAST: Final = 1e300


class Demand(NamedTuple):
    """What a value must be like. It tells no values apart but `edges`, and those between them."""

    accepts: Callable[[Any], object]
    edges: Sequence[Any] = ()


def are_met(demands: Sequence[Demand], value: object) -> bool:
    return all(each.accepts(value) for each in demands)


def samples(demands: Sequence[Demand]) -> Iterator[Any]:
    """If any value meets the demands, one of these does."""
    edges = [edge for each in demands for edge in each.edges]
    yield from edges
    yield from _ALWAYS_TRIED
    yield from (f"{each}{_OTHER}" for each in edges if isinstance(each, str))
    numbers = [each for each in edges if isinstance(each, int | float) and abs(each) < _VAST]
    ends = [-inf, *sorted(numbers), inf] if numbers else []
    yield from (low / 2 + high / 2 for low, high in pairwise(ends))


def mappings(demands: Sequence[Demand]) -> Iterator[Any]:
    """Those samples within which there is something."""
    return (each for each in samples(demands) if each and isinstance(each, dict))


@cache
def like(globs: Texts, *, holds: bool = True) -> Demand:
    """A text like one of these. Or else, none like them, or null."""
    accepts, is_open = matcher(globs), "*" not in globs and any(map(is_glob, globs))

    def is_possible(value: object) -> bool:
        if not isinstance(value, str):
            return value is None and not holds
        return bool(accepts(value)) is holds or (is_open and _OTHER in value)

    return Demand(is_possible, globs)
