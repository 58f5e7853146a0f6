"""Answers held strictly against the output shapes of the API model."""

import re
from collections.abc import Iterator
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from tests.unit.simulator.wire.values import compiled

_ISO_8601: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def flaws(shape: Shape | None, value: Any, at: str = "") -> Iterator[str]:
    """Everything about a value from the wire that its shape does not allow."""
    match shape, value:
        case None, _:
            yield f"{at} has an answer, and the model none"
        case StructureShape(), dict():
            yield from _structure_flaws(shape, value, at)
        case ListShape(), list():
            yield from _size_flaws(shape, len(value), at)
            for number, item in enumerate(value):
                yield from flaws(shape.member, item, f"{at}[{number}]")
        case MapShape(), dict():
            yield from _size_flaws(shape, len(value), at)
            for name, item in value.items():
                yield from flaws(shape.key, name, f"{at} key")
                yield from flaws(shape.value, item, f"{at}.{name}")
        case StringShape(), str():
            yield from _string_flaws(shape, value, at)
        case Shape(), _:
            yield from _scalar_flaws(shape, value, at)


def _scalar_flaws(shape: Shape, value: Any, at: str) -> Iterator[str]:
    match shape.type_name, value:
        case "timestamp", str() if _ISO_8601.fullmatch(value):
            return
        case "boolean", bool():
            return
        case "integer" | "long", int() if not isinstance(value, bool):
            if not shape.metadata.get("min", value) <= value <= shape.metadata.get("max", value):
                yield f"{at} is too small or too big: {value}"
        case "float", int() | float() if not isinstance(value, bool):
            return
        case kind, _:
            yield f"{at} is not a {kind}: {value!r}"


def _structure_flaws(shape: StructureShape, value: dict[str, Any], at: str) -> Iterator[str]:
    body = {
        name: member
        for name, member in shape.members.items()
        if member.serialization.get("location") != "header"
    }
    yield from (f"{at} lacks {name}" for name in shape.required_members if name not in value)
    for name, item in value.items():
        if name in body:
            yield from flaws(body[name], item, f"{at}.{name}")
        else:
            yield f"{at} has {name}, which is not in the model"


def _string_flaws(shape: StringShape, value: str, at: str) -> Iterator[str]:
    # An empty preset is documented ("" for BASIC and STANDARD) and not in its enum.
    if shape.enum and value not in shape.enum and (shape.name, value) != ("TranscodePreset", ""):
        yield f"{at} is not of the enum: {value}"
    yield from _size_flaws(shape, len(value), at)
    if not compiled(shape.metadata.get("pattern", "(?s:.*)")).fullmatch(value):
        yield f"{at} is unlike its pattern: {value}"


def _size_flaws(shape: Shape, size: int, at: str) -> Iterator[str]:
    if not shape.metadata.get("min", 0) <= size <= shape.metadata.get("max", size):
        yield f"{at} is too short or too long: {size}"
