"""The source map: a document as plain data, with the line and column of every part of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import yaml

from streamwarden_cli.documents.problems import Problem

type Location = tuple[str | int, ...]

_TEXT: Final = "tag:yaml.org,2002:str"
_NULL: Final = "tag:yaml.org,2002:null"
NOTHING: Final = "nothing"
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """The data of one file, the YAML nodes it came from, and what YAML let pass but we do not.

    `numbers` are the numbers that are not decimal. A model that knows what is expected there says
    it better.
    """

    filename: str
    data: object
    nodes: Callable[[], yaml.Node | None]
    problems: tuple[Problem, ...] = ()
    numbers: tuple[Problem, ...] = ()

    @property
    def root(self) -> yaml.Node | None:
        return self.nodes()

    def problem(self, location: Location, message: str, *, at_key: bool = False) -> Problem:
        """A problem with the part at `location`; of a part that is missing, at its parent."""
        mark = self._mark(location, at_key)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        rule = _id_around(self.data, location)
        return Problem(self.filename, line, column, format_path(location), message, rule=rule)

    def with_numbers(self, problems: Iterable[Problem]) -> list[Problem]:
        """These, and the numbers that are not decimal where nothing else is wrong."""
        found = [*self.problems, *problems]
        places = {(each.line, each.column) for each in found}
        return [*found, *(each for each in self.numbers if (each.line, each.column) not in places)]

    def found(self, location: Location) -> str:
        """The part at `location` as it is written."""
        node = _find(self.root, location)
        match node:
            case yaml.MappingNode():
                return "a mapping"
            case yaml.SequenceNode():
                return "a list" if node.value else "an empty list"
            case yaml.ScalarNode() if node.tag != _NULL:
                return repr(node.value) if node.tag == _TEXT else str(node.value)
        return NOTHING

    def lines(self, location: Location) -> range:
        """The lines of the part at `location`, counted from 0."""
        node = _find(self.root, location)
        if node is None:
            return range(0)
        return range(node.start_mark.line, _last(node).end_mark.line + 1)

    def _mark(self, location: Location, at_key: bool) -> yaml.Mark | None:
        if at_key:
            key = _find_key(_find(self.root, location[:-1]), location[-1])
            if key is not None:
                return key.start_mark
        while location and _find(self.root, location) is None:
            location = location[:-1]
        node = _find(self.root, location)
        return node.start_mark if node else None


def format_path(location: Location) -> str:
    """`rules[0].params.limit`"""
    path = ""
    for part in location:
        if isinstance(part, str) and _PLAIN_KEY.fullmatch(part):
            path += f".{part}"
        else:
            path += f"[{part!r}]"
    return path.removeprefix(".")


def _id_around(data: object, location: Location) -> str:
    """Of the innermost part on the way that has one."""
    found = ""
    for part in location:
        match data, part:
            case dict(), _:
                data = data.get(part)
            case list(), int() if part < len(data):
                data = data[part]
            case _:
                break
        if isinstance(data, dict) and isinstance(data.get("id"), str):
            found = data["id"]
    return found


def _find(node: yaml.Node | None, location: Location) -> yaml.Node | None:
    for part in location:
        if isinstance(node, yaml.MappingNode):
            # The last one, because keys merged with `<<` come before those that override them.
            found = [value for key, value in node.value if key.value == part]
            node = found[-1] if found else None
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part] if part < len(node.value) else None
        else:
            return None
    return node


def _last(node: yaml.Node) -> yaml.Node:
    """Where a part ends: a block goes on, for YAML, over the comments up to the next part."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last(last[1] if isinstance(last, tuple) else last)
    return node


def _find_key(node: yaml.Node | None, name: str | int) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((key for key, _ in reversed(node.value) if key.value == name), None)
