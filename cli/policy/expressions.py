"""JMESPath in `when` and `unless`, checked beyond its syntax.

A misspelt name is null in JMESPath and a misspelt function fails only when it is reached: the
rule would silently never apply. Both are found here, before the policy is used.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

import jmespath
from jmespath.functions import Functions
from pydantic import AfterValidator

from cli.policy.nearest import did_you_mean, say_list

ROOTS: Final = ("channel", "session", "account")

# Of these, only the first part is looked up in the whole document; the others look in its result.
_NARROWING: Final = frozenset(
    {
        "subexpression",
        "index_expression",
        "pipe",
        "flatten",
        "projection",
        "value_projection",
        "filter_projection",
    }
)


def check_expression(text: str) -> str:
    """The expression, if it is one. Raises ValueError."""
    try:
        parsed = jmespath.compile(text).parsed
    except jmespath.exceptions.JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {_say(error)}") from error
    for node in _calls(parsed):
        _check_call(node["value"], len(node["children"]))
    for name in _roots(parsed):
        if name not in ROOTS:
            hint = did_you_mean(name, ROOTS)
            raise ValueError(f"nothing is called {name!r}{hint} (expected {say_list(ROOTS)})")
    return text


type Expression = Annotated[str, AfterValidator(check_expression)]


def _say(error: jmespath.exceptions.JMESPathError) -> str:
    """The reason on one line, without the drawing of where."""
    if isinstance(error, jmespath.exceptions.IncompleteExpressionError):
        return "it ends too early"
    if isinstance(error, jmespath.exceptions.ParseError):
        reason = getattr(error, "message", error.msg)
        return f"{reason}, at character {error.lex_position + 1} of the expression"
    return str(error)


def _calls(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if node["type"] == "function_expression":
        yield node
    for child in node["children"]:
        yield from _calls(child)


def _check_call(name: str, given: int) -> None:
    known = Functions.FUNCTION_TABLE
    if name not in known:
        hint = did_you_mean(name, known)
        raise ValueError(f"JMESPath has no function {name!r}{hint} (expected {say_list(known)})")
    signature = known[name]["signature"]
    is_variadic = bool(signature) and signature[-1].get("variadic", False)
    if given < len(signature) or (given > len(signature) and not is_variadic):
        raise ValueError(f"the function {name!r} takes {len(signature)} arguments, found {given}")


def _roots(node: Mapping[str, Any]) -> Iterator[str]:
    """The names that are looked up in the whole document."""
    match node["type"]:
        case "field":
            yield node["value"]
        case "expref":
            return
        case kind:
            children = node["children"]
            for child in children[:1] if kind in _NARROWING else children:
                yield from _roots(child)
