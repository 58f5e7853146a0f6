"""Checks a request against the API model: required members, types, lengths, patterns and enums.

boto3 only checks types and minimums before sending; the service is what refuses the rest.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from ivs_simulator.wire.errors import invalid
from ivs_simulator.wire.timestamps import parse_time

# The model's patterns are Java's; Python has no \p classes.
_UNICODE_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": "\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
# The published pattern of ResourceArn lets the resource type have one letter only.
_MISPRINT = ("[a-z-]/", "[a-z-]+/")


def check(shape: StructureShape | None, params: Mapping[str, Any]) -> None:
    """Raises ValidationException naming every constraint the parameters break."""
    found = list(_problems(shape, params, "")) if shape is not None else []
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise invalid(f"{len(found)} validation {noun} detected: {'; '.join(found)}")


def _problems(shape: Shape, value: Any, at: str) -> Iterator[str]:
    match shape:
        case StructureShape():
            yield from _structure_problems(shape, value, at)
        case ListShape():
            yield from _list_problems(shape, value, at)
        case MapShape():
            yield from _map_problems(shape, value, at)
        case StringShape():
            yield from _string_problems(shape, value, at)
        case _:
            yield from _scalar_problems(shape, value, at)


def _structure_problems(shape: StructureShape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _broken(at, "must be a structure")
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield _broken(_join(at, name), "must not be null")
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], _join(at, name))


def _list_problems(shape: ListShape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, list | tuple):
        yield _broken(at, "must be a list")
        return
    yield from _size_problems(shape, len(value), at)
    for index, item in enumerate(value):
        yield from _problems(shape.member, item, f"{at}.{index + 1}.member")


def _map_problems(shape: MapShape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield _broken(at, "must be a map")
        return
    yield from _size_problems(shape, len(value), at)
    for name, item in value.items():
        yield from _problems(shape.key, name, f"{at}.key")
        yield from _problems(shape.value, item, f"{at}.{name}.member")


def _string_problems(shape: StringShape, value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _broken(at, "must be a string")
        return
    if not _is_unicode(value):
        # JSON can spell half a surrogate pair; no answer could carry it back.
        yield _broken(at, "must be well-formed Unicode")
    yield from _size_problems(shape, len(value), at)
    if shape.enum and value not in shape.enum:
        yield _broken(at, f"must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        yield _broken(at, f"must satisfy regular expression pattern: {pattern}")


def _scalar_problems(shape: Shape, value: Any, at: str) -> Iterator[str]:
    match shape.type_name:
        case "boolean":
            if not isinstance(value, bool):
                yield _broken(at, "must be a boolean")
        case "integer" | "long":
            if isinstance(value, bool) or not isinstance(value, int):
                yield _broken(at, "must be an integer")
            else:
                yield from _range_problems(shape, value, at)
        case "float":
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield _broken(at, "must be a number")
            else:
                yield from _range_problems(shape, value, at)
        case "timestamp":
            if not _is_timestamp(value):
                yield _broken(at, "must be a timestamp")
        case _:
            pass


def _size_problems(shape: Shape, size: int, at: str) -> Iterator[str]:
    if size < shape.metadata.get("min", 0):
        yield _broken(at, f"must have length greater than or equal to {shape.metadata['min']}")
    if "max" in shape.metadata and size > shape.metadata["max"]:
        yield _broken(at, f"must have length less than or equal to {shape.metadata['max']}")


def _range_problems(shape: Shape, value: float, at: str) -> Iterator[str]:
    if "min" in shape.metadata and value < shape.metadata["min"]:
        yield _broken(at, f"must have value greater than or equal to {shape.metadata['min']}")
    if "max" in shape.metadata and value > shape.metadata["max"]:
        yield _broken(at, f"must have value less than or equal to {shape.metadata['max']}")


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_timestamp(value: Any) -> bool:
    """An aware time; from the wire, in ISO 8601 as the model says of all IVS timestamps."""
    try:
        at = parse_time(value) if isinstance(value, str) else value
    except ValueError:
        return False
    return isinstance(at, datetime) and at.tzinfo is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _UNICODE_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern.replace(*_MISPRINT))


def _broken(at: str, constraint: str) -> str:
    return f"Value at '{at}' failed to satisfy constraint: Member {constraint}"


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at else name
