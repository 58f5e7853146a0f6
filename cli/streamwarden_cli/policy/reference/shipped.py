"""The policies that come with the program: what is shown of a rule kind is a rule somebody uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from textwrap import dedent
from typing import Any, Final

from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.source import Source
from streamwarden_cli.shipped import DEFAULT_POLICY, POLICIES

CASES_SUFFIX: Final = ".tests.yaml"


@dataclass(frozen=True, slots=True)
class Example:
    """A rule of a shipped policy: as it is written, with the comment above it, and as data."""

    file: Path
    text: str
    rule: Mapping[str, Any]


def policies_in(folder: Path) -> list[Path]:
    """Policies without the cases beside them; the default one is first, for it is met first."""
    found = (each for each in folder.glob("*.yaml") if not each.name.endswith(CASES_SUFFIX))
    return sorted(found, key=lambda each: (each.name != DEFAULT_POLICY.name, each.name))


@cache
def example_of(kind: str) -> Example | None:
    """None where no policy is beside the program, or none has a rule of the kind."""
    return _examples().get(kind)


@cache
def _examples() -> Mapping[str, Example]:
    examples: dict[str, Example] = {}
    for file in policies_in(POLICIES):
        for example in _rules(file):
            examples.setdefault(example.rule.get("kind", ""), example)
    return examples


def _rules(file: Path) -> Iterator[Example]:
    text = file.read_text(encoding="utf-8")
    source = read_source(text, file.name)
    rules = source.data.get("rules", ()) if isinstance(source.data, Mapping) else ()
    for index, rule in enumerate(rules):
        yield Example(file, _excerpt(text.splitlines(), source, index), rule)


def _excerpt(lines: list[str], source: Source, index: int) -> str:
    place = source.lines(("rules", index))
    begin = place.start - _comment_lines(lines, place.start)
    return dedent("\n".join(lines[begin : place.stop]))


def _comment_lines(lines: list[str], begin: int) -> int:
    above = takewhile(lambda line: line.lstrip().startswith("#"), reversed(lines[:begin]))
    return sum(1 for _ in above)


def comment_above(text: str, source: Source, index: int) -> str:
    """What its author says of a rule, just above it, as one paragraph."""
    lines = text.splitlines()
    begin = source.lines(("rules", index)).start
    message = lines[begin - _comment_lines(lines, begin) : begin]
    return " ".join(line.strip().removeprefix("#").strip() for line in message)
