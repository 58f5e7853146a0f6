"""The JSON Schema of an external verdict, for senders in any language: made from the model."""

import json
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import structs

from streamwarden.domain.events import VERDICT_SOURCE, ExternalVerdict
from streamwarden_cli.shipped import CHECKOUT
from streamwarden_cli.verdicts.event import DETAIL_TYPE

PATH: Final[Path] = CHECKOUT / "docs" / "external-verdict.schema.json"
_CHANNEL: Final = "^arn:[a-z-]+:ivs:[a-z0-9-]+:[0-9]+:channel/[A-Za-z0-9-]+$"


def verdict_schema() -> dict[str, Any]:
    """The event as EventBridge delivers it; what EventBridge itself adds is left out."""
    detail = msgspec.json.schema(_detail())
    definitions = detail.pop("$defs")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An external verdict",
        "type": "object",
        "properties": {
            "source": {"const": VERDICT_SOURCE},
            "detail-type": {"const": DETAIL_TYPE},
            "resources": {
                "type": "array",
                "prefixItems": [{"type": "string", "pattern": _CHANNEL}],
                "minItems": 1,
                "description": "The ARN of the channel, first.",
            },
            "detail": {"$ref": detail["$ref"]},
        },
        "required": ["source", "detail-type", "resources", "detail"],
        "$defs": definitions,
    }


def rendered() -> str:
    return json.dumps(verdict_schema(), indent=2, ensure_ascii=False) + "\n"


def _detail() -> type[msgspec.Struct]:
    """The fields that a sender fills in, with their bounds."""
    fields = [
        (each.name, each.type) if each.required else (each.name, each.type, each.default)
        for each in structs.fields(ExternalVerdict)
        if each.name not in ("envelope", "name")
    ]
    return msgspec.defstruct("Detail", fields, kw_only=True)
