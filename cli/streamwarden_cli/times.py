"""Spans and ends of time as options take them."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta

from streamwarden.domain.duration import parse_duration
from streamwarden_cli.replay.until import Until, read_until
from streamwarden_cli.scenario.times import ENDS, FIRST_YEAR, LAST_YEAR


def read_span(text: str) -> timedelta:
    """For argparse: `6h`, `PT6H`."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def read_end(text: str) -> Until:
    """For argparse: a span or a moment. One without an offset is of UTC, as moments are printed."""
    try:
        return read_moment(text)
    except ArgumentTypeError:
        return read_until(text)


def read_moment(text: str) -> datetime:
    """For argparse: `2026-09-13T06:00`, of UTC if it has no offset.

    What is far from the ends of the calendar, so that hours and days may be added to it.
    """
    try:
        moment = datetime.fromisoformat(text)
        found = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ArgumentTypeError(f"expected a time like 2026-09-13T06:00Z; found {text!r}") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ArgumentTypeError(f"{ENDS}; found {text!r}")
    return found
