"""Spans of time in a policy: `after` of a step, `for` and `keep` of a rule, and the like."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, TypeAdapter, WithJsonSchema

from streamwarden.domain.duration import EXPECTED, Duration, format_duration, parse_duration

_SCHEMA: Final = {**TypeAdapter(Duration).json_schema(), "examples": ["0s", "10m", "1h"]}
# Breaches that are held back and incidents that are kept open stand in a record for as long.
_LONGEST: Final = timedelta(days=7)
_LONGEST_REPAIR: Final = timedelta(days=30)


def _read(value: object) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f"expected {EXPECTED}, found {value!r}")
    return parse_duration(value, or_zero=True)


def _short(span: timedelta) -> timedelta:
    if span > _LONGEST:
        raise ValueError(
            f"expected at most {format_duration(_LONGEST)}, found {format_duration(span)}"
        )
    return span


def _repairable(span: timedelta) -> timedelta:
    if not timedelta(0) < span <= _LONGEST_REPAIR:
        raise ValueError(
            f"expected more than 0s and at most {format_duration(_LONGEST_REPAIR)}, "
            f"found {format_duration(span)}"
        )
    return span


type Span = Annotated[timedelta, BeforeValidator(_read), WithJsonSchema(_SCHEMA)]
type ShortSpan = Annotated[
    timedelta, BeforeValidator(_read), AfterValidator(_short), WithJsonSchema(_SCHEMA)
]
# A stream may last for days, and a repair waits for its end.
type RepairSpan = Annotated[
    timedelta, BeforeValidator(_read), AfterValidator(_repairable), WithJsonSchema(_SCHEMA)
]
