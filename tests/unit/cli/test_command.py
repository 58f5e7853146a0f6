"""The command as a whole: what all sub-commands have in common."""

import pytest

from streamwarden_cli.main import main


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["polcy"], "; did you mean 'policy'?"),
        (["policy", "chek"], "; did you mean 'check'?"),
        (["local", "sttus"], "; did you mean 'status'?"),
        (["local", "up", "--mode", "observed"], "; did you mean 'observe'?"),
        (["policy", "check", "a.yaml", "--stict"], "--stict; did you mean '--strict'?"),
        (["completion", "bsh"], "(choose from 'bash', 'zsh', 'fish'); did you mean 'bash'?"),
        (["replay", "a.json", "--json"], "arguments: --json; did you mean '--format jsonl'?"),
        (["replay", "a.json", "--verdicts"], "--verdicts; did you mean '--only verdict'?"),
        (["replay", "a.json", "--timezon=UTC", "--fromat=jsonl"], "; did you mean '--format'?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(words)

    assert exited.value.code == 2
    assert capsys.readouterr().err.endswith(f"{message}\n")


def test_a_word_that_is_like_no_other_is_answered_without_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in (["zzz"], ["replay", "a.json", "--zzz"], ["sim", "down", "--json"]):
        with pytest.raises(SystemExit):
            main(words)

    assert "did you mean" not in capsys.readouterr().err
