"""Spans of time in a policy that may be none: `after` of a step, `for` and `keep` of a rule."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, WithJsonSchema

from streamwarden.domain.duration import EXPECTED, Duration, format_duration, parse_duration

_SCHEMA: Final = {**TypeAdapter(Duration).json_schema(), "examples": ["0s", "10m", "1h"]}
# Breaches that are held back and incidents that are kept open stand in a record for as long.
_LONGEST: Final = timedelta(days=7)
_YEAR: Final = timedelta(days=365)


def _read(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f"expected {EXPECTED}, found {value!r}")
    return parse_duration(value, or_zero=True)


def _lasting(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f"expected {EXPECTED}, found {value!r}")
    return parse_duration(value)


def _within_a_year(span: timedelta) -> timedelta:
    if span > _YEAR:
        raise ValueError(
            f"expected at most {format_duration(_YEAR)}, found {format_duration(span)}"
        )
    return span


def _short(span: timedelta) -> timedelta:
    if span > _LONGEST:
        raise ValueError(
            f"expected at most {format_duration(_LONGEST)}, found {format_duration(span)}"
        )
    return span


type Span = Annotated[timedelta, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]
type ShortSpan = Annotated[
    timedelta, BeforeValidator(_read), AfterValidator(_short), WithJsonSchema(_SCHEMA)
]
type LastingSpan = Annotated[
    timedelta, BeforeValidator(_lasting), AfterValidator(_within_a_year), WithJsonSchema(_SCHEMA)
]
