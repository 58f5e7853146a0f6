"""Comparisons that can only come out one way, whatever a channel is like."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from streamwarden.domain.expressions.closures import Node
from streamwarden.domain.expressions.shape import Form, Kind, Shape
from streamwarden_cli.documents.suggestion import did_you_mean, format_list
from streamwarden_cli.policy.conditions.shapes import Inferred
from streamwarden_cli.policy.conditions.wording import render

type Side = tuple[Node, Shape]

# What some pair of values must be like for the comparison not to be decided already.
_TESTS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "eq": operator.eq,
    "ne": operator.eq,
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}
_ORDERS: Final = frozenset({"lt", "lte", "gt", "gte"})
_ORDERED: Final = frozenset({Kind.TEXT, Kind.NUMBER})
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")

# The beginning of a moment has the order of moments, too.
_BEGINS: Final = re.compile(r"\d{4}(-\d\d(-\d\d(T.*)?)?)?")
_EXAMPLES: Final = {
    Form.DATE: "a date such as '2026-12-24'",
    Form.MOMENT: "a moment such as '2026-12-24T18:00:00Z'",
}


def check_comparison(node: Node, left: Inferred, right: Inferred) -> None:
    """Raises ValueError. `left` and `right` are what is known of the two sides."""
    first, second = node["children"]
    if node["value"] in _ORDERS:
        _check_order(node, first, left)
        _check_order(node, second, right)
    if left is None or right is None:
        return
    if node["value"] not in _ORDERS and not (is_literal(first) or is_literal(second)):
        return  # Both may be null, and then they are the same.
    sides = (first, left), (second, right)
    if left.kind is not right.kind:
        is_order = node["value"] in _ORDERS
        remedy = _remedy(*sides, is_order) or _remedy(*sides[::-1], is_order)
        raise _one_way(
            node,
            f"{render(first)} is {left.kind}, {render(second)} is {right.kind}{remedy}",
        )
    _check_form(node, *sides)
    _check_form(node, *sides[::-1])
    _check_values(node, *sides)


def is_literal(node: Node) -> bool:
    return bool(node["type"] == "literal")


def format_values(side: Side, value: object) -> str:
    """What a side with a closed set of values is, in answer to one that it is not."""
    node, shape = side
    if shape.kind is Kind.NUMBER:
        return f"{render(node)} is {shape.values[0]} to {shape.values[-1]}"
    state = [str(each) for each in shape.values if each != ""]
    return f"{render(node)} is {format_list(state)}{did_you_mean(str(value), state)}"


def _one_way(node: Node, why: str) -> ValueError:
    outcome = "always holds" if node["value"] == "ne" else "can never hold"
    return ValueError(f"{render(node)} {outcome}: {why}")


def _check_order(node: Node, side: Node, shape: Inferred) -> None:
    if shape is not None and shape.kind not in _ORDERED:
        why = f"only numbers and texts have an order, and {render(side)} is {shape.kind}"
        raise _one_way(node, why)
    if shape is not None and shape.kind is Kind.TEXT and len(shape.values) > 1:
        why = f"the values of {render(side)} have no order; use == or contains"
        raise ValueError(f"{render(node)} compares letters: {why}")


def _remedy(side: Side, other: Side, is_order: bool) -> str:
    """How to write what was probably meant, if this side says it."""
    (node, shape), (wanted_node, wanted) = side, other
    if shape.form is Form.MOMENT and wanted.kind is Kind.NUMBER:
        return f"; age({render(node)}) is a number of seconds"
    if shape.kind is Kind.LIST and wanted.kind is Kind.TEXT:
        return f"; use contains({render(node)}, {render(wanted_node)})"
    if is_order and shape.form is Form.FREE and wanted.kind is Kind.NUMBER and not is_literal(node):
        return f"; use to_number({render(node)})"
    return _other_spelling(node["value"], wanted.kind) if is_literal(node) else ""


def _other_spelling(value: object, wanted: Kind) -> str:
    if wanted is Kind.TEXT and isinstance(value, bool | int | float):
        return f"; write '{json.dumps(value)}'"
    is_boolean = wanted is Kind.BOOLEAN and value in ("true", "false")
    is_number = wanted is Kind.NUMBER and _NUMBER.fullmatch(str(value)) is not None
    return f"; write `{value}`" if is_boolean or is_number else ""


def _check_form(node: Node, side: Side, other: Side) -> None:
    place, shape = side
    example = _EXAMPLES.get(shape.form)
    if example is None or not is_literal(other[0]) or _BEGINS.fullmatch(other[0]["value"]):
        return
    remedy = f"; age({render(place)}) is a number of seconds" if shape.form is Form.MOMENT else ""
    why = f"{render(place)} is {example}{remedy}"
    if node["value"] in _ORDERS:
        raise ValueError(f"{render(node)} compares letters: {why}")
    raise _one_way(node, why)


def _check_values(node: Node, left: Side, right: Side) -> None:
    holds = _TESTS[node["value"]]
    values, others = left[1].values, right[1].values
    if not values or not others or any(holds(one, two) for one in values for two in others):
        return
    if is_literal(left[0]) and is_literal(right[0]):
        raise _one_way(node, "it compares two literals")
    side, literal = (right, left) if is_literal(left[0]) else (left, right)
    raise _one_way(node, format_values(side, literal[1].values[0]))
