"""Comparisons that can only come out one way, whatever a channel is like."""

import json
import operator
import re
from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC
from typing import Any, Final

from streamwarden.domain.expressions.closures import Node
from streamwarden.domain.expressions.shape import Form, Kind, Shape
from streamwarden.domain.expressions.time_functions import parse_moment
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

# The beginning of a moment has the order of moments, too. One with an offset has another order.
_IN_ORDER: Final = {
    Form.DATE: re.compile(r"\d{4}(-\d\d(-\d\d)?)?"),
    Form.MOMENT: re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:.]*Z?)?)?)?"),
}
# Texts that may also be a number, a moment or a time zone.
MADE_UP: Final = frozenset({Form.FREE, Form.TAG})
# What a text of some form looks like, and that in words.
_FORMS: Final[Mapping[Form, tuple[re.Pattern[str], str]]] = {
    Form.DATE: (re.compile(r"\d{4}-\d\d-\d\d"), "a date such as '2026-12-24'"),
    Form.MOMENT: (
        re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"),
        "a moment such as '2026-12-24T18:00:00Z'",
    ),
    # API Reference, ChannelName; all that IVS gives a name to has names of this form.
    Form.NAME: (
        re.compile(r"[A-Za-z0-9_-]{0,128}"),
        "a name of up to 128 letters from a to z, digits, - and _",
    ),
    # API Reference, TagValue: letters, numbers and separators of any script.
    Form.TAG: (
        re.compile(r"[\w\s.:/=+@-]*"),
        "text of letters, digits, spaces and _ . : / = + - @",
    ),
    Form.REGION: (re.compile(r"[a-z]+(-[a-z]+)+-[0-9]+"), "a region such as 'eu-west-1'"),
    Form.ACCOUNT: (re.compile("[0-9]{12}"), "twelve digits such as '123456789012'"),
}


def check_comparison(node: Node, left: Inferred, right: Inferred) -> None:
    """Raises ValueError. `left` and `right` are what is known of the two sides."""
    first, second = node["children"]
    if node["value"] in _ORDERS:
        _check_order(node, first, left)
        _check_order(node, second, right)
    if left is None or right is None:
        return
    if node["value"] not in _ORDERS and not (_is_never_null(first) or _is_never_null(second)):
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


def is_constant(node: Node) -> bool:
    """Whether it is a literal, or a list of literals."""
    is_list = node["type"] == "multi_select_list"
    return is_literal(node) or (is_list and all(map(is_literal, node["children"])))


def _is_never_null(node: Node) -> bool:
    return is_literal(node) or node["type"] in ("multi_select_list", "multi_select_dict")


def why_never(side: Side, value: object) -> str:
    """Why the side is another value whatever it is; empty where it may be this one."""
    node, shape = side
    if shape.values:
        return "" if value in shape.values else _format_values(side, value)
    if shape.form not in _FORMS or not isinstance(value, str):
        return ""
    if shape.form is Form.TAG and not value.strip():
        tag = render(node)
        has = f"write {tag} for a tag that has a value, and !({tag}) for one that has none"
        return f"a blank tag is null; {has}"
    pattern, words = _FORMS[shape.form]
    return "" if pattern.fullmatch(value) else f"{render(node)} is {words}{_glob(value, shape)}"


def _glob(value: str, shape: Shape) -> str:
    is_meant = shape.form not in _IN_ORDER and not {"*", "?"}.isdisjoint(value)
    return "; for a glob use `match`" if is_meant else ""


def _format_values(side: Side, value: object) -> str:
    """What a side with a closed set of values is, in answer to one that it is not."""
    node, shape = side
    if shape.least is not None:
        return f"{render(node)} is {shape.least} or more"
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
    if is_order and shape.form in MADE_UP and wanted.kind is Kind.NUMBER and not is_literal(node):
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
    is_order = node["value"] in _ORDERS
    if shape.values or not is_literal(other[0]) or (is_order and shape.form not in _IN_ORDER):
        return
    value = other[0]["value"]
    if is_order and _IN_ORDER[shape.form].fullmatch(value):
        return
    if why := why_never(side, value):
        why += _remedy_of_moment(place, value) if shape.form is Form.MOMENT else ""
        compares_letters = ValueError(f"{render(node)} compares letters: {why}")
        raise compares_letters if is_order else _one_way(node, why)


def _remedy_of_moment(place: Node, found: str) -> str:
    moment = parse_moment(found)
    if moment is None or moment.year in (MINYEAR, MAXYEAR):  # In UTC it may be in no year.
        return f"; age({render(place)}) is a number of seconds"
    return f"; write '{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"


def _check_values(node: Node, left: Side, right: Side) -> None:
    holds = _TESTS[node["value"]]
    values, others = _values(left[1], right[1]), _values(right[1], left[1])
    if not values or not others or any(holds(one, two) for one in values for two in others):
        return
    if is_literal(left[0]) and is_literal(right[0]):
        raise _one_way(node, "it compares two literals")
    side, literal = (right, left) if is_literal(left[0]) else (left, right)
    raise _one_way(node, _format_values(side, literal[1].values[0]))


def _values(shape: Shape, other: Shape) -> tuple[Any, ...]:
    """All of it that a comparison with the values of the other can tell apart."""
    if shape.least is None or not other.values:
        return shape.values
    highest: Any = max(shape.least, *other.values)
    return shape.least, highest, highest + 1
