"""`streamwarden local` says what it did, where the stack is and what is missing; no servers."""

import re
from copy import replace
from pathlib import Path
from typing import Any

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local import deployment, notifications, server
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.local.text import environment_lines
from streamwarden_cli.main import main
from tests.unit.cli.commands.local_stack import OUTPUTS, RUNNING


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch, state: Path) -> list[tuple[Any, ...]]:
    """Nothing is built, started or deployed; answers what was asked for, in order."""
    asked: list[tuple[Any, ...]] = []

    def build(state_dir: Path, policy: Path) -> deployment.Build:
        asked.append(("build", state_dir, policy))
        return deployment.Build(state_dir / "build", reused=False)

    def start(state_dir: Path) -> server.LocalAws:
        asked.append(("start", state_dir))
        return RUNNING

    def deploy(endpoint: str, built: deployment.Build, *, mode: str) -> deployment.StackOutputs:
        asked.append(("deploy", endpoint, built.directory, mode))
        return OUTPUTS

    monkeypatch.setattr(deployment, "build", build)

    def subscribe(endpoint: str, topic_arn: str) -> None:
        asked.append(("subscribe", endpoint, topic_arn))

    monkeypatch.setattr(notifications, "local_inbox", subscribe)
    monkeypatch.setattr(server, "start", start)
    monkeypatch.setattr(deployment, "deploy", deploy)
    return asked


@pytest.mark.parametrize("action", ["up", "down", "status", "notifications"])
def test_the_help_of_an_action_says_what_it_does(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["local", action, "--help"])

    usage, described, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith("usage: ")
    assert described.endswith(".")


def test_up_deploys_the_default_policy_and_only_observes(
    deployed: list[tuple[Any, ...]], state: Path
) -> None:
    exit_code = main(["local", "up", "--state-dir", str(state)])

    assert exit_code == 0
    assert deployed == [
        ("build", state, deployment.DEFAULT_POLICY),
        ("start", state),
        ("deploy", "http://127.0.0.1:4566", state / "build", "observe"),
        ("subscribe", "http://127.0.0.1:4566", "<topic_arn>"),
    ]


def test_up_says_what_it_does_with_a_local_aws_that_runs(
    deployed: list[tuple[Any, ...]],
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(server, "running", lambda _: RUNNING)

    main(["local", "up", "--state-dir", str(state)])

    said = capsys.readouterr().out.splitlines()[:3]
    assert said == [
        "building …",
        "the local AWS runs …",
        "deploying again in mode observe, which may take two minutes …",
    ]


@pytest.mark.parametrize("command", ["local", "sim"])
def test_up_without_a_checkout_says_what_it_needs_and_writes_nothing(
    command: str, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "is_checkout", lambda: False)

    assert main([command, "up", "--state-dir", str(state)]) == ExitCode.FAILED

    assert "come with a checkout of the repository" in capsys.readouterr().err
    assert not state.exists()


def test_up_again_keeps_the_policy_and_the_mode(
    deployed: list[tuple[Any, ...]], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy, command = ROOT / "policies" / "demo.yaml", ["local", "up", "--state-dir", str(state)]
    main([*command, "--policy", str(policy), "--mode", "enforce"])
    del deployed[:]
    monkeypatch.setattr(server, "running", lambda _: RUNNING)

    main(command)
    main([*command, "--mode", "observe"])

    assert [each[2] for each in deployed if each[0] == "build"] == [policy, policy]
    assert [each[3] for each in deployed if each[0] == "deploy"] == ["enforce", "observe"]


def test_another_local_aws_has_nothing_of_the_one_before(
    deployed: list[tuple[Any, ...]], state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["local", "up", "--state-dir", str(state)]
    main([*command, "--policy", str(ROOT / "policies" / "demo.yaml")])
    del deployed[:]
    monkeypatch.setattr(server, "running", lambda _: replace(RUNNING, pid=4712))

    main(command)

    assert deployed[0] == ("build", state, deployment.DEFAULT_POLICY)


def test_up_says_where_the_stack_is_and_how_to_reach_it(
    deployed: list[tuple[Any, ...]], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["local", "up", "--state-dir", str(state), "--mode", "enforce"])

    output = capsys.readouterr().out
    assert "deploying in mode enforce" in output
    assert "endpoint  http://127.0.0.1:4566" in output
    assert "control   http://127.0.0.1:4567" in output
    assert re.search(r"^  TableName +<table_name>$", output, re.MULTILINE)
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4566" in output


def test_a_policy_that_cannot_be_used_is_refused_before_anything_is_built(
    deployed: list[tuple[Any, ...]], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main(["local", "up", "--state-dir", str(state), "--policy", "no-such.yaml"])

    assert exit_code == 1
    assert "no-such.yaml:1:1: the file cannot be read" in capsys.readouterr().err
    assert deployed == []


def test_up_says_which_command_installs_missing_tools(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(deployment, "_SAM", state / "no-such-command")

    exit_code = main(["local", "up", "--state-dir", str(state)])

    assert exit_code == 1
    assert capsys.readouterr().err.endswith("the SAM command is not installed: run `make tools`\n")


def test_down_where_nothing_runs_says_so(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exit_code = main(["local", "down", "--state-dir", str(state)])

    assert (exit_code, capsys.readouterr().out) == (0, "nothing ran\n")


def test_down_stops_what_runs(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "stop", lambda state_dir: state_dir == state)

    exit_code = main(["local", "down", "--state-dir", str(state)])

    assert (exit_code, capsys.readouterr().out) == (0, "stopped\n")


def test_status_where_nothing_runs_exits_with_3(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main(["local", "status", "--state-dir", str(state)])

    assert exit_code == 3
    assert capsys.readouterr().out == "not running: start it with `streamwarden local up`\n"


def test_status_says_where_the_stack_is(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "running", lambda state_dir: RUNNING)

    exit_code = main(["local", "status", "--state-dir", str(state)])

    output = capsys.readouterr().out
    assert exit_code == 0
    assert output.startswith("running as process 4711\n  endpoint  http://127.0.0.1:4566\n")
    assert "policy" not in output


def test_status_says_what_is_deployed(
    deployed: list[tuple[Any, ...]],
    state: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["local", "up", "--state-dir", str(state), "--mode", "enforce"])
    monkeypatch.setattr(server, "running", lambda _: RUNNING)
    capsys.readouterr()

    main(["local", "status", "--state-dir", str(state)])

    output = capsys.readouterr().out
    assert f"  policy    {deployment.DEFAULT_POLICY}\n  mode      enforce\n" in output


def test_the_lines_to_export_leave_no_way_to_another_account(state: Path) -> None:
    lines = list(environment_lines("http://127.0.0.1:4566", state))

    assert lines[0] == "unset AWS_PROFILE AWS_SESSION_TOKEN"
    assert "export AWS_CONFIG_FILE=/dev/null" in lines
    assert "export AWS_SHARED_CREDENTIALS_FILE=/dev/null" in lines
    assert not [line for line in lines if line.startswith(("export PATH", "export HOME"))]


@pytest.mark.parametrize(
    "wrong", [["local"], ["local", "sideways"], ["local", "up", "--mode", "obey"]]
)
def test_wrong_usage_exits_with_2(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)

    assert ended.value.code == 2
