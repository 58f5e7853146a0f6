"""The exit codes of all commands stand in one table, and commands answer with these alone."""

import re
import signal
from pathlib import Path
from typing import get_type_hints

import pytest

from streamwarden_cli import main as command
from streamwarden_cli.command import Listed
from streamwarden_cli.commands.policy import COMMANDS as POLICY_COMMANDS
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import COMMANDS, main
from streamwarden_cli.shipped import CHECKOUT

PAGE = (CHECKOUT / "docs" / "command.md").read_text(encoding="utf-8")


def test_the_page_has_every_exit_code_with_its_meaning() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*?) \|", PAGE, flags=re.MULTILINE)

    assert rows == [(str(int(code)), code.meaning) for code in ExitCode]


def test_help_has_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])

    text = " ".join(capsys.readouterr().out.split())
    assert all(f"{int(code)} {code.meaning}" in text for code in ExitCode)


@pytest.mark.parametrize(
    "listed", [*COMMANDS.values(), *POLICY_COMMANDS.values()], ids=lambda each: each.module
)
def test_a_command_answers_with_an_exit_code(listed: Listed) -> None:
    assert get_type_hints(listed.load().run)["return"] is ExitCode


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["policy", "schema"], ExitCode.DONE),
        (["policy", "check", "no-such.yaml"], ExitCode.FAILED),
        (["sim", "status", "--state-dir", "{nowhere}"], ExitCode.NOTHING),
    ],
)
def test_what_came_of_it_is_the_exit_code(words: list[str], code: ExitCode, tmp_path: Path) -> None:
    assert main([word.format(nowhere=tmp_path) for word in words]) is code


def test_wrong_usage_has_the_code_that_argparse_gives() -> None:
    with pytest.raises(SystemExit) as exited:
        main(["nonsense"])

    assert exited.value.code == ExitCode.WRONG_USAGE


def test_an_interruption_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "_run", lambda _: signal.default_int_handler(2, None))

    assert main([]) is ExitCode.INTERRUPTED
    assert capsys.readouterr().err == ""
