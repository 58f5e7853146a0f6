"""A regular expression as an automaton: the parts that take a character, and what may follow each.

It is the automaton of Glushkov (1961), with one difference: what may follow a part in two ways is
listed twice, because Python tries both. Repetitions with a bound are written out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from streamwarden_cli.policy.patterns.characters import PARSER, Alphabet

# No value of a tag is longer (API Reference, Tag), so that no more repetitions can matter.
LONGEST: Final = 256
_MOST_PARTS: Final = 600
_REPEATS: Final = (PARSER.MAX_REPEAT, PARSER.MIN_REPEAT, PARSER.POSSESSIVE_REPEAT)
_REFERENCES: Final = (PARSER.GROUPREF, PARSER.GROUPREF_EXISTS)
_BEGINNINGS: Final = (PARSER.AT_BEGINNING, PARSER.AT_BEGINNING_STRING)
_ENDS: Final = (PARSER.AT_END, PARSER.AT_END_STRING)


class Fragment(NamedTuple):
    """With which parts it may begin and end, and in how many ways it may be empty."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    empty: int = 0


class Place(NamedTuple):
    """What holds around a fragment: the flags, and whether something certainly stands before it
    and after it."""

    flags: int
    is_begun: bool = False
    goes_on: bool = False


_NOTHING: Final = Fragment((), (), empty=1)
# More ways to be empty make no difference: that there are several is what doubles.
_MOST_EMPTY: Final = 8


@dataclass(slots=True)
class Automaton:
    """`takes` are the characters of each part, `follows` the parts that may come after it.

    Raises ValueError for what cannot be written as one.
    """

    alphabet: Alphabet
    takes: list[int] = field(default_factory=list)
    follows: list[list[int]] = field(default_factory=list)
    # What looks ahead or behind is matched by itself, wherever it is reached.
    asides: list["Automaton"] = field(default_factory=list)
    whole: Fragment = _NOTHING

    @classmethod
    def of(cls, parsed: Any, alphabet: Alphabet, flags: int) -> "Automaton":
        automaton = cls(alphabet)
        automaton.whole = automaton._sequence(parsed, Place(flags))
        return automaton

    def _sequence(self, items: Iterable[Any], place: Place) -> Fragment:
        listed, found = list(items), _NOTHING
        least = [self.alphabet.least(item) for item in listed]
        for position, item in enumerate(listed):
            is_begun = place.is_begun or any(least[:position])
            goes_on = place.goes_on or any(least[position + 1 :])
            found = self._joined(found, self._item(item, Place(place.flags, is_begun, goes_on)))
        return found

    def _item(self, item: Any, place: Place) -> Fragment:
        match item:
            case (PARSER.SUBPATTERN, (_, added, removed, inner)):
                flags = (place.flags | added) & ~removed
                return self._sequence(inner, place._replace(flags=flags))
            case (PARSER.ATOMIC_GROUP, inner):
                return self._sequence(inner, place)
            case (PARSER.BRANCH, (_, branches)):
                return _either([self._sequence(each, place) for each in branches])
            case (kind, (least, most, inner)) if kind in _REPEATS:
                return self._repeated(inner, int(least), int(most), place)
            case (PARSER.ASSERT | PARSER.ASSERT_NOT, (_, inner)):
                self.asides.append(Automaton.of(inner, self.alphabet, place.flags))
                return _NOTHING
            case (PARSER.AT, where):
                is_dead = where in (_ENDS if place.goes_on else ()) + (
                    _BEGINNINGS if place.is_begun else ()
                )
                return self._part(0) if is_dead else _NOTHING
            case (kind, _) if kind in _REFERENCES:
                raise ValueError("it refers back to a group, which may take for ever")
            case _:
                return self._part(self.alphabet.taken_by(item, place.flags))

    def _part(self, takes: int) -> Fragment:
        if len(self.takes) == _MOST_PARTS:
            raise ValueError(
                f"it has more than {_MOST_PARTS} parts when repetitions are written out"
            )
        self.takes.append(takes)
        self.follows.append([])
        only = (len(self.takes) - 1,)
        return Fragment(only, only)

    def _repeated(self, inner: Any, least: int, most: int, place: Place) -> Fragment:
        is_open = most >= LONGEST
        needed = min(least, LONGEST)
        copies = [self._sequence(inner, place) for _ in range(max(needed, 1) if is_open else most)]
        if is_open:
            *fixed, again = copies
            tail = self._again(again)
            tail = _optional(tail) if needed == 0 else tail
        else:
            fixed, tail = copies[:needed], _NOTHING
            for each in reversed(copies[needed:]):
                tail = _optional(self._joined(each, tail))
        for each in reversed(fixed):
            tail = self._joined(each, tail)
        return tail

    def _again(self, fragment: Fragment) -> Fragment:
        """Any number of times. Once more, with nothing in it, is another way to end."""
        self._link(fragment.last, fragment.first)
        return fragment._replace(last=fragment.last * (1 + fragment.empty))

    def _joined(self, one: Fragment, other: Fragment) -> Fragment:
        self._link(one.last, other.first)
        return Fragment(
            one.first + other.first * one.empty,
            other.last + one.last * other.empty,
            min(one.empty * other.empty, _MOST_EMPTY),
        )

    def _link(self, last: Sequence[int], first: Sequence[int]) -> None:
        for part in last:
            self.follows[part] += first


def _either(branches: Sequence[Fragment]) -> Fragment:
    return Fragment(
        tuple(part for each in branches for part in each.first),
        tuple(part for each in branches for part in each.last),
        min(sum(each.empty for each in branches), _MOST_EMPTY),
    )


def _optional(fragment: Fragment) -> Fragment:
    return fragment._replace(empty=min(fragment.empty + 1, _MOST_EMPTY))


def automaton_of(pattern: str) -> Automaton:
    """Raises ValueError, saying what has no automaton."""
    parsed = PARSER.parse(pattern)
    flags = parsed.state.flags & ~re.DEBUG
    return Automaton.of(parsed, Alphabet(parsed), flags)
