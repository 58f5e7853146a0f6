"""What is generated is the one that would be written now, and says what somebody has to know."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.calendar import Weekday
from streamwarden.domain.expressions.time_functions import FUNCTIONS
from streamwarden.domain.rules import RULE_KINDS
from streamwarden.domain.rules.check import Check
from streamwarden.domain.rules.tags.required_tags import TagRequirement
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.policy.reference import __main__ as reference
from streamwarden_cli.policy.reference import glossary, markdown, schema
from streamwarden_cli.policy.reference.kinds import UndocumentedKind, format_value, kind_of
from streamwarden_cli.policy.reference.shipped import example_of
from tests.unit.cli.policy.documents import actions_of

PAGE = reference.PAGE.read_text()
COMMAND = "python -m streamwarden_cli.policy.reference"


def test_nothing_that_is_generated_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_says_what_it_demands_looks_at_and_costs(kind: str) -> None:
    found = kind_of(kind)

    assert found.demand.endswith(".")
    assert found.data.endswith(".")
    assert found.cost.startswith("Costs ")
    assert example_of(kind) is not None


@pytest.mark.parametrize("kind", RULE_KINDS)
def test_every_kind_says_what_its_parameters_mean(kind: str) -> None:
    silent = [each.name for each in kind_of(kind).parameters if not each.about]

    assert silent == [], "name them in backticks in the docstring"


def test_every_word_has_a_meaning() -> None:
    assert glossary.MODES.keys() == set(Mode)
    assert glossary.SEVERITIES.keys() == set(Severity)
    assert glossary.ACTIONS.keys() == set(ACTION_KINDS)


def test_the_page_has_a_section_for_each_kind() -> None:
    text = markdown.rendered()
    section = text.partition("### `flapping`\n")[2].partition("\n### ")[0]

    assert "At most `sessions` sessions may begin within any `window`." in section
    assert "| `sessions` | a whole number | required |" in section
    assert "| `window` | a duration | required |" in section
    assert "- Costs: no IVS call." in section
    actions = ", ".join(f"`{each}`" for each in (*actions_of("flapping"), "notify"))
    assert f"- Actions: {actions}." in section
    assert "```yaml\n# An encoder connects and disconnects many times." in section
    assert text.count("\n### `") == len(RULE_KINDS)


def test_defaults_and_lists_are_notified() -> None:
    section = markdown.rendered().partition("### `allowed_hours`\n")[2].partition("\n### ")[0]

    assert "| `zone` | text | `UTC` |" in section
    assert "| `days` | a list, each mon, tue, wed, thu, fri, sat or sun | `mon, tue," in section


def test_the_page_tells_of_functions_and_names_in_expressions() -> None:
    text = markdown.rendered()

    assert all(f"| `{each.signature}` |" in text for each in FUNCTIONS.values())
    assert "| `session.on_air` | true or false | whether the stream has started |" in text
    assert '| `"detail-type"` | text |' in text


@pytest.mark.parametrize(
    ("value", "output"),
    [
        (timedelta(hours=1, minutes=30), "1h30m"),
        (True, "true"),
        ((Weekday.MON, Weekday.TUE), "mon, tue"),
        (time(9, 5), "09:05"),
        (None, ""),
        ((), ""),
        (0.9, "0.9"),
        (
            {"team": TagRequirement(pattern="a+"), "env": TagRequirement()},
            "team: {pattern: a+}, env: {}",
        ),
    ],
)
def test_values_are_said_as_they_would_be_written(value: object, output: str) -> None:
    assert format_value(value) == output


def test_a_kind_without_data_and_costs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Check, frozen=True):
        """It demands something."""

    monkeypatch.setattr("streamwarden_cli.policy.reference.kinds.RULE_KINDS", {"silent": Silent})

    with pytest.raises(UndocumentedKind, match="silent: expected a docstring of a demand"):
        kind_of("silent")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reference, "PAGE", tmp_path / "policy.md")
    monkeypatch.setattr(schema, "PATH", tmp_path / "policy.schema.json")
    (tmp_path / "policy.md").write_text(f"before\n{reference.BEGIN}\nold\n{reference.END}\nafter\n")
    return tmp_path


def test_checking_changes_nothing_and_fails_when_stale(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = (files / "policy.md").read_text()

    code = reference.main(["--check"])

    assert code == 1
    assert capsys.readouterr().err == (
        f"policy.md is stale: run `{COMMAND}`\npolicy.schema.json is stale: run `{COMMAND}`\n"
    )
    assert (files / "policy.md").read_text() == stale
    assert not (files / "policy.schema.json").exists()


def test_writing_keeps_what_is_written_by_hand(files: Path) -> None:
    code = reference.main([])

    given = (files / "policy.md").read_text()
    assert code == 0
    assert given.startswith("before\n")
    assert given.endswith("\nafter\n")
    assert "old" not in given.splitlines()
    assert reference.main(["--check"]) == 0


def test_a_page_without_markers_is_left_alone(files: Path) -> None:
    (files / "policy.md").write_text("nothing here")

    with pytest.raises(ValueError, match="markers"):
        reference.main([])

    assert (files / "policy.md").read_text() == "nothing here"
