"""Which characters one part of a regular expression takes, as a set of bits.

Python itself is asked, for a sample: two parts overlap if they take one character of the sample. It
holds what tags are made of, and each character that the expression names.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module
from string import printable
from typing import Any, Final

from streamwarden.domain.globs import Accepts
from streamwarden_cli.policy.tags import is_tag_character

# Python's own parser and compiler of expressions. They have no public name, and no types.
PARSER: Final[Any] = import_module("re._parser")
COMPILER: Final[Any] = import_module("re._compiler")

# Letters of both cases, a digit and spaces that are not ASCII.
_SAMPLE: Final = frozenset(f"{printable}éÉßжЖ中٣\u00a0\u2003")


class Alphabet:
    """The sample for one expression, and what its parts take of it."""

    def __init__(self, parsed: Any) -> None:
        self._state = parsed.state
        self.characters = tuple(sorted(_SAMPLE | set(_named(parsed))))
        self.of_tags = _bits(map(is_tag_character, self.characters))
        self._taken: dict[tuple[str, int], int] = {}

    def taken_by(self, item: object, flags: int) -> int:
        key = str(item), flags
        if key not in self._taken:
            part = PARSER.SubPattern(self._state, [item])
            accepts = COMPILER.compile(part, flags).fullmatch
            self._taken[key] = _bits(accepts(each) is not None for each in self.characters)
        return self._taken[key]

    def accepted_by(self, accepts: Accepts) -> int:
        """Of what tags are made of."""
        return self.of_tags & _bits(bool(accepts(each)) for each in self.characters)

    def least(self, item: object) -> int:
        """How many characters the part takes at least."""
        return int(PARSER.SubPattern(self._state, [item]).getwidth()[0])


def _bits(taken: Iterable[bool]) -> int:
    return sum(1 << position for position, is_taken in enumerate(taken) if is_taken)


def _named(part: Any) -> Iterator[str]:
    """Literals, and the ends of ranges: two ranges that overlap share an end of one of them."""
    match part:
        case (PARSER.LITERAL | PARSER.NOT_LITERAL, code):
            yield chr(code)
        case (PARSER.RANGE, (first, last)):
            yield from (chr(first), chr(last))
        case tuple() | list() | PARSER.SubPattern():
            for each in part:
                yield from _named(each)
        case _:
            pass
