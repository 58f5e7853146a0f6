"""A policy file as plain data, with the place of every part of it kept for error messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from streamwarden.domain.redaction import without_stream_keys
from streamwarden_cli.documents.problems import PolicyErrors, Problem
from streamwarden_cli.documents.yaml_remedies import remedy_of

type Location = tuple[str | int, ...]

_TEXT: Final = "tag:yaml.org,2002:str"
_MERGE: Final = "tag:yaml.org,2002:merge"
_NULL: Final = "tag:yaml.org,2002:null"
NOTHING: Final = "nothing"
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")

# PyYAML lets through what Python raises for `!!int x`, `!!bool x`, `!!timestamp x`, `&a {<<: *a}`.
_UNREADABLE: Final = (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError)


class _Loader(yaml.SafeLoader):
    """YAML without dates: nothing in a policy is one, and a tag's value may look like one.

    And without stream keys, as the services see the world: what a policy, a fleet or a case says is
    compared with what they see.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 (declared so by PyYAML)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        return without_stream_keys(super().construct_scalar(node))


class _ClockLoader(_Loader):
    """For files with times of day, of which YAML 1.1 makes numbers: 12:00 is 720 there."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (declared so by PyYAML)
        first: [
            (tag, re.compile(f"(?!.*:)(?:{found.pattern})", found.flags)) for tag, found in each
        ]
        for first, each in _Loader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True, slots=True)
class Source:
    """The data of one file, the YAML nodes it came from, and what YAML let pass but we do not."""

    filename: str
    data: object
    root: yaml.Node | None
    problems: tuple[Problem, ...]

    def problem(self, location: Location, message: str, *, at_key: bool = False) -> Problem:
        """A problem with the part at `location`; of a part that is missing, at its parent."""
        mark = self._mark(location, at_key)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Problem(self.filename, line, column, format_path(location), message)

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


def read_source(text: str, filename: str, *, clock_times: bool = False) -> Source:
    """Raises PolicyErrors when the text is not YAML. With `clock_times`, 12:00 is a text."""
    try:
        loader = _ClockLoader(text) if clock_times else _Loader(text)
        try:
            root = loader.get_single_node()
            problems = tuple(_refused(root, filename))
            data = loader.construct_document(root) if root else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise PolicyErrors([_syntax_problem(error, filename)]) from error
    except _UNREADABLE as error:
        message = f"not YAML: {str(error).partition('\n')[0]}"
        raise PolicyErrors([Problem(filename, 1, 1, "", message)]) from error
    return Source(filename, data, root, problems)


def format_path(location: Location) -> str:
    """`rules[0].params.limit`"""
    path = ""
    for part in location:
        if isinstance(part, str) and _PLAIN_KEY.fullmatch(part):
            path += f".{part}"
        else:
            path += f"[{part!r}]"
    return path.removeprefix(".")


def _refused(root: yaml.Node | None, filename: str) -> Iterator[Problem]:
    """Duplicate keys. Keys become text on the way: `1: x` and `on: x` are names here."""
    waiting: list[tuple[Location, yaml.Node | None]] = [((), root)]
    seen: set[int] = set()
    while waiting:
        location, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += [((*location, index), each) for index, each in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            _read_keys_as_text(node)
            yield from _duplicates(node, location, filename)
            waiting += [((*location, str(key.value)), each) for key, each in node.value]


def _read_keys_as_text(node: yaml.MappingNode) -> None:
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            key.tag = _TEXT


def _duplicates(node: yaml.MappingNode, location: Location, filename: str) -> Iterator[Problem]:
    first_lines: dict[str, int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        line, column = key.start_mark.line + 1, key.start_mark.column + 1
        if key.value in first_lines:
            message = f"the key is given twice, first on line {first_lines[key.value]}"
            yield Problem(filename, line, column, format_path((*location, key.value)), message)
        first_lines.setdefault(key.value, line)


def _syntax_problem(error: yaml.MarkedYAMLError, filename: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = ", ".join(each for each in (error.context, error.problem) if each)
    return Problem(filename, line, column, "", f"not YAML: {said}{remedy_of(said)}")


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
