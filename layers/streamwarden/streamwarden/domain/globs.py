"""Globs, with which a policy names several texts at once: `*`, `?` and `[…]` stand for others."""

from collections.abc import Callable
from fnmatch import translate
from re import compile as compile_pattern
from re import escape
from typing import Annotated, Final

from streamwarden.domain.parameters import ReadBy

_TEXTS: Final = "text or a list of texts"
_SIGNS: Final = frozenset("*?[")


def _read_one_or_more(value: object) -> object:
    if value == []:
        raise ValueError(f"expected {_TEXTS}, found an empty list")
    return (value,) if isinstance(value, str) else value


_SCHEMA: Final = {
    "type": ["string", "array"],
    "items": {"type": "string"},
    "minItems": 1,
    "description": _TEXTS,
}
Texts = Annotated[tuple[str, ...], ReadBy(_read_one_or_more, _SCHEMA)]

type Accepts = Callable[[str], object]


def is_glob(text: str) -> bool:
    """Whether it may stand for more texts than itself."""
    return not _SIGNS.isdisjoint(text)


def matcher(globs: Texts) -> Accepts:
    """Whether a text is one of these, where `*`, `?` and `[…]` stand for others."""
    plain = frozenset(each for each in globs if not is_glob(each))
    if len(plain) == len(globs):
        return plain.__contains__
    patterns = (escape(each) if each in plain else translate(each) for each in globs)
    return compile_pattern("|".join(f"(?:{each})" for each in patterns)).fullmatch


def format_texts(globs: Texts) -> str:
    return " or ".join(repr(each) for each in globs)
