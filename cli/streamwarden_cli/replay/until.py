"""`--until`: how long time runs on after the last event, as a duration or up to a moment."""

from argparse import ArgumentTypeError
from datetime import UTC, datetime, timedelta
from typing import Final

from streamwarden.domain.duration import EXPECTED, parse_duration
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.replay.jsonl import format_time

type Until = timedelta | datetime

_LAST_YEAR: Final = 8999


def read_until(text: str) -> Until:
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
        raise ArgumentTypeError(f"time ends with the year {_LAST_YEAR}") from None


def end_of(until: Until | None, last: datetime) -> datetime:
    """When the replay ends. Raises InvalidInput for a moment before the last event."""
    try:
        end = last + until if isinstance(until, timedelta) else until or last
    except OverflowError:
        raise InvalidInput(f"--until: time ends with the year {_LAST_YEAR}") from None
    if end.year > _LAST_YEAR:
        raise InvalidInput(f"--until: time ends with the year {_LAST_YEAR}")
    if end < last:
        raise InvalidInput(
            f"--until: {format_time(end)} is before the last event, at {format_time(last)}"
        )
    return end
