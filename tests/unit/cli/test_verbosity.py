"""`-q` leaves out what went well, and `-v` adds where an error comes from."""

from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden_cli.commands import keys
from streamwarden_cli.local import deployment, notifications, server
from streamwarden_cli.main import main
from testbed.key_wrappings import KEY, holds_secret
from tests.unit.cli.commands.local_stack import OUTPUTS, RUNNING

CHANNEL: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/abcdEFGHijkl"
POLICY: Final = "version: 1\nrules: [{id: failed, kind: recording_failed, mode: notify}]\n"
CASES: Final = """\
scenarios:
  - {name: quiet, expect: {failed: not applicable}}
  - {name: loud, expect: {failed: %s}}
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "mine.yaml"
    file.write_text(POLICY)
    (tmp_path / "mine.tests.yaml").write_text(CASES % "not applicable")
    return file


@pytest.fixture(autouse=True)
def _started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is built, started or deployed."""
    built = deployment.Build(tmp_path / "build", reused=False)
    monkeypatch.setattr(deployment, "build", lambda *_: built)
    monkeypatch.setattr(deployment, "deploy", lambda *_, **__: OUTPUTS)
    monkeypatch.setattr(notifications, "local_inbox", lambda *_: None)
    monkeypatch.setattr(server, "start", lambda _: RUNNING)


@pytest.mark.parametrize(
    "words",
    [
        ["policy", "check", "{policy}"],
        ["policy", "test", "{policy}"],
        ["policy", "compile", "{policy}", "--output", "{policy}.json"],
        ["local", "up", "--state-dir", "{policy}.state"],
        ["local", "down", "--state-dir", "{policy}.state"],
        ["sim", "up", "--state-dir", "{policy}.state"],
        ["sim", "down", "--state-dir", "{policy}.state"],
    ],
)
def test_quiet_prints_nothing_where_all_is_well(
    words: list[str], policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*(word.format(policy=policy) for word in words), "-q"]) == 0
    assert capsys.readouterr() == ("", "")


def test_quiet_still_prints_the_cases_that_fail(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (policy.parent / "mine.tests.yaml").write_text(CASES % "breach")

    assert main(["policy", "test", "-q", str(policy)]) == 1
    output = capsys.readouterr().out
    assert output.startswith("FAIL  loud")
    assert output.endswith("2 cases, 1 failed\n")
    assert "quiet" not in output.replace(str(policy.parent), "")


@pytest.mark.parametrize(
    ("status", "output"),
    [
        (OutcomeStatus.DONE, ""),
        (OutcomeStatus.NOTHING_TO_DO, "nothing-to-do: why\n"),
        (OutcomeStatus.FAILED, "failed: why\n"),
    ],
)
def test_quiet_still_prints_that_a_key_was_not_replaced(
    status: OutcomeStatus,
    output: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(keys, "rotate", lambda *_, **__: Outcome(status, "why"))

    main(["keys", "rotate", "-q", CHANNEL])

    assert capsys.readouterr().out == output


def test_quiet_and_json_exclude_each_other() -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["policy", "check", "-q", "--json", "a.yaml"])


@pytest.mark.parametrize("words", [["local", "up"], ["sim", "up"]])
@pytest.mark.parametrize(("options", "has_traceback"), [([], False), (["-v"], True)])
def test_verbose_prints_where_an_error_comes_from(
    words: list[str],
    options: list[str],
    has_traceback: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def start(_: Path) -> Any:
        raise server.LocalAwsError(f"no port is free, says {KEY}")

    monkeypatch.setattr(server, "start", start)

    assert main([*words, "--state-dir", str(tmp_path), *options]) == 1
    errors = capsys.readouterr().err
    assert errors.splitlines()[-1].startswith("streamwarden: no port is free")
    assert errors.startswith("Traceback") is has_traceback
    assert not holds_secret(errors)
