"""Calls of functions: whether there is such a function, and whether it can take what it is given.

JMESPath finds neither before the call is reached, and then the condition does not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from streamwarden.domain.expressions.closures import Node
from streamwarden.domain.expressions.recheck_interval import RecheckInterval
from streamwarden.domain.expressions.shape import Form, Kind
from streamwarden.domain.expressions.time_functions import (
    FUNCTIONS,
    TimeFunctions,
    check_zone,
    parse_moment,
)
from streamwarden_cli.documents.suggestion import did_you_mean, did_you_mean_zone, format_list
from streamwarden_cli.policy.conditions.comparisons import (
    MADE_UP,
    Side,
    is_constant,
    is_literal,
    why_never,
)
from streamwarden_cli.policy.conditions.shapes import (
    BOOLEAN,
    COUNT,
    DATE,
    HOUR,
    LIST,
    NUMBER,
    TEXT,
    TYPE,
    WEEKDAY,
    Inferred,
    either,
)
from streamwarden_cli.policy.conditions.wording import format_literal, render

type Argument = tuple[Node, Inferred]

_TABLE: Final = TimeFunctions.FUNCTION_TABLE
_LOOKS_FOR_PART: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "contains": str.__contains__,
    "ends_with": str.endswith,
    "starts_with": str.startswith,
}
_ORDINALS: Final = ("first", "second", "third")

# JMESPath's names of types. Lists of something are lists: an empty one is taken by any of them.
_KINDS: Final = {
    "string": Kind.TEXT,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "array": Kind.LIST,
    "object": Kind.MAPPING,
}

_MAY_BE_MOMENTS: Final = MADE_UP | {Form.MOMENT, Form.DATE}
# Any part of such a text has the same form.
_HAS_PARTS: Final = frozenset({Form.NAME, Form.TAG})

# The library looks for an element as Python does, for which 1 is true.
_SAME_IN_PYTHON: Final = {Kind.BOOLEAN, Kind.NUMBER}


def _same(given: Sequence[Inferred]) -> Inferred:
    return given[0]


def _item(given: Sequence[Inferred]) -> Inferred:
    return given[0].items if given[0] else None


_RESULTS: Final[Mapping[str, Inferred | Callable[[Sequence[Inferred]], Inferred]]] = {
    **dict.fromkeys(_LOOKS_FOR_PART, BOOLEAN),
    **dict.fromkeys(("abs", "length"), COUNT),
    **dict.fromkeys(("avg", "ceil", "floor", "sum", "to_number", "age"), NUMBER),
    **dict.fromkeys(("join", "to_string"), TEXT),
    **dict.fromkeys(("keys", "map", "to_array", "values"), LIST),
    **dict.fromkeys(("reverse", "sort", "sort_by"), _same),
    **dict.fromkeys(("max", "max_by", "min", "min_by"), _item),
    "not_null": either,
    "type": TYPE,
    "hour": HOUR,
    "weekday": WEEKDAY,
    "date": DATE,
}


def check_name(node: Node) -> None:
    """Raises ValueError for a function that does not exist, or takes another number of values."""
    name, given = node["value"], len(node["children"])
    if name not in _TABLE:
        hint = did_you_mean(name, _TABLE) or f" (expected {format_list(sorted(_TABLE))})"
        raise ValueError(f"there is no function {name!r}{hint}")
    signature = _TABLE[name]["signature"]
    is_variadic = bool(signature) and signature[-1].get("variadic", False)
    if given < len(signature) or (given > len(signature) and not is_variadic):
        wanted = f"{len(signature)} argument{'s' * (len(signature) != 1)}"
        raise ValueError(f"the function {name!r} takes {wanted}, found {given}")


def result_of(node: Node, given: Sequence[Inferred]) -> Inferred:
    """What is known of what the call answers. Raises ValueError for what it cannot take."""
    name, arguments = node["value"], tuple(zip(node["children"], given, strict=True))
    # What may be repeated is only checked once.
    for position, parameter in enumerate(_TABLE[name]["signature"]):
        _check_type(name, position, parameter["types"], *arguments[position])
    if name in _LOOKS_FOR_PART:
        _check_part(node, *arguments)
    if name == "contains":
        _check_contains(node, *arguments)
    elif name in FUNCTIONS:
        check = _check_zone if FUNCTIONS[name].interval is RecheckInterval.CLOCK else _check_moment
        check(name, *arguments[0])
    result = _RESULTS.get(name)
    return result(given) if callable(result) else result


def _check_type(
    name: str, position: int, types: Sequence[str], argument: Node, shape: Inferred
) -> None:
    is_expression = argument["type"] == "expref"
    if not types or (is_expression and "expref" in types):
        return
    kinds = [_KINDS[each] for each in (each.partition("-")[0] for each in types) if each in _KINDS]
    found = "an expression" if is_expression else shape and shape.kind
    if found is not None and found not in kinds:
        wanted = format_list(list(dict.fromkeys(kinds))) if kinds else "an expression such as &name"
        raise ValueError(
            f"the function {name!r} takes {wanted} as its {_ORDINALS[position]} argument, "
            f"and {render(argument)} is {found}"
        )


def _check_zone(name: str, argument: Node, shape: Inferred) -> None:
    if shape is None or shape.kind is not Kind.TEXT:
        return
    if is_literal(argument):
        try:
            check_zone(argument["value"])
        except ValueError as error:
            hint = did_you_mean_zone(argument["value"])
            raise ValueError(f"{error}{hint}") from error
    elif shape.form not in MADE_UP:
        raise ValueError(
            f"the function {name!r} takes the IANA name of a time zone such as 'Europe/Berlin', "
            f"and {render(argument)} is none"
        )


def _check_moment(name: str, argument: Node, shape: Inferred) -> None:
    if shape is None or shape.kind is not Kind.TEXT:
        return
    if is_literal(argument):
        is_moment = parse_moment(argument["value"]) is not None
    else:
        is_moment = shape.form in _MAY_BE_MOMENTS
    if not is_moment:
        raise ValueError(
            f"the function {name!r} takes a moment such as session.on_air_at or "
            f"'2026-12-24T18:00:00Z', and {render(argument)} is none"
        )


def _check_contains(node: Node, whole: Argument, part: Argument) -> None:
    (holder, shape), (held, wanted) = whole, part
    if shape is None or wanted is None:
        return
    elements = shape.items if shape.kind is Kind.LIST else shape
    is_open = holder["type"] == "multi_select_list" and not is_constant(holder)
    if elements is None or (is_open and not is_literal(held)):
        return  # Both may be null, and then it does contain it.
    if elements.kind is not wanted.kind and {elements.kind, wanted.kind} != _SAME_IN_PYTHON:
        holds = "holds" if shape.kind is Kind.LIST else "is"
        text = f"{render(holder)} {holds} {elements.kind}, {render(held)} is {wanted.kind}"
        raise ValueError(f"{render(node)} can never hold: {text}")
    if shape.kind is Kind.LIST and is_literal(held):
        _check_named(node, wanted.values, (holder, elements))
    elif shape.kind is Kind.LIST and is_constant(holder):
        _check_named(node, elements.values, (held, wanted))


def _check_part(node: Node, whole: Argument, part: Argument) -> None:
    """What no name and no tag can have as a whole, none has as a part."""
    (holder, shape), (held, _) = whole, part
    value = held["value"] if is_literal(held) else ""
    if shape is None or not isinstance(value, str) or not value.strip():
        return  # A tag may have blanks in it.
    is_found = any(_LOOKS_FOR_PART[node["value"]](str(each), value) for each in shape.values)
    if is_found or not (shape.form in _HAS_PARTS or shape.values):
        return
    if why := why_never((holder, shape), value):
        raise ValueError(f"{render(node)} can never hold: {why}")


def _check_named(node: Node, named: Sequence[object], closed: Side) -> None:
    """Each of the literals must be one of the values that there can be."""
    for value in named:
        why = why_never(closed, value)
        if why:
            raise ValueError(f"{render(node)} looks for {format_literal(value)} in vain: {why}")
