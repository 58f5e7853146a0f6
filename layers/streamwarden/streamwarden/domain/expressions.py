"""JMESPath as plain Python functions: a policy's expressions are evaluated for every channel.

The library's interpreter walks the syntax tree each time, for 5 to 10 µs. The few forms that
conditions are made of become closures here, once; all others are left to the library. A test holds
both to the same answers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import jmespath
from jmespath.visitor import TreeInterpreter

type Evaluate = Callable[[Any], Any]
type Node = Mapping[str, Any]

# jmespath's own rules of comparison: 0 and 1 are not booleans, and only numbers and texts have an
# order.
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = TreeInterpreter.COMPARATOR_FUNC
_ORDERED: Final = frozenset({"lt", "lte", "gt", "gte"})


class NotAnExpression(ValueError):
    """The text is not JMESPath; says where it is wrong."""


def compile_expression(text: str) -> Evaluate:
    """A function from a document to the expression's value. Raises NotAnExpression."""
    try:
        parsed = jmespath.compile(text)
    except jmespath.exceptions.JMESPathError as error:
        raise NotAnExpression(f"not a JMESPath expression: {error}") from error
    return _compiled(parsed.parsed) or parsed.search


def compile_condition(text: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the expression holds. One that does not fit a document does not hold."""
    evaluate = compile_expression(text)

    def holds(document: Mapping[str, Any]) -> bool:
        try:
            return is_true(evaluate(document))
        except (jmespath.exceptions.JMESPathError, TypeError):
            # The library compares a number with a text as Python does, which is a TypeError.
            return False

    return holds


def is_true(value: object) -> bool:
    """Truth as JMESPath defines it: null, false and empty values are false, 0 is true."""
    if value is True or value is False or value is None:
        return value is True
    return value not in ("", [], {})


def _compiled(node: Node) -> Evaluate | None:
    """None for a form that is left to the library, also somewhere inside."""
    make = _FORMS.get(node["type"])
    if make is None:
        return None
    parts = [_compiled(child) for child in node["children"]]
    made = [part for part in parts if part is not None]
    return make(node, made) if len(made) == len(parts) else None


def _field(node: Node, _: Sequence[Evaluate]) -> Evaluate:
    name = node["value"]

    def field(value: Any) -> Any:
        try:
            return value.get(name)
        except AttributeError:
            return None

    return field


def _literal(node: Node, _: Sequence[Evaluate]) -> Evaluate:
    value = node["value"]
    return lambda _: value


def _subexpression(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    def subexpression(value: Any) -> Any:
        for part in parts:
            value = part(value)
        return value

    return subexpression


def _comparator(node: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts
    compare = _COMPARISONS[node["value"]]
    if node["value"] in _ORDERED:
        return lambda value: _ordered(compare, left(value), right(value))
    literal = node["children"][1]
    if literal["type"] == "literal" and isinstance(literal["value"], str):
        text, is_wanted = literal["value"], node["value"] == "eq"
        return lambda value: (left(value) == text) is is_wanted
    return lambda value: compare(left(value), right(value))


def _ordered(compare: Callable[[Any, Any], Any], left: Any, right: Any) -> bool | None:
    """Null where the two have no order. Raises TypeError for a number and a text."""
    if not (_has_order(left) and _has_order(right)):
        return None
    return bool(compare(left, right))


def _has_order(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _and(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts

    def conjunction(value: Any) -> Any:
        found = left(value)
        return right(value) if is_true(found) else found

    return conjunction


def _or(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    left, right = parts

    def disjunction(value: Any) -> Any:
        found = left(value)
        return found if is_true(found) else right(value)

    return disjunction


def _not(_: Node, parts: Sequence[Evaluate]) -> Evaluate:
    (part,) = parts
    return lambda value: not is_true(part(value))


_FORMS: Final[Mapping[str, Callable[[Node, Sequence[Evaluate]], Evaluate]]] = {
    "field": _field,
    "literal": _literal,
    "subexpression": _subexpression,
    "comparator": _comparator,
    "and_expression": _and,
    "or_expression": _or,
    "not_expression": _not,
}
