"""Names in code are the field's words: those of earlier versions do not come back."""

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
FOLDERS: Final = (
    "layers",
    "functions",
    "cli",
    "simulator",
    "benchmarks",
    "scripts",
    "examples",
    "testbed",
    "tests",
)
GONE: Final = frozenset(
    re.findall(
        r"\w+",
        "agenda audience audiences desk ear ears happening happenings hear joins knowledge learn "
        "nearest notice notices pace resting stories story superseded telling told unsent",
    )
)


def words_of(name: str) -> list[str]:
    """`TopicInbox` and `topic_inbox` have the same ones."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


def names_in(file: Path) -> Iterator[str]:
    yield file.stem
    with file.open() as lines:
        for each in tokenize.generate_tokens(lines.readline):
            if each.type == tokenize.NAME:
                yield each.string


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_name_has_a_word_that_is_gone(folder: str) -> None:
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / folder).rglob("*.py")
        for name in names_in(file)
        if not name.startswith("test_") and not GONE.isdisjoint(words_of(name))
    }

    assert not found, "see docs/glossary.md for the word to use"
