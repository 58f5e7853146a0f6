"""The JSON Schema of a message, for programs that read one: made from its classes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from streamwarden.domain.notifications.document import MessageDocument
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden_cli.shipped import CHECKOUT

PATH: Final[Path] = CHECKOUT / "docs" / "message.schema.json"


def message_schema() -> dict[str, Any]:
    schema: dict[str, Any] = _in_lines(msgspec.json.schema(MessageDocument))
    message = schema["$defs"]["MessageDocument"]
    message["properties"]["counts"]["propertyNames"] = {"enum": [*NotificationStatus]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A message of Streamwarden",
        **schema,
    }


def rendered() -> str:
    return json.dumps(message_schema(), indent=2, ensure_ascii=False) + "\n"


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
