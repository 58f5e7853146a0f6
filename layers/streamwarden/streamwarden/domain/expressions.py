"""JMESPath for `when` and `unless`: what a policy writes becomes a function of document and moment.

Common forms become closures; all others are left to the library. A test holds both to the same
answers. The moment is an argument, which only the functions of time look at.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import jmespath

from streamwarden.domain.closures import Evaluate, Node, closure_of, is_true
from streamwarden.domain.pace import Pace
from streamwarden.domain.time_functions import FUNCTIONS, TimeFunctions, check_zone

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

type Holds = Callable[[Mapping[str, Any], datetime], bool]

# What an expression can raise for a document that it does not fit. jmespath's own errors are
# ValueErrors; a number below a text is Python's TypeError, the floor of infinity an OverflowError.
_UNFIT: Final = (ValueError, TypeError, ArithmeticError)


class NotAnExpression(ValueError):
    """The text is not JMESPath, or it names no time zone; says where it is wrong."""


def compile_expression(text: str) -> Evaluate:
    """A function from a document and a moment to the expression's value. Raises NotAnExpression."""
    parsed = _parse(text)
    _check_zones(parsed.parsed)
    return closure_of(parsed.parsed) or _interpreted(parsed)


def compile_condition(text: str) -> Holds:
    """Whether the expression holds. One that does not fit a document does not hold."""
    evaluate = compile_expression(text)

    def holds(document: Mapping[str, Any], now: datetime) -> bool:
        try:
            return is_true(evaluate(document, now))
        except _UNFIT:
            return False

    return holds


def paces_of(text: str) -> frozenset[Pace]:
    """What of time the answer depends on; mostly nothing. Raises NotAnExpression."""
    called = {call["value"] for call in calls_in(_parse(text).parsed)}
    return frozenset(FUNCTIONS[name].pace for name in called & FUNCTIONS.keys())


def calls_in(node: Node) -> Iterator[Node]:
    """Every function call within an expression."""
    if node["type"] == "function_expression":
        yield node
    # Those of a slice are numbers.
    children = [child for child in node["children"] if isinstance(child, Mapping)]
    for child in children:
        yield from calls_in(child)


def _parse(text: str) -> "ParsedResult":
    try:
        return jmespath.compile(text)
    except ValueError as error:
        raise NotAnExpression(f"not a JMESPath expression: {error}") from error
    except RecursionError as error:
        raise NotAnExpression("not a JMESPath expression: it is nested too deeply") from error


def _check_zones(node: Node) -> None:
    """A zone that is no literal can come from a tag: there, null is not known before."""
    for call in calls_in(node):
        if call["value"] in FUNCTIONS and FUNCTIONS[call["value"]].pace is Pace.CLOCK:
            for argument in call["children"]:
                if argument["type"] == "literal" and isinstance(argument["value"], str):
                    _check_zone(argument["value"])


def _check_zone(name: str) -> None:
    try:
        check_zone(name)
    except ValueError as error:
        raise NotAnExpression(str(error)) from error


def _interpreted(parsed: "ParsedResult") -> Evaluate:
    if not any(call["value"] in FUNCTIONS for call in calls_in(parsed.parsed)):
        return lambda value, now: parsed.search(value)
    return lambda value, now: parsed.search(
        value, jmespath.Options(custom_functions=TimeFunctions(now))
    )
