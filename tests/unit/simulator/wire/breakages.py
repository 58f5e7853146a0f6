"""Invalid input made from the API model: valid input with one constraint broken."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from tests.unit.simulator.wire.values import compiled


@dataclass(frozen=True, slots=True)
class Breakage:
    """A value that breaks one constraint, and the member where it does."""

    member: str
    constraint: str
    value: Any

    def __str__(self) -> str:
        return f"{self.member} {self.constraint}".strip()

    def within(self, name: str, whole: Any) -> "Breakage":
        """The same, seen from the value that this one is a part of."""
        return Breakage(f"{name}.{self.member}".rstrip("."), self.constraint, whole)


def breakages(shape: Shape, valid: Any) -> Iterator[Breakage]:
    """Every way to break one constraint of the shape, each as a whole value."""
    match shape:
        case StructureShape():
            yield from _broken_structures(shape, valid)
        case ListShape():
            yield from _broken_lists(shape, valid)
        case MapShape():
            yield from _broken_maps(shape, valid)
        case StringShape():
            yield from _broken_strings(shape, valid)
        case _ if shape.type_name == "timestamp":
            yield from _wrong(3, True, {}, "soon", "2026-03-14T18:02:11")
        case _ if shape.type_name == "boolean":
            yield from _wrong("true", 1, {})
        case _:
            yield from _broken_numbers(shape)


def _broken_structures(shape: StructureShape, valid: dict[str, Any]) -> Iterator[Breakage]:
    for name in shape.required_members:
        rest = {each: value for each, value in valid.items() if each != name}
        yield Breakage(name, "is missing", rest)
        yield Breakage(name, "is null", {**valid, name: None})
    for name, member in shape.members.items():
        for broken in breakages(member, valid[name]):
            if _can_travel(member, broken.value):
                yield broken.within(name, {**deepcopy(valid), name: broken.value})


def _broken_lists(shape: ListShape, valid: list[Any]) -> Iterator[Breakage]:
    yield from _wrong("a", {}, 3)
    if shape.metadata.get("min", 0):
        yield Breakage("", "is too short", [])
    if "max" in shape.metadata:
        yield Breakage("", "is too long", valid[:1] * (shape.metadata["max"] + 1))
    for broken in breakages(shape.member, valid[0]):
        yield broken.within("1.member", [broken.value, *valid[1:]])


def _broken_maps(shape: MapShape, valid: dict[str, Any]) -> Iterator[Breakage]:
    yield from _wrong("a", [], 3)
    name, value = next(iter(valid.items()))
    rest = dict(list(valid.items())[1:])
    if "max" in shape.metadata:
        yield Breakage("", "is too long", {**valid, "one more": value})
    for broken in breakages(shape.key, name):
        if isinstance(broken.value, str):
            yield broken.within("key", {**rest, broken.value: value})
    for broken in breakages(shape.value, value):
        yield broken.within(f"{name}.member", {**rest, name: broken.value})


def _broken_strings(shape: StringShape, valid: str) -> Iterator[Breakage]:
    yield from _wrong(3, True, [], {})
    constraints = shape.metadata
    yield Breakage("", "is not Unicode", valid[:-1] + "\ud83d")
    if constraints.get("min", 0):
        yield Breakage("", "is too short", valid[: constraints["min"] - 1])
    if "max" in constraints:
        yield Breakage("", "is too long", valid + "a" * (constraints["max"] + 1 - len(valid)))
    if shape.enum:
        yield Breakage("", "is not of the enum", "SOMETHING_ELSE")
    if "pattern" in constraints:
        unlike = "!" * max(constraints.get("min", 0), 1)
        assert not compiled(constraints["pattern"]).fullmatch(unlike)
        yield Breakage("", "is unlike the pattern", unlike)


def _broken_numbers(shape: Shape) -> Iterator[Breakage]:
    yield from _wrong("3", True, [])
    if shape.type_name != "float":
        yield from _wrong(1.5)
    if "min" in shape.metadata:
        yield Breakage("", "is too small", shape.metadata["min"] - 1)
    if "max" in shape.metadata:
        yield Breakage("", "is too big", shape.metadata["max"] + 1)


def _wrong(*values: Any) -> Iterator[Breakage]:
    yield from (Breakage("", f"is {value!r}", value) for value in values)


def _can_travel(member: Shape, value: Any) -> bool:
    """Whether the wire can carry it at all: a path is text, a query is texts, at least one."""
    match member.serialization.get("location"), value:
        case "uri", str():
            return value.isascii()
        case "querystring", [*items] if items:
            return all(isinstance(item, str) and item.isascii() for item in items)
        case "uri" | "querystring", _:
            return False
        case _:
            return True
