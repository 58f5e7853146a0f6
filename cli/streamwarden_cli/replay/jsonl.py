"""Records for programs: one JSON object a line, in the fields that `records` lists."""

from datetime import UTC, datetime

import msgspec

from streamwarden_cli.replay.records import ActionRecord, Record, RejectedRecord


def as_json(record: Record) -> str:
    match record:
        case ActionRecord():
            return _without("reason", record)
        case RejectedRecord():
            return _without("event_id" if record.event_id is None else "position", record)
        case _:
            return msgspec.json.encode(record).decode()


def format_time(at: datetime) -> str:
    """ISO 8601 in UTC: `2026-09-12T08:00:00Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without(member: str, record: Record) -> str:
    members = msgspec.to_builtins(record)
    del members[member]
    return msgspec.json.encode(members).decode()
