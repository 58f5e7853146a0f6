"""Whether a glob of `match` can fit anything at all: what never can is misspelt."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from string import ascii_letters, ascii_lowercase, digits
from typing import Final, NamedTuple

from streamwarden.domain.globs import Texts, is_glob, matcher

# What ARNs of IVS, names, regions, accounts and types of channels are made of.
_ALPHABET: Final = frozenset(f"{ascii_letters}{digits}-_:/")
_FINER_SIGNS: Final = frozenset("?[")
_OPAQUE: Final = "\0"
_TOKEN: Final = re.compile(r"\[!?+\]?+[^\]]*\]|.", re.DOTALL)


class Part(NamedTuple):
    """One of these characters, or if it is repeated any number of them, also none."""

    characters: frozenset[str]
    is_repeated: bool = False


type Pattern = tuple[Part, ...]


def text(given: str) -> Pattern:
    """This text and no other."""
    return tuple(Part(frozenset(character)) for character in given)


def some(characters: str, count: int | None = None) -> Pattern:
    """So many of these characters, or else at least one."""
    one = Part(frozenset(characters))
    return (one, Part(one.characters, is_repeated=True)) if count is None else (one,) * count


# Such as eu-west-1 and us-gov-west-1.
REGION: Final = (
    *some(ascii_lowercase),
    *text("-"),
    *some(ascii_lowercase),
    Part(frozenset(f"{ascii_lowercase}-"), is_repeated=True),
    *text("-"),
    *some(digits),
)
NAME: Final = (Part(frozenset(f"{ascii_letters}{digits}-_"), is_repeated=True),)
ACCOUNT: Final = some(digits, 12)


def arn_of(resource_type: str) -> Pattern:
    """The ARNs of a type of resource (API Reference, the patterns of ARNs)."""
    ids = some(f"{ascii_letters}{digits}-")
    resource = (*text(f":{resource_type}/"), *ids)
    return (*text("arn:aws:ivs:"), *REGION, *text(":"), *ACCOUNT, *resource)


def can_fit(glob: str, pattern: Pattern) -> bool:
    """Whether there is a text that both fit."""
    tokens = tuple(_parts(glob))
    waiting, seen = [(0, 0)], set[tuple[int, int]]()
    while waiting:
        place = waiting.pop()
        if place == (len(tokens), len(pattern)):
            return True
        if place not in seen:
            seen.add(place)
            waiting += _next(place, tokens, pattern)
    return False


def can_overlap(one: str, other: str) -> bool:
    """Whether there is a text that both globs fit."""
    return one == other or can_fit(one, tuple(_parts(other)))


def contains(wide: str, narrow: str) -> bool:
    """Whether every text that `narrow` takes is certainly one that `wide` takes.

    So it is where `*` alone stands for others in `wide`, and takes what stands for others in
    `narrow`.
    """
    if wide == narrow:
        return True
    opaque = "".join(_OPAQUE if is_finer(token) else token for token in _TOKEN.findall(narrow))
    is_certain = not is_finer(wide) or not is_glob(narrow)
    return is_certain and fnmatchcase(opaque, wide)


def is_finer(glob: str) -> bool:
    """Whether more than `*` stands for others in it."""
    return not _FINER_SIGNS.isdisjoint(glob)


def unlike(known: Collection[str], globs: Texts) -> Iterator[str]:
    """The globs that no text of these is like."""
    return (each for each in globs if not any(map(matcher((each,)), known)))


def could_be(glob: str, is_allowed: Callable[[str], bool]) -> bool:
    """Whether a text of such characters alone may be like the glob."""
    return all(
        token in ("*", "?") or _takes_some(token, is_allowed) for token in _TOKEN.findall(glob)
    )


def _takes_some(token: str, is_allowed: Callable[[str], bool]) -> bool:
    if len(token) == 1:
        return is_allowed(token)
    return token.startswith("[!") or any(map(is_allowed, token[1:-1]))


def shortest(glob: str) -> int:
    """The length of the shortest text that is like it."""
    return sum(part != "*" for part in _TOKEN.findall(glob))


def _parts(glob: str) -> Iterator[Part]:
    for token in _TOKEN.findall(glob):
        match token:
            case "*":
                yield Part(_ALPHABET, is_repeated=True)
            case "?":
                yield Part(_ALPHABET)
            case _ if token.startswith("[") and len(token) > 1:
                yield Part(frozenset(each for each in _ALPHABET if fnmatchcase(each, token)))
            case _:
                yield Part(frozenset(token))


def _next(place: tuple[int, int], one: Pattern, other: Pattern) -> Iterable[tuple[int, int]]:
    """The places after a character that both take, or after what may be left out."""
    first, second = place
    left = one[first] if first < len(one) else None
    right = other[second] if second < len(other) else None
    if left and left.is_repeated:
        yield first + 1, second
    if right and right.is_repeated:
        yield first, second + 1
    if left and right and left.characters & right.characters:
        yield first + (not left.is_repeated), second + (not right.is_repeated)
