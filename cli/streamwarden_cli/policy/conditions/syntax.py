"""The grammar of JMESPath, with a remedy for what people write who are used to other languages."""

import re
from typing import Any, Final

import jmespath
from jmespath.exceptions import (
    EmptyExpressionError,
    IncompleteExpressionError,
    JMESPathError,
    LexerError,
    ParseError,
)

from streamwarden.domain.expressions.closures import Node

# What stands where the parser stopped, and what to write there.
_REMEDIES: Final = (
    (re.compile(r"-?\d"), "numbers stand in backquotes, as in `10`"),
    (re.compile(r"[\u2018-\u201e]"), "text stands in straight quotes, as in 'free'"),
    (re.compile("(?<=\\[)[\"']"), 'a name follows a dot, as in channel.tags."cost-center"'),
    (re.compile("(?i)(?<=not )"), "for not, write !(…)"),
    (re.compile(r"(?i)(not )?in\b"), "for one of several, write contains(['a', 'b'], value)"),
    (re.compile(r"(?i)=~|like\b|matches\b"), "there are starts_with, ends_with and contains"),
    (re.compile("="), "to compare, write =="),
    (re.compile("<?>"), "for not equal, write !="),
    (re.compile(r"(?i)and\b|&"), "write && for and"),
    (re.compile(r"(?i)or\b"), "write || for or"),
    (re.compile("[-:/]"), 'other names stand in double quotes, as in channel.tags."cost-center"'),
)


def parse(text: str) -> Node:
    """The syntax tree. Raises ValueError."""
    try:
        tree: Node = jmespath.compile(text).parsed
    except JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {_describe(error, text)}") from error
    except RecursionError as error:
        raise ValueError("not a JMESPath expression: it is nested too deeply") from error
    return tree


def _describe(error: JMESPathError, text: str) -> str:
    """The reason on one line, without the drawing of where."""
    match error:
        case EmptyExpressionError():
            return "it is empty; leave the key out"
        case IncompleteExpressionError():
            return "it ends too early"
        case LexerError():
            return _describe_where(error.message, error.lexer_position, text)
        case ParseError():
            return _describe_where(error.msg, error.lex_position, text)
        case _:
            return str(error)


def _describe_where(reason: Any, position: int, text: str) -> str:
    found = (remedy for begins, remedy in _REMEDIES if begins.match(text, position))
    remedy = next(found, "")
    return f"{reason}, at character {position + 1} of the expression{remedy and f'; {remedy}'}"
