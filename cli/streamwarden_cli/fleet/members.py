"""How an export writes the members of a channel: moments to the second, and nothing empty."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, overload

type Members = dict[str, Any]


def without_empty(members: Mapping[str, Any]) -> Members:
    """The API writes what is not set as an empty text or an empty mapping."""
    return {name: value for name, value in members.items() if not _is_empty(value)}


def _is_empty(value: object) -> bool:
    return value in ("", None) or value == {} or value == []


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
