"""`streamwarden policy` says what it found, and its exit code agrees."""

from pathlib import Path

import pytest

from streamwarden.domain.policy import load_policy
from streamwarden_cli.main import main

GOOD = "version: 1\nrules: [{id: a, kind: recording_failed, mode: notify}]\n"
BAD = "version: 1\nrules: [{id: a, kind: recording_fail}]\n"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "bad.yaml"
    file.write_text(BAD)
    return file


def test_check_counts_the_rules_of_a_good_policy(
    good: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main(["policy", "check", str(good)])

    text = capsys.readouterr()
    assert (exit_code, text.err) == (0, "")
    assert text.out == f"{good}: 1 rule: 1 notify\n"


def test_check_says_the_errors_of_every_file(
    good: Path, bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.yaml"

    exit_code = main(["policy", "check", str(bad), str(good), str(missing)])

    text = capsys.readouterr()
    first, second = text.err.splitlines()
    assert exit_code == 1
    assert first.startswith(f"{bad}:2:23: rules[0].kind: unknown kind 'recording_fail'; did you")
    assert second == f"{missing}:1:1: the file cannot be read: No such file or directory"
    assert text.out == f"{good}: 1 rule: 1 notify\n"


@pytest.mark.parametrize(
    ("command", "states"),
    [
        ("check", "said only if it is certain."),
        ("explain", "RULE|KIND"),
        ("test", "mine.tests.yaml beside mine.yaml."),
        ("schema", "# yaml-language-server: $schema=policy.schema.json"),
        ("compile", "--output FILE"),
    ],
)
def test_every_command_says_how_it_is_used(
    command: str, states: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["policy", command, "--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert exited.value.code == 0
    assert text.startswith(f"usage: streamwarden policy {command}")
    assert states in text


def test_compile_writes_what_functions_load(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "policy.json"

    exit_code = main(["policy", "compile", str(good), "--output", str(output)])

    assert exit_code == 0
    assert capsys.readouterr().out == f"{output}: 1 rule: 1 notify\n"
    assert [rule.id for rule in load_policy(output.read_bytes()).rules] == ["a"]


def test_compile_of_a_bad_policy_writes_nothing(
    bad: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "policy.json"

    exit_code = main(["policy", "compile", str(bad), "--output", str(output)])

    text = capsys.readouterr()
    assert exit_code == 1
    assert text.out == ""
    assert text.err.startswith(f"{bad}:2:23: ")
    assert not output.exists()


def test_compile_says_when_it_cannot_write(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "nowhere" / "policy.json"

    exit_code = main(["policy", "compile", str(good), "--output", str(output)])

    assert exit_code == 1
    assert capsys.readouterr().err == (
        f"{output}: the file cannot be written: No such file or directory\n"
    )


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["policy"], ["policy", "check"], ["policy", "compile", "a"]]
)
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(arguments)

    assert exited.value.code == 2
    assert capsys.readouterr().err.startswith("usage: streamwarden")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["--version"])

    assert exited.value.code == 0
    assert capsys.readouterr().out.startswith("streamwarden ")
