"""JMESPath for `when` and `unless`: what a policy writes becomes a function of document and moment.

Common forms become closures; all others are left to the library. A test holds both to the same
answers. The moment is an argument, which only the functions of time look at.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

import jmespath

from streamwarden.domain.expressions.closures import (
    TIMELESS,
    Evaluate,
    Node,
    children_of,
    closure_of,
    is_true,
    nodes_of,
)
from streamwarden.domain.expressions.recheck_interval import RecheckInterval

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

type Holds = Callable[[Mapping[str, Any], datetime], bool]

# What an expression can raise for a document that it does not fit. jmespath's own errors are
# ValueErrors; a number below a text is Python's TypeError, the floor of infinity an OverflowError.
UNFIT: Final = (ValueError, TypeError, ArithmeticError)


# What else is in these reads what the first part has found, and not the document.
_OF_WHAT_COMES_FIRST: Final = frozenset(
    {
        "subexpression",
        "index_expression",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
        "pipe",
    }
)


class NotAnExpression(ValueError):
    """The text is not JMESPath, or it names no time zone; says where it is wrong."""


def compile_expression(text: str) -> Evaluate:
    """A function from a document and a moment to the expression's value. Raises NotAnExpression."""
    parsed = _parse(text)
    timed = _timed_calls(parsed.parsed)
    if timed:
        _check_zones(timed)
    return closure_of(parsed.parsed) or _interpreted(parsed, is_timed=bool(timed))


def compile_condition(text: str) -> Holds:
    """Whether the expression holds. One that does not fit a document does not hold."""
    evaluate = compile_expression(text)

    def holds(document: Mapping[str, Any], now: datetime) -> bool:
        try:
            return is_true(evaluate(document, now))
        except UNFIT:
            return False

    return holds


def intervals_of(text: str) -> frozenset[RecheckInterval]:
    """What of time the answer depends on; mostly nothing. Raises NotAnExpression."""
    called = {call["value"] for call in _timed_calls(_parse(text).parsed)}
    if not called:
        return frozenset()
    # Few policies use the time, and each import makes a cold start slower.
    from streamwarden.domain.expressions.time_functions import FUNCTIONS

    return frozenset(FUNCTIONS[name].interval for name in called & FUNCTIONS.keys())


def may_read(text: str, member: str) -> bool:
    """Whether it may read this member of the session, also by reading the session as a whole."""
    return _may_read(_parse(text).parsed, member)


def _may_read(node: Node, member: str) -> bool:
    match node:
        case {"type": "current" | "value_projection"} | {"type": "field", "value": "session"}:
            return True
        case {
            "type": "subexpression",
            "children": [
                {"value": "session"},
                {"type": "field", "value": name}
                | {"type": "index_expression", "children": [{"type": "field", "value": name}, _]},
            ],
        }:
            return bool(name == member)
        case _:
            return any(_may_read(child, member) for child in children_of(node))


def paths_of(text: str) -> tuple[tuple[str, ...], ...]:
    """The members of the document that it reads, each once, by the names that lead there."""
    return tuple(dict.fromkeys(_paths_of(_parse(text).parsed)))


def _paths_of(node: Node) -> Iterator[tuple[str, ...]]:
    match node:
        case {"type": "field", "value": name}:
            yield (name,)
        case {"type": "subexpression", "children": [{"type": "field"}, *_] as children}:
            fields = takewhile(lambda each: each["type"] == "field", children)
            yield tuple(each["value"] for each in fields)
        case {"type": kind} if kind in _OF_WHAT_COMES_FIRST:
            yield from _paths_of(node["children"][0])
        case {"type": "expref"}:
            return
        case _:
            for child in children_of(node):
                yield from _paths_of(child)


def calls_in(node: Node) -> Iterator[Node]:
    """Every function call within an expression."""
    return (each for each in nodes_of(node) if each["type"] == "function_expression")


def _parse(text: str) -> "ParsedResult":
    try:
        return jmespath.compile(text)
    except ValueError as error:
        raise NotAnExpression(f"not a JMESPath expression: {error}") from error
    except RecursionError as error:
        raise NotAnExpression("not a JMESPath expression: it is nested too deeply") from error


def _timed_calls(node: Node) -> list[Node]:
    return [call for call in calls_in(node) if call["value"] not in TIMELESS]


def _check_zones(calls: Iterable[Node]) -> None:
    from streamwarden.domain.expressions.time_functions import check_zones

    try:
        check_zones(calls)
    except ValueError as error:
        raise NotAnExpression(str(error)) from error


def _interpreted(parsed: "ParsedResult", *, is_timed: bool) -> Evaluate:
    if not is_timed:
        return lambda value, now: parsed.search(value)
    from streamwarden.domain.expressions.time_functions import TimeFunctions

    return lambda value, now: parsed.search(
        value, jmespath.Options(custom_functions=TimeFunctions(now))
    )
