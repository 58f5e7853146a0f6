"""A long document is scanned in C, and is the same document at the same places."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from streamwarden_cli.documents import parsing
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.documents.scanning_in_c import scanned_in_c
from streamwarden_cli.documents.source import Source

ROOT: Final = Path(__file__).parents[4]
FOLDERS: Final = [ROOT / each for each in ("policies", "scenarios", "tests/unit/cli")]
FILES: Final = sorted(file for each in FOLDERS for file in each.rglob("*.yaml"))
# Behind the document, where it changes no place.
FILLER: Final = "\n# 34567890" * 10_000
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def places(node: Any) -> Iterator[tuple[object, ...]]:
    """Of a node and all within it. For libyaml, what is not there may be a blank further, and a
    block ends where its last part does.
    """
    is_scalar = isinstance(node, yaml.ScalarNode)
    marks = (node.start_mark, node.end_mark) if is_scalar else (node.start_mark,)
    yield node.tag, *((each.line, each.column if node.value else 0) for each in marks)
    for each in () if is_scalar else node.value:
        for inner in each if isinstance(each, tuple) else (each,):
            yield from places(inner)


def said(source: Source) -> tuple[object, ...]:
    root = source.root
    lines = source.lines(()) if root is not None else None
    found = [*places(root)] if root is not None else []
    return source.data, source.problems, source.numbers, found, lines


def read(text: str, *, is_in_c: bool) -> object:
    """None where it is refused."""
    loader = parsing._ClockLoader
    kind = scanned_in_c(loader) if is_in_c else loader
    try:
        return said(parsing._read_yaml(text, "a.yaml", kind))
    except DocumentErrors:
        return None


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML is built without libyaml")
@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_it_is_read_as_by_the_scanner_in_python(file: Path) -> None:
    text = file.read_text(encoding="utf-8")

    in_c, in_python = read(text, is_in_c=True), read(text, is_in_c=False)

    assert in_c == in_python


@given(VALUES)
def test_so_is_whatever_may_be_written(value: object) -> None:
    text = yaml.safe_dump(value, allow_unicode=True)

    assert read(text, is_in_c=True) in (read(text, is_in_c=False), None)


@pytest.mark.parametrize(
    "text", ["a: ]", "a: 1\na: 2", "a: 0x1f", f"a: {'[' * 10_000}", "&a {b: *a}", "a: \ud83d"]
)
def test_what_is_wrong_is_said_in_the_same_words(text: str) -> None:
    def wrong(given: str) -> object:
        try:
            source = parsing.read_source(given, "a.yaml", clock_times=True)
        except DocumentErrors as errors:
            return errors.problems
        return source.with_numbers([])

    assert wrong(text)
    assert wrong(f"{text}{FILLER}") == wrong(text)
