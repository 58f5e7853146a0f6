"""Conditions that want one value above what they want it below, such as an hour or a date."""

from collections.abc import Iterator
from typing import Any, Final

from streamwarden_cli.policy.lint.certainty import Node

# What is said of the right side by what is said of the left one.
_TURNED: Final = {"lt": "gt", "lte": "gte", "gt": "lt", "gte": "lte", "eq": "eq"}
_FROM: Final = frozenset({"gt", "gte", "eq"})
_TO: Final = frozenset({"lt", "lte", "eq"})
_STRICT: Final = frozenset({"lt", "gt"})

type Bound = tuple[str, Any]


def is_empty_range(node: Node) -> bool:
    """Whether no value is within all that the parts of an `&&` ask for."""
    bounds: dict[tuple[str, bool], list[Bound]] = {}
    for place, sign, limit in _bounds(node):
        bounds.setdefault((place, isinstance(limit, str)), []).append((sign, limit))
    return any(
        _leaves_nothing(lower, upper)
        for found in bounds.values()
        for lower in found
        for upper in found
    )


def _bounds(node: Node) -> Iterator[tuple[str, str, Any]]:
    """What is compared, by its syntax tree, and with what."""
    if node["type"] == "and_expression":
        for child in node["children"]:
            yield from _bounds(child)
    elif node["type"] == "comparator" and node["value"] in _TURNED:
        left, right = node["children"]
        sides = (left, right, node["value"]), (right, left, _TURNED[node["value"]])
        for place, literal, sign in sides:
            if literal["type"] == "literal" and type(literal["value"]) in (str, int, float):
                yield str(place), sign, literal["value"]


def _leaves_nothing(lower: Bound, upper: Bound) -> bool:
    (from_sign, least), (to_sign, most) = lower, upper
    if from_sign not in _FROM or to_sign not in _TO:
        return False
    is_open = not _STRICT.isdisjoint((from_sign, to_sign))
    return bool(least > most or (least == most and is_open))
