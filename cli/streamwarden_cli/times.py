"""Moments and spans of time as options take them."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Final

from streamwarden.domain.duration import EXPECTED, parse_duration

LAST_YEAR: Final = 8999


def read_span(text: str) -> timedelta:
    """For argparse: `6h`, `PT6H`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def read_time(text: str) -> timedelta | datetime:
    """For argparse: `6h`, `PT6H` or `2026-09-13T06:00:00Z`."""
    try:
        return parse_duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"expected {EXPECTED}, or a time like 2026-09-13T06:00:00Z; found {text!r}"
        ) from None
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"the time needs an offset or Z: {text!r}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ArgumentTypeError(f"time ends with the year {LAST_YEAR}") from None
