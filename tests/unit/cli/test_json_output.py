"""`--json` prints one document, whose fields `docs/command.md` names."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden_cli.commands import keys
from streamwarden_cli.local import deployment, notifications, server
from streamwarden_cli.main import main
from streamwarden_cli.shipped import CHECKOUT
from tests.unit.cli.commands.local_stack import OUTPUTS, RUNNING

PAGE: Final = (CHECKOUT / "docs" / "command.md").read_text(encoding="utf-8")
CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/abcdEFGHijkl"
POLICY: Final = """\
version: 1
rules:
  - {id: failed, kind: recording_failed, mode: notify}
  - {id: marathon, kind: max_duration, mode: notify, params: {limit: 4h}}
  - {id: marathon-again, kind: max_duration, mode: notify, params: {limit: 4h}}
"""
CASES: Final = """\
scenarios:
  - {name: quiet, expect: {failed: not applicable}}
  - {name: loud, expect: {failed: breach}}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(POLICY)
    return file


def _names(value: Any) -> Iterator[str]:
    """Of all fields that are ours: the environment and the outputs have names of their own."""
    if isinstance(value, list):
        for each in value:
            yield from _names(each)
    elif isinstance(value, dict):
        yield from value
        for name, each in value.items():
            if name not in ("environment", "outputs"):
                yield from _names(each)


class Document(dict[str, Any]):
    """What was printed, with the exit code."""

    exit_code: int


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str | Path) -> Document:
        exit_code = main([*map(str, words), "--json"])
        document = Document(json.loads(capsys.readouterr().out))
        document.exit_code = exit_code
        assert {name for name in _names(document) if f"`{name}`" not in PAGE} == set()
        return document

    return run


def test_check_has_the_warnings_of_a_policy(run: Any, policy: Path) -> None:
    checked = run("policy", "check", policy)

    (problem,) = checked["problems"]
    assert (checked.exit_code, checked["files"]) == (0, [{"file": str(policy), "ok": True}])
    message = problem.pop("message")
    assert message.startswith("marathon-again: ")
    assert problem == {
        "file": str(policy),
        "line": 5,
        "column": 10,
        "severity": "warning",
        "rule": "marathon-again",
        "path": "rules[2].id",
    }
    assert run("policy", "check", "--strict", policy)["problems"][0]["severity"] == "error"


@pytest.mark.parametrize(
    ("text", "rule", "path"),
    [
        (POLICY.replace("4h", "4x", 1), "marathon", "rules[1].params.limit"),
        ("version: 1\nrules: [{kind: max_duration}]\n", None, "rules[0].id"),
        ("version: [\n", None, None),
    ],
)
def test_check_has_the_errors_of_a_policy_and_whose_rule_they_are(
    run: Any, policy: Path, text: str, rule: str | None, path: str | None
) -> None:
    policy.write_text(text)

    checked = run("policy", "check", policy)

    assert (checked.exit_code, checked["files"][0]["ok"]) == (1, False)
    assert (rule, path, "error") in [
        (each["rule"], each["path"], each["severity"]) for each in checked["problems"]
    ]


def test_test_has_the_cases_and_what_differs(run: Any, policy: Path) -> None:
    (policy.parent / "mine.tests.yaml").write_text(CASES)

    tested = run("policy", "test", policy)

    (file,) = tested["files"]
    quiet, loud = file["cases"]
    assert tested.exit_code == 1
    assert quiet == {"name": "quiet", "line": 2, "ok": True, "differences": [], "problems": []}
    assert (loud["ok"], file["untested"]) == (False, ["marathon", "marathon-again"])
    (difference,) = loud["differences"]
    assert (difference["rule"], difference["what"], difference["expected"]) == (
        "failed",
        "verdict",
        "breach",
    )


def test_test_has_what_keeps_cases_from_being_played(run: Any, policy: Path) -> None:
    (file,) = run("policy", "test", policy)["files"]

    (problem,) = file["problems"]
    assert problem["message"].startswith("the file cannot be read")


def test_explain_has_the_sections_that_people_read(run: Any, policy: Path) -> None:
    (page,) = run("policy", "explain", "marathon", "--policy", policy)["pages"]

    assert page["heading"] == f"marathon (max_duration, {policy}:4)"
    titles = {each["title"]: each["lines"] for each in page["sections"]}
    assert titles["With"][0] == "limit: 4h"


def test_keys_have_the_outcome(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = Outcome(OutcomeStatus.NOTHING_TO_DO, "the channel is live")
    monkeypatch.setattr(keys, "rotate", lambda *_, **__: outcome)

    rotated = run("keys", "rotate", CHANNEL)

    assert rotated.exit_code == 3
    assert rotated == {
        "channel": CHANNEL,
        "status": "nothing-to-do",
        "reason": "the channel is live",
    }


@pytest.mark.parametrize("command", ["local", "sim"])
def test_status_has_the_place_and_the_environment(
    run: Any, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "running", lambda _: RUNNING)

    status = run(command, "status", "--state-dir", tmp_path)

    environment = status.pop("environment")
    assert status.exit_code == 0
    assert status == {
        "running": True,
        "pid": 4711,
        "endpoint": "http://127.0.0.1:4566",
        "control": "http://127.0.0.1:4567",
        "log": str(server.log_path(tmp_path)),
    }
    assert environment["AWS_ENDPOINT_URL"] == status["endpoint"]
    assert all(name.startswith("AWS_") for name in environment)


@pytest.mark.parametrize("command", ["local", "sim"])
def test_status_where_nothing_runs(run: Any, command: str, tmp_path: Path) -> None:
    status = run(command, "status", "--state-dir", tmp_path)

    assert (status.exit_code, status) == (3, {"running": False})


def test_up_prints_nothing_but_the_document(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = deployment.Build(tmp_path / "build", reused=False)
    monkeypatch.setattr(deployment, "build", lambda *_: built)
    monkeypatch.setattr(server, "start", lambda _: RUNNING)
    monkeypatch.setattr(deployment, "deploy", lambda *_, **__: OUTPUTS)
    monkeypatch.setattr(notifications, "local_inbox", lambda *_: None)

    local = run("local", "up", "--state-dir", tmp_path)
    sim = run("sim", "up", "--state-dir", tmp_path)

    assert (local["stack"], local["outputs"]["TableName"]) == (
        deployment.STACK_NAME,
        "<table_name>",
    )
    assert (local["running"], sim["running"]) == (True, True)
    assert (local["policy"], local["mode"]) == (str(deployment.DEFAULT_POLICY), "observe")
    assert "policy" not in sim
