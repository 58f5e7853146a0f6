"""Spans of time in a policy: `after` of a step, `for` and `keep` of a rule, and the like."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, WithJsonSchema

from streamwarden.domain.duration import EXPECTED, Duration, format_duration, parse_duration

_SCHEMA: Final = {**TypeAdapter(Duration).json_schema(), "examples": ["0s", "10m", "1h"]}
# Breaches that are held back and incidents that are kept open stand in a record for as long.
_LONGEST: Final = timedelta(days=7)
_LONGEST_REPAIR: Final = timedelta(days=30)
_YEAR: Final = timedelta(days=365)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected {EXPECTED}, found {value!r}")
    return value


def _read(value: object) -> timedelta:
    return parse_duration(_text(value), or_zero=True)


def _read_some(value: object) -> timedelta:
    return parse_duration(_text(value))


def _at_most(longest: timedelta) -> AfterValidator:
    def check(span: timedelta) -> timedelta:
        if span > longest:
            most, found = format_duration(longest), format_duration(span)
            raise ValueError(f"expected at most {most}, found {found}")
        return span

    return AfterValidator(check)


def _repairable(span: timedelta) -> timedelta:
    if not timedelta(0) < span <= _LONGEST_REPAIR:
        raise ValueError(
            f"expected more than 0s and at most {format_duration(_LONGEST_REPAIR)}, "
            f"found {format_duration(span)}"
        )
    return span


type Span = Annotated[timedelta, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]
type ShortSpan = Annotated[
    timedelta, BeforeValidator(_read), _at_most(_LONGEST), WithJsonSchema(_SCHEMA)
]
type Window = Annotated[
    timedelta, BeforeValidator(_read_some), _at_most(_LONGEST), WithJsonSchema(_SCHEMA)
]
# A key comes of age once in months. What counts has a bound of its own.
type RepetitionWindow = Annotated[
    timedelta, BeforeValidator(_read_some), _at_most(_YEAR), WithJsonSchema(_SCHEMA)
]
type LastingSpan = Annotated[
    timedelta, BeforeValidator(_read_some), _at_most(_YEAR), WithJsonSchema(_SCHEMA)
]
# A stream may last for days, and a repair waits for its end.
type RepairSpan = Annotated[
    timedelta, BeforeValidator(_read), AfterValidator(_repairable), WithJsonSchema(_SCHEMA)
]
