"""What an operator reads in a dead-letter queue when an event cannot be understood."""

import re
from collections.abc import Mapping
from typing import Final

from streamwarden.domain.events.patterns import meaning_of

_LONGEST_SHOWN: Final = 60
_TIME: Final = "an RFC 3339 date-time with a time zone"


class MalformedEvent(ValueError):
    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {self.reason}")


class OfAnotherVersion(MalformedEvent):
    """What the stack itself sent, and this version does not read.

    While a stack is updated, a function that is new sends to one that is not yet.
    """


def shown(value: object) -> str:
    """Short enough for one line, and never the inside of an object."""
    if value is None:
        return "nothing"
    if not isinstance(value, str):
        return type(value).__name__
    return repr(value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…")


_COMPLAINT: Final = re.compile(
    r"(?P<what>.+) - at (?:`key` in )?`\$\.(?P<name>\w+)(?P<rest>[^`]*)`"
)
_MISMATCH: Final = re.compile(r"Expected `(?P<expected>.+)`, got `(?P<found>.+)`")
_PATTERN: Final = re.compile(r"Expected `str` matching regex (?P<pattern>.+)")
_BOUND: Final = re.compile(r"Expected `\w+` (?P<length>of length )?(?P<sign>[<>]=) (?P<bound>\S+)")


def explained(
    message: str, values: Mapping[str, object], keys: Mapping[str, str], at: str
) -> MalformedEvent:
    """msgspec says where and what by name of our field; say it by the name AWS sends."""
    complaint = _COMPLAINT.fullmatch(message)
    if complaint is None:
        return MalformedEvent(at.removesuffix(".") or "event", message)
    what, name, rest = complaint["what"], complaint["name"], complaint["rest"]
    where = f"{at}{keys.get(name, name)}{rest}"
    if mismatch := _MISMATCH.fullmatch(what):
        expected = mismatch["expected"].removesuffix(" | null").replace("datetime", _TIME)
        return wrong(where, expected, mismatch["found"].replace("null", "nothing"))
    if bound := _BOUND.fullmatch(what):
        return wrong(where, *_beyond(bound, None if rest else values.get(name)))
    if matching := _PATTERN.fullmatch(what):
        return wrong(where, meaning_of(matching["pattern"]), shown(values.get(name)))
    if "out of range" in what:
        return wrong(where, "a number of 64 bits", "a larger one")
    # The only other complaint our models can raise is about a date-time.
    return wrong(where, _TIME, "something else" if rest else shown(values.get(name)))


def _beyond(bound: re.Match[str], value: object) -> tuple[str, str]:
    """What a bound allows, and what was found; a value inside of another one is not at hand."""
    sign = "at most" if bound["sign"] == "<=" else "at least"
    expected = f"{sign} {bound['bound'].removesuffix('.0')}"
    if bound["length"]:
        found = f"{len(value):,}" if isinstance(value, str) else "another number of them"
        return f"{expected} characters", found
    is_short = isinstance(value, float) or (isinstance(value, int) and value.bit_length() <= 64)
    return expected, str(value) if is_short else "a number that is not"


def wrong(field: str, expected: str, found: str) -> MalformedEvent:
    return MalformedEvent(field, f"expected {expected}, found {found}")
