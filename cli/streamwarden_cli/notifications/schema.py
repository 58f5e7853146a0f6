"""The JSON Schemas of messages and events, for programs that read them: made from their classes."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from streamwarden.domain.notifications.document import EventDocument, MessageDocument
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden_cli.shipped import CHECKOUT

MESSAGE: Final[Path] = CHECKOUT / "docs" / "message.schema.json"
EVENT: Final[Path] = CHECKOUT / "docs" / "incident-event.schema.json"


def message_schema() -> dict[str, Any]:
    schema = _schema(MessageDocument, "A message of Streamwarden")
    message = schema["$defs"]["MessageDocument"]
    message["properties"]["counts"]["propertyNames"] = {"enum": [*NotificationStatus]}
    return schema


def event_schema() -> dict[str, Any]:
    return _schema(EventDocument, "The detail of an event of Streamwarden")


def rendered() -> Iterator[tuple[Path, str]]:
    """The files with what is to be in them."""
    for path, schema in ((MESSAGE, message_schema()), (EVENT, event_schema())):
        yield path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _schema(document: type[msgspec.Struct], title: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_in_lines(msgspec.json.schema(document)),
    }


def _in_lines(schema: Any) -> Any:
    """Descriptions are docstrings, whose lines mean nothing."""
    match schema:
        case Mapping():
            return {
                name: " ".join(part.split())
                if name == "description" and isinstance(part, str)
                else _in_lines(part)
                for name, part in schema.items()
            }
        case list():
            return [_in_lines(each) for each in schema]
        case _:
            return schema
