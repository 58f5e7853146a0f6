"""How an export writes the members of a channel: moments to the second, and nothing empty."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, overload

type Members = dict[str, Any]

# Written so, moments are ordered as their texts are.
_PAST: Final = frozenset(
    {
        *("firstSeenAt", "lastOnAirAt", "createdAt", "startTime", "endTime"),
        *("keylessSince", "since", "openedAt", "actedAt", "at"),
    }
)

_UNITS: Final = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))


def without_empty(members: Mapping[str, Any]) -> Members:
    """The API writes what is not set as an empty text or an empty mapping."""
    return {name: value for name, value in members.items() if not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value in ("", None) or value == {} or value == []


def not_after(value: Any, now: datetime) -> Any:
    """The same, with all that has been by now. Clocks differ, and a tag may date a key ahead."""
    match value:
        case dict():
            return {
                name: min(each, as_time(now)) if name in _PAST else not_after(each, now)
                for name, each in value.items()
            }
        case list():
            return [not_after(each, now) for each in value]
        case _:
            return value


@overload
def as_time(at: datetime) -> str: ...
@overload
def as_time(at: None) -> None: ...
@overload
def as_time(at: datetime | None) -> str | None: ...
def as_time(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def as_span(span: timedelta) -> str:
    """`90m`: in one unit, as a scenario reads it. What people read has several: `1h 30m`."""
    seconds = span // timedelta(seconds=1)
    size, unit = next(each for each in _UNITS if seconds % each[0] == 0)
    return f"{seconds // size}{unit}"
