"""What is wrong with an order is said before AWS is asked anything."""

from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.commands import SilenceIncidents
from streamwarden.domain.state.controls import Sender
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate import command
from streamwarden_cli.operate.steering.sending import body_of
from testbed.builders import CHANNEL, NOON

# What Python makes of an argument from a terminal that does not send UTF-8.
NO_TEXT: Final = b"f\xfcr".decode(errors="surrogateescape")


@pytest.fixture(autouse=True)
def without_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: Any) -> Any:
        raise AssertionError("AWS is asked")

    monkeypatch.setattr(command, "stack_of", asked)


@pytest.mark.parametrize("until", ["40d", "2999-01-01T00:00Z"])
def test_a_silence_that_ends_too_late_is_refused(
    until: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["silence", "--until", until, "--reason", "x"]) == ExitCode.FAILED
    assert "--until: a silence ends within 31 days" in capsys.readouterr().err


def test_an_exemption_that_ends_too_late_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["exempt", "studio", "--rule", "a", "--until", "400d", "--reason", "x"]

    assert main(words) == ExitCode.FAILED
    assert "--until: an exemption ends within 366 days" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["silence", "--until", "4h"], ["pause"]])
def test_a_reason_that_is_no_text_is_refused(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--reason", NO_TEXT])

    assert ended.value.code == ExitCode.WRONG_USAGE
    assert "argument --reason: expected text in UTF-8" in capsys.readouterr().err


def test_any_other_word_that_is_no_text_is_refused_before_it_is_sent() -> None:
    silence = SilenceIncidents(
        resource_arn=CHANNEL,
        time=NOON,
        author=Sender(id=""),
        reason="x",
        owner=NO_TEXT,
        until=NOON + timedelta(hours=1),
    )

    with pytest.raises(InvalidInput, match="expected text in UTF-8"):
        body_of(silence)
