"""The same regular expression without a repetition within a repetition, for the forms people write.

Each rewriting matches exactly what the original matches.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

# One character or one set of characters.
_ONE: Final = r"(?:\[(?:\\.|[^\]\\[])+\]|\\[^0-9]|[\w.@:/=-])"
_GROUP: Final = r"\((?:\?:)?"

type _Rewrite = Callable[[re.Match[str]], str]


def _separated(found: re.Match[str]) -> str:
    """`(x+-?)+` is `x+(-x+)*-?`."""
    many, one, outer = found.groups()
    text = f"{many}+({one}{many}+)*{one}?"
    return text if outer == "+" else f"({text})?"


def _followed(found: re.Match[str]) -> str:
    """`(x+-*)+` is `x(x|-)*`."""
    many, others, outer = found.groups()
    text = f"{many}({many}|{others})*"
    return text if outer == "+" else f"({text})?"


def _alternatives(found: re.Match[str]) -> str:
    """`(x+|y)+` is `(x|y)+`, and with `*` in it, `(x|y)*`."""
    inner, outer = found.groups()
    words = inner.split("|")
    is_star = outer == "*" or any(word.endswith("*") for word in words)
    plain = [word[:-1] if len(word) > 1 and word[-1] in "+*" else word for word in words]
    text = plain[0] if len(plain) == 1 else f"({'|'.join(plain)})"
    return f"{text}{'*' if is_star else '+'}"


_REWRITES: Final[Sequence[tuple[re.Pattern[str], _Rewrite]]] = (
    (re.compile(rf"{_GROUP}({_ONE})\+({_ONE})\?\)([+*])"), _separated),
    (re.compile(rf"{_GROUP}({_ONE})\+({_ONE})\*\)([+*])"), _followed),
    (re.compile(rf"{_GROUP}({_ONE}[+*]?(?:\|{_ONE}[+*]?)*)\)([+*])"), _alternatives),
)


def rewrite(pattern: str) -> str:
    """The pattern itself, if no form is known."""
    for form, rewritten in _REWRITES:
        pattern = form.sub(rewritten, pattern)
    return pattern
