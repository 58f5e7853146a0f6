"""The records of decisions: all of one form, all in the index, one for each dependency."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[3]
FOLDER: Final = ROOT / "docs" / "decisions"
RECORDS: Final = sorted(each for each in FOLDER.glob("*.md") if each.name != "README.md")
INDEX: Final = (FOLDER / "README.md").read_text()
INSTALLED: Final = ("layers/streamwarden/requirements.in", "requirements/command.in")

_FORM: Final = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>\S[^\n]*)\n\n"
    r"- Date: (?P<date>\d{4}-\d\d-\d\d(?:, changed \d{4}-\d\d-\d\d)?)\n"
    r"- Status: (?P<status>accepted|replaced by \d{4})\n\n"
    r"## Context\n\n.+?\n\n## Decision\n\n.+?\n\n## Consequences\n\n.+\n",
    flags=re.DOTALL,
)


def form_of(record: Path) -> re.Match[str]:
    found = _FORM.fullmatch(record.read_text())
    assert found is not None, f"{record.name} lacks a heading, or has them in another order"
    return found


def dependencies() -> list[str]:
    lines = [line for name in INSTALLED for line in (ROOT / name).read_text().splitlines()]
    return [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith("#")]


def test_records_are_numbered_without_a_gap() -> None:
    numbers = [int(each.name.partition("-")[0]) for each in RECORDS]

    assert numbers == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: each.stem)
def test_the_index_says_what_the_record_says(record: Path) -> None:
    found = form_of(record)

    assert record.name.startswith(f"{found['number']}-")
    line = f"| {found['title']} | {found['date']} | {found['status']} |"
    assert f"| [{found['number']}]({record.name}) {line}\n" in INDEX


def test_the_index_names_no_other_record() -> None:
    assert re.findall(r"\]\((\S+)\)", INDEX) == [each.name for each in RECORDS]


@pytest.mark.parametrize("dependency", dependencies())
def test_every_dependency_has_a_record_that_decides_on_it(dependency: str) -> None:
    decided = [each.read_text().partition("## Decision")[2] for each in RECORDS]

    assert any(re.search(rf"\b{dependency}\b", each) for each in decided)
