"""Values as JSON carries them; the IVS API writes its timestamps in ISO 8601."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def jsonable(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case Mapping():
            return {str(name): jsonable(item) for name, item in value.items()}
        case list() | tuple():
            return [jsonable(item) for item in value]
        case str():
            return str(value)
        case _:
            return value
