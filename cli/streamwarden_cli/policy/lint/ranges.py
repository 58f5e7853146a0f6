"""Ranges that are empty, or whole, such as from ten to eight, or until ten or from eight on."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any, Final, NamedTuple

from streamwarden_cli.policy.lint.certainty import TAGS, Node, may_fail, parts_of, path_of

# What is said of the right side by what is said of the left one, and what says the contrary.
_TURNED: Final = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte", "eq": "eq", "ne": "ne"}
_CONTRARY: Final = {"lt": "gte", "lte": "gt", "gt": "lte", "gte": "lt", "eq": "ne", "ne": "eq"}
_FROM: Final = frozenset({"gt", "gte", "eq"})
_TO: Final = frozenset({"lt", "lte", "eq"})
_STRICT: Final = frozenset({"lt", "gt"})
# These always have a value, as the number of tags has. All else may be null, which no range holds.
_CLOCKS: Final = frozenset({"hour", "weekday", "date"})
_EXTREMES: Final[Mapping[str, Sequence[tuple[str, int]]]] = {
    "hour": [("gte", 0), ("lte", 23)],
    "length": [("gte", 0)],
}


class Bound(NamedTuple):
    """What is compared, and with what."""

    place: Node
    sign: str
    limit: Any


def is_empty_range(node: Node) -> bool:
    """Whether no value is within all that the parts of an `&&` ask for."""
    parts = parts_of(node, "and_expression")
    return _leave_nothing([each for part in parts for each in _bounds_of(part)])


def is_whole_range(node: Node) -> bool:
    """Whether every moment is within what some part of an `||` asks for.

    The condition does not hold where a part raises before such a part is reached.
    """
    bounds: list[Bound] = []
    for part in parts_of(node, "or_expression"):
        found = [each for each in _bounds_of(part) if _is_always_there(each.place)]
        if not found and may_fail(part):
            break
        for each in found:
            extremes = _EXTREMES.get(each.place["value"], ())
            bounds += [each._replace(sign=_CONTRARY[each.sign])]
            bounds += [Bound(each.place, sign, limit) for sign, limit in extremes]
    return _leave_nothing(bounds)


def _is_always_there(place: Node) -> bool:
    if place["type"] != "function_expression":
        return False
    argument = place["children"][0]
    if place["value"] in _CLOCKS:
        return bool(argument["type"] == "literal")
    return place["value"] == "length" and path_of(argument) in TAGS


def _bounds_of(node: Node) -> Iterator[Bound]:
    if node["type"] == "comparator":
        left, right = node["children"]
        sides = (left, right, node["value"]), (right, left, _TURNED[node["value"]])
        for place, literal, sign in sides:
            if literal["type"] == "literal" and type(literal["value"]) in (str, int, float):
                yield Bound(place, sign, literal["value"])


def _leave_nothing(bounds: Sequence[Bound]) -> bool:
    return any(_exclude_each_other(lower, upper) for lower, upper in permutations(bounds, 2))


def _exclude_each_other(lower: Bound, upper: Bound) -> bool:
    if lower.place != upper.place or isinstance(lower.limit, str) != isinstance(upper.limit, str):
        return False
    if lower.sign not in _FROM or upper.sign not in _TO:
        return False
    is_open = not _STRICT.isdisjoint((lower.sign, upper.sign))
    return bool(lower.limit > upper.limit or (lower.limit == upper.limit and is_open))
