"""Durations as operators write them (90s, 10m, 4h, 30d) or in ISO 8601 (PT4H), and back."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Final

from streamwarden.domain.parameters import ReadBy

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SHORT = re.compile(r"([0-9]+)([smhd])")
_ISO = re.compile(r"P(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?)?")

# A hundred years: a limit is added to a moment, and the sum must be a moment too.
_LONGEST: Final = timedelta(days=36_500)

EXPECTED: Final = "a duration such as 90s, 10m, 4h, 30d or ISO 8601 like PT4H"


def parse_duration(text: str, *, or_zero: bool = False) -> timedelta:
    """A positive duration, or also none at all. Raises ValueError, saying what is expected."""
    try:
        duration = _parse(text)
    except OverflowError:
        duration = timedelta.max
    if not duration and not or_zero:
        raise ValueError(f"expected a duration longer than zero, found {text!r}")
    if duration > _LONGEST:
        raise ValueError(f"expected a duration of at most {_LONGEST.days}d, found {text!r}")
    return duration


def _parse(text: str) -> timedelta:
    short = _SHORT.fullmatch(text)
    if short:
        return timedelta(**{_UNITS[short[2]]: int(short[1])})
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso.groups()):
        raise ValueError(f"expected {EXPECTED}, found {text!r}")
    days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@lru_cache(maxsize=256)
def format_duration(duration: timedelta) -> str:
    """For people: `4h`, `1h 30m`, `12s`; whole seconds, largest two units.

    Remembered, because several rules say the same age of one channel.
    """
    seconds = max(0, round(duration.total_seconds()))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2]) or "0s"


def describe_limit(lasted: timedelta, limit: timedelta) -> str:
    """What follows a formatted duration: `; 4h is allowed`, or `, which is the limit`.

    A rule is looked at again at the moment of its limit, so the two are often the same.
    """
    allowed = format_duration(limit)
    is_reached = format_duration(lasted) == allowed
    return ", which is the limit" if is_reached else f"; {allowed} is allowed"


def _read(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, str):
        return parse_duration(value)
    raise ValueError(f"expected {EXPECTED}, found {value!r}")


_SCHEMA: Final = {
    "type": "string",
    "description": EXPECTED,
    "examples": ["90s", "10m", "4h", "30d"],
    "pattern": f"^(?:{_SHORT.pattern}|{_ISO.pattern})$",
}
Duration = Annotated[timedelta, ReadBy(_read, _SCHEMA)]
