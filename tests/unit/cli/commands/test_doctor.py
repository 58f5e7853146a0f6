"""`streamwarden doctor` is for pipelines too: an exit code, and JSON that the page describes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from streamwarden_cli.commands import doctor
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate import command
from streamwarden_cli.operate.doctor.checks import Checked
from streamwarden_cli.operate.doctor.finding import Finding, Health, fine, not_known, problem
from streamwarden_cli.shipped import CHECKOUT
from tests.unit.cli.operate.doctor.fakes import NOW, examined

PAGE = (CHECKOUT / "docs" / "command.md").read_text(encoding="utf-8")
WRONG = problem("it is off", "switch it on")

type Run = Callable[..., tuple[ExitCode, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    stack: Any = examined({}).stack
    stack.heading = "Stack streamwarden"
    monkeypatch.setattr(command, "stack_of", lambda _: stack)
    monkeypatch.setattr(command, "now", lambda: NOW)

    def ran(finding: Finding, *words: str) -> tuple[ExitCode, str]:
        monkeypatch.setattr(doctor, "examine", lambda _: [Checked("trail", finding)])
        code = main(["doctor", *words])
        return code, capsys.readouterr().out

    return ran


@pytest.mark.parametrize(
    ("finding", "words", "code"),
    [
        (fine("well"), ["--strict"], ExitCode.DONE),
        (not_known("who knows"), [], ExitCode.DONE),
        (not_known("who knows"), ["--strict"], ExitCode.FAILED),
        (WRONG, [], ExitCode.FAILED),
    ],
)
def test_a_problem_is_an_exit_code(
    run: Run, finding: Finding, words: list[str], code: ExitCode
) -> None:
    assert run(finding, *words)[0] is code


def test_people_read_what_is_wrong_and_what_to_do(run: Run) -> None:
    _, text = run(WRONG)

    assert "problem  trail  it is off" in text
    assert "What to do\n  trail  switch it on" in text


def test_the_page_describes_every_field_and_word(run: Run) -> None:
    found = json.loads(run(WRONG, "--json")[1])

    (check,) = found["checks"]
    words = [*found, *check, *Health]
    assert {each for each in words if f"`{each}`" not in PAGE} == set()
    assert check == {
        "check": "trail",
        "health": "problem",
        "text": "it is off",
        "remedy": "switch it on",
        "missing_permission": None,
    }
