"""From the text of a document to plain data, with the place of every part: YAML, and JSON.

What a policy, a fleet or a case says is compared with what the services see, so its stream keys are
taken out here, as they are where the services read.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from copy import replace
from functools import cache, partial
from typing import Any, Final, NoReturn

import yaml

from streamwarden.domain.redaction import redacted, without_stream_keys
from streamwarden_cli.documents.numbers import OtherNumber, is_decimal
from streamwarden_cli.documents.problems import DocumentErrors, Problem
from streamwarden_cli.documents.scanning_in_c import scanned_in_c
from streamwarden_cli.documents.source import Location, Source, format_path
from streamwarden_cli.documents.spellings import spell_number
from streamwarden_cli.documents.yaml_remedies import remedy_of

_TEXT: Final = "tag:yaml.org,2002:str"
_INT: Final = "tag:yaml.org,2002:int"
_FLOAT: Final = "tag:yaml.org,2002:float"
_HOLDS_KEY: Final = "it holds the value of a stream key; take it out, and rotate the key"
_HALF_A_CHARACTER: Final = re.compile("[\ud800-\udfff]")
# Some hundred channels: what is shorter is read in no time.
_LONG: Final = 100_000
_MERGE: Final = "tag:yaml.org,2002:merge"

# PyYAML lets through what Python raises for `!!int x`, `!!bool x`, `!!timestamp x`, `&a {<<: *a}`.
_UNREADABLE: Final = (yaml.YAMLError, ValueError, LookupError, AttributeError)


class _Loader(yaml.SafeLoader):
    """YAML without dates: nothing in a policy is one, and a tag's value may look like one."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (declared so by PyYAML)
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        text = super().construct_scalar(node)
        if _HALF_A_CHARACTER.search(text):
            problem = "an escape such as \\ud83d is half a character; write the character itself"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return without_stream_keys(text)

    def construct_decimal(self, node: yaml.ScalarNode) -> int | float | OtherNumber:
        if not is_decimal(node.value):
            return OtherNumber(self.construct_scalar(node))
        is_whole = node.tag == _INT
        return self.construct_yaml_int(node) if is_whole else self.construct_yaml_float(node)


_Loader.add_constructor(_INT, _Loader.construct_decimal)
_Loader.add_constructor(_FLOAT, _Loader.construct_decimal)


class _ClockLoader(_Loader):
    """For files with times of day, of which YAML 1.1 makes numbers: 12:00 is 720 there."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (declared so by PyYAML)
        first: [
            (tag, re.compile(f"(?!.*:)(?:{found.pattern})", found.flags)) for tag, found in each
        ]
        for first, each in _Loader.yaml_implicit_resolvers.items()
    }


class _KeyTwice(Exception):
    """An object of JSON has two members of one name."""


class _NotJson(Exception):
    """What Python's reader takes, and JSON does not have."""


def read_source(text: str, filename: str, *, clock_times: bool = False) -> Source:
    """Raises DocumentErrors when the text is not YAML, or not JSON where it is to be.

    With `clock_times`, 12:00 is a text.
    """
    if filename.endswith(".json"):
        try:
            return _read_json(text, filename)
        except _KeyTwice:
            pass  # The YAML below says where.
    kind = _ClockLoader if clock_times else _Loader
    if len(text) >= _LONG:
        # What is wrong, the scanner in Python says better.
        with suppress(DocumentErrors):
            return _read_yaml(text, filename, scanned_in_c(kind))
    return _read_yaml(text, filename, kind)


def _read_json(text: str, filename: str) -> Source:
    """JSON has a faster reader than YAML, of which it is a part. Nodes are made when asked for."""
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        problem = Problem(filename, error.lineno, error.colno, "", f"not JSON: {error.msg}")
        raise DocumentErrors([problem]) from error
    except (RecursionError, _NotJson) as error:
        raise _no_json(error, filename) from error
    return Source(filename, redacted(data), cache(partial(_nodes_of_json, text, filename)))


def _nodes_of_json(text: str, filename: str) -> yaml.Node | None:
    """Raises DocumentErrors: the reader of YAML takes less depth than that of JSON."""
    # No tab is within a text: JSON escapes it there. YAML takes it nowhere else.
    try:
        return yaml.compose(text.replace("\t", " "), _Loader)
    except RecursionError as error:
        raise _no_json(error, filename) from error


def _no_json(error: Exception, filename: str) -> DocumentErrors:
    message = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return DocumentErrors([Problem(filename, 1, 1, "", f"not JSON: {message}")])


def _once(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) < len(members):
        raise _KeyTwice
    return found


def _refuse(constant: str) -> NoReturn:
    raise _NotJson(f"{constant} is no number")


def _read_yaml(text: str, filename: str, kind: type[_Loader]) -> Source:
    loader = None
    try:
        loader = kind(text)
        try:
            root = loader.get_single_node()
            if "&" in text:  # the sign of an anchor
                _refuse_cycles(root, filename)
            problems = tuple(_refused(root, filename))
            numbers = tuple(_other_numbers(root, filename))
            data = loader.construct_document(root) if root else None
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        raise DocumentErrors([_syntax_problem(error, filename)]) from error
    except DocumentErrors:
        raise
    except RecursionError as error:
        line, column = (loader.line + 1, loader.column + 1) if loader else (1, 1)
        problem = Problem(filename, line, column, "", "not YAML: it is nested too deeply")
        raise DocumentErrors([problem]) from error
    except _UNREADABLE as error:
        message = f"not YAML: {str(error).partition('\n')[0]}"
        raise DocumentErrors([Problem(filename, 1, 1, "", message)]) from error
    return Source(filename, data, lambda: root, problems, numbers)


def _refuse_cycles(root: yaml.Node | None, filename: str) -> None:
    """YAML lets a part contain itself, and what is made of it never ends. Raises DocumentErrors."""
    done: set[int] = set()

    def visit(node: yaml.Node | None, location: Location, around: frozenset[int]) -> None:
        if id(node) in around and node is not None:
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            message = "an anchor contains itself; write out what is meant"
            raise DocumentErrors([Problem(filename, line, column, format_path(location), message)])
        if id(node) not in done:
            for name, child in _children(node):
                visit(child, (*location, name), around | {id(node)})
            done.add(id(node))

    visit(root, (), frozenset())


def _children(node: yaml.Node | None) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
    elif isinstance(node, yaml.MappingNode):
        yield from ((str(key.value), value) for key, value in node.value)


def _refused(root: yaml.Node | None, filename: str) -> Iterator[Problem]:
    """Duplicate keys. Keys become text on the way: `1: x` and `on: x` are names here."""
    for location, node in _nodes(root):
        if isinstance(node, yaml.MappingNode):
            _read_keys_as_text(node)
            yield from _duplicates(node, location, filename)


def _other_numbers(root: yaml.Node | None, filename: str) -> Iterator[Problem]:
    for location, node in _nodes(root):
        if isinstance(node, yaml.ScalarNode) and node.tag in (_INT, _FLOAT):
            if is_decimal(node.value):
                continue
            line, column = node.start_mark.line + 1, node.start_mark.column + 1
            spelled = spell_number(node.value)
            remedy = f"write {spelled}, or put it in quotes" if spelled else "put it in quotes"
            message = f"expected a decimal number, found {node.value}; {remedy}"
            yield Problem(filename, line, column, format_path(location), message)


def stream_keys_in(source: Source) -> Iterator[Problem]:
    """Where the document holds a stream key, for one that is no record of what there was."""
    for location, node in _nodes(source.root):
        held = [node] if isinstance(node, yaml.ScalarNode) else []
        if isinstance(node, yaml.MappingNode):
            held = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for each in held:
            name = without_stream_keys(each.value)
            if name is not each.value:
                place = location if each is node else (*location, name)
                yield replace(source.problem(place, _HOLDS_KEY), **_position(each))


def _position(node: yaml.Node) -> dict[str, Any]:
    return {"line": node.start_mark.line + 1, "column": node.start_mark.column + 1}


def _nodes(root: yaml.Node | None) -> Iterator[tuple[Location, yaml.Node | None]]:
    """Every part once, with its place."""
    waiting: list[tuple[Location, yaml.Node | None]] = [((), root)]
    seen: set[int] = set()
    while waiting:
        location, node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield location, node
        waiting += [((*location, name), each) for name, each in _children(node)]


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
    detail = ", ".join(each for each in (error.context, error.problem) if each)
    return Problem(filename, line, column, "", f"not YAML: {detail}{remedy_of(detail)}")
