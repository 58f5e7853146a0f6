"""The forms of JMESPath that conditions are made of, as closures of a value and a moment.

The library's interpreter walks the syntax tree each time, for 5 to 10 µs. Here the tree is walked
once. Of the functions each calls, only those of time look at the moment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

type Evaluate = Callable[[Any, datetime], Any]
type Node = Mapping[str, Any]

# jmespath's own rules of comparison: 0 and 1 are not booleans, and only numbers and texts have an
# order.
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = TreeInterpreter.COMPARATOR_FUNC
_ORDERED: Final = frozenset({"lt", "lte", "gt", "gte"})
_LIBRARY: Final = Functions()

# The functions that JMESPath brings: all others are of time.
TIMELESS: Final = frozenset(_LIBRARY.FUNCTION_TABLE)


def closure_of(node: Node) -> Evaluate | None:
    """None for a form that is left to the library, also somewhere inside."""
    make = _FORMS.get(node["type"])
    if make is None:
        return None
    parts = [closure_of(child) for child in node["children"]]
    made = [part for part in parts if part is not None]
    return make(node, made) if len(made) == len(parts) else None


def children_of(node: Node) -> Iterator[Node]:
    """Those of a slice are numbers."""
    return (child for child in node["children"] if isinstance(child, Mapping))


def nodes_of(node: Node) -> Iterator[Node]:
    """It, and all that is within it."""
    yield node
    for child in children_of(node):
        yield from nodes_of(child)


def is_true(value: object) -> bool:
    """Truth as JMESPath defines it: null, false and empty values are false, 0 is true."""
    if value is True or value is False or value is None:
        return value is True
    return value not in ("", [], {})


def _field(node: Node, _: Sequence[Evaluate]) -> Evaluate:
    name = node["value"]

    def field(value: Any, _: datetime) -> Any:
        try:
            return value.get(name)
        except AttributeError:
            return None

    return field


def _literal(node: Node, _: Sequence[Evaluate]) -> Evaluate:
    literal = node["value"]
    return lambda value, now: literal


def _current(_: Node, __: Sequence[Evaluate]) -> Evaluate:
    return lambda value, now: value


def _subexpression(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    def subexpression(value: Any, now: datetime) -> Any:
        for part in parts:
            value = part(value, now)
        return value

    return subexpression


def _comparator(node: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts
    compare = _COMPARISONS[node["value"]]
    if node["value"] in _ORDERED:
        return lambda value, now: _ordered(compare, left(value, now), right(value, now))
    literal = node["children"][1]
    if literal["type"] == "literal" and isinstance(literal["value"], str):
        text, is_wanted = literal["value"], node["value"] == "eq"
        return lambda value, now: (left(value, now) == text) is is_wanted
    return lambda value, now: compare(left(value, now), right(value, now))


def _ordered(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> bool | None:
    """Null where the two have no order. Raises TypeError for a number and a text."""
    if not (_has_order(left) and _has_order(right)):
        return None
    return bool(compare(left, right))


def _has_order(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _and(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts

    def conjunction(value: Any, now: datetime) -> Any:
        found = left(value, now)
        return right(value, now) if is_true(found) else found

    return conjunction


def _or(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts

    def disjunction(value: Any, now: datetime) -> Any:
        found = left(value, now)
        return found if is_true(found) else right(value, now)

    return disjunction


def _not(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    (part,) = parts
    return lambda value, now: not is_true(part(value, now))


def _list(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    return lambda value, now: None if value is None else [part(value, now) for part in parts]


def _call(node: Node, parts: Sequence[Evaluate]) -> Evaluate:
    name = node["value"]
    if name in TIMELESS:
        call = _LIBRARY.call_function
        return lambda value, now: call(name, [part(value, now) for part in parts])
    # Few policies use the time, and each import makes a cold start slower.
    from streamwarden.domain.expressions.time_functions import TimeFunctions

    return lambda value, now: TimeFunctions(now).call_function(
        name, [part(value, now) for part in parts]
    )


_FORMS: Final[Mapping[str, Callable[[Node, Sequence[Evaluate]], Evaluate]]] = {
    "field": _field,
    "literal": _literal,
    "current": _current,
    "subexpression": _subexpression,
    "comparator": _comparator,
    "and_expression": _and,
    "or_expression": _or,
    "not_expression": _not,
    "multi_select_list": _list,
    "function_expression": _call,
}
