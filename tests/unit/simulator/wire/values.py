"""Valid input made from the API model: the least an operation takes, and all it takes."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

# What the service knows of a shape that its model does not say: which resources exist, for one.
type Declared = Callable[[Shape], Any | None]

# Optional in the model; without them there is nothing to insert ads with or to record to.
NEEDED: Final = {
    "MediaTailorPlaybackConfiguration": ["playbackConfigurationArn"],
    "DestinationConfiguration": ["s3"],
}
_CANDIDATES: Final = ("a" * 12, "arn:aws:ivs:eu-central-1:444455556666:channel/AbCdEfGhIjKl")
_UNLIMITED: Final = 40


def minimal(shape: Shape, declared: Declared) -> Any:
    """The least value of a shape: required members only, the shortest and smallest of all."""
    match declared(shape), shape:
        case value, _ if value is not None:
            return value
        case _, StructureShape():
            names = [*shape.required_members, *NEEDED.get(shape.name, [])]
            return {name: minimal(shape.members[name], declared) for name in names}
        case _, ListShape():
            # A query string has no way to say that a list is there and empty.
            fewest = 1 if "location" in shape.serialization else shape.metadata.get("min", 0)
            return [minimal(shape.member, declared) for _ in range(fewest)]
        case _, MapShape():
            return {}
        case _, StringShape():
            return shape.enum[0] if shape.enum else text(shape, shape.metadata.get("min", 0))
        case _:
            return False if shape.type_name == "boolean" else shape.metadata.get("min", 0)


def maximal(shape: Shape, declared: Declared) -> Any:
    """The most of a shape: every member, the longest and biggest of all."""
    match declared(shape), shape:
        case value, _ if value is not None:
            return value
        case _, StructureShape():
            return {name: maximal(member, declared) for name, member in shape.members.items()}
        case _, ListShape():
            return _longest_list(shape, declared)
        case _, MapShape():
            value = maximal(shape.value, declared)
            return {f"key {number}": value for number in range(shape.metadata.get("max", 2))}
        case _, StringShape():
            most = shape.metadata.get("max", _UNLIMITED)
            return shape.enum[-1] if shape.enum else text(shape, most)
        case _:
            return True if shape.type_name == "boolean" else shape.metadata.get("max", 7)


def text(shape: StringShape, length: int) -> str:
    """A string of this length that satisfies the shape's pattern."""
    pattern = compiled(shape.metadata.get("pattern", ".*"))
    for candidate in _CANDIDATES:
        made = (candidate + "a" * length)[: max(length, len(candidate) * (":" in candidate))]
        if pattern.fullmatch(made):
            return made
    raise LookupError(f"no candidate satisfies {shape.name}: {pattern.pattern}")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model, in Python's words and without its one misprint."""
    pattern = pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d").replace(r"\p{Z}", r"\s")
    return re.compile(pattern.replace("[a-z-]/", "[a-z-]+/"))


def _longest_list(shape: ListShape, declared: Declared) -> list[Any]:
    if isinstance(shape.member, StringShape) and shape.member.enum:
        return list(shape.member.enum)[: shape.metadata.get("max")]
    return [maximal(shape.member, declared)] * min(shape.metadata.get("max", 2), 2)
