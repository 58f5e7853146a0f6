"""`--until`: how long time runs on after the last event, as a duration or up to a moment."""

from datetime import datetime, timedelta

from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.replay.jsonl import format_time
from streamwarden_cli.times import LAST_YEAR

type Until = timedelta | datetime


def end_of(until: Until | None, last: datetime) -> datetime:
    """When the replay ends. Raises InvalidInput for a moment before the last event."""
    try:
        end = last + until if isinstance(until, timedelta) else until or last
    except OverflowError:
        raise InvalidInput(f"--until: time ends with the year {LAST_YEAR}") from None
    if end.year > LAST_YEAR:
        raise InvalidInput(f"--until: time ends with the year {LAST_YEAR}")
    if end < last:
        raise InvalidInput(
            f"--until: {format_time(end)} is before the last event, at {format_time(last)}"
        )
    return end
