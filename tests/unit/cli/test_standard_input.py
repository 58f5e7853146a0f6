"""`-` is standard input wherever the command reads a document."""

import io
import sys
from pathlib import Path

import pytest

from streamwarden_cli.main import main

POLICY = "version: 1\nrules: [{id: failed, kind: recording_failed, mode: notify}]\n"
TAGS = (
    "version: 1\n"
    "defaults: {mode: enforce}\n"
    "rules: [{id: tags, kind: required_tags, params: {tags: {a: {}}}, actions: [stop]}]\n"
)
CASES = "scenarios: [{name: quiet, expect: {failed: not applicable}}]\n"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """What comes on standard input, once it is written here."""
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(content)))
    return content


@pytest.mark.parametrize(
    ("words", "output"),
    [
        (["check", "-"], "-: 1 rule: 1 notify\n"),
        (["explain", "failed", "--policy", "-"], "failed (recording_failed, -:2)\n"),
        (["test", "-", "--cases", "{cases}"], "1 case, none failed\n"),
        (["compile", "-", "--output", "{output}"], ": 1 rule: 1 notify\n"),
    ],
)
def test_a_policy_comes_on_standard_input(
    words: list[str],
    output: str,
    given: io.BytesIO,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given.write(POLICY.encode())
    given.seek(0)
    cases = tmp_path / "cases.yaml"
    cases.write_text(CASES)
    paths = {"cases": cases, "output": tmp_path / "policy.json"}

    assert main(["policy", *(word.format_map(paths) for word in words)]) == 0
    assert output in capsys.readouterr().out


def test_an_error_calls_standard_input_as_it_was_given(
    given: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    given.write(b"version: 2\n")
    given.seek(0)

    assert main(["policy", "check", "-"]) == 1
    assert capsys.readouterr().err.endswith("\n-:1:10: version: expected 1, found 2\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["policy", "check", "-", "-"], "-: standard input can be read only once"),
        (["replay", "-", "--policy", "-"], "-: standard input can be read only once"),
        (["policy", "test", "-"], "-: no cases stand beside standard input"),
        (["local", "up", "--policy", "-"], "--policy: the build reads a file"),
    ],
)
def test_standard_input_is_not_taken_for_what_it_cannot_be(
    words: list[str], message: str, given: io.BytesIO, capsys: pytest.CaptureFixture[str]
) -> None:
    given.write(POLICY.encode())
    given.seek(0)

    assert main(words) == 1
    assert capsys.readouterr().err.startswith(message)


@pytest.mark.parametrize(
    "scenario",
    [
        "channels: {name: arena, tags: {b: x}}\nsteps: [{at: 12:00, do: go-live}]\n",
        "# exported\nchannels:\n- name: arena\nsteps: [{at: 12:00, do: go-live}]\n",
        "---\nchannels: {name: arena}\nsteps: [{at: 12:00, do: go-live}]\n",
    ],
)
@pytest.mark.parametrize(
    "words",
    [["replay", "-", "--policy", "{new}"], ["policy", "diff", "{old}", "{new}", "--events", "-"]],
)
def test_a_scenario_comes_on_standard_input(
    scenario: str,
    words: list[str],
    given: io.BytesIO,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given.write(scenario.encode())
    given.seek(0)
    paths = {"old": tmp_path / "old.yaml", "new": tmp_path / "new.yaml"}
    paths["old"].write_text(POLICY)
    paths["new"].write_text(TAGS)

    assert main([word.format_map(paths) for word in words]) == 0
    assert "arena" in capsys.readouterr().out
