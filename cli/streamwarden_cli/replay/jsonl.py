"""Records for programs: one JSON object a line, as `docs/replay.schema.json` describes it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from streamwarden_cli.replay.records import Record
from streamwarden_cli.shipped import CHECKOUT

SCHEMA: Final[Path] = CHECKOUT / "docs" / "replay.schema.json"


def as_json(record: Record) -> str:
    return msgspec.json.encode(record).decode()


def format_time(at: datetime) -> str:
    """ISO 8601 in UTC: `2026-09-12T08:00:00Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def rendered_schema() -> str:
    """The JSON Schema of one line, as text."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of `streamwarden replay --format jsonl`",
        **msgspec.json.schema(Record),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
