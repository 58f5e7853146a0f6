"""The Tab key: what a shell asks, and what the command answers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.main import main

RUN: Final = "import sys; from streamwarden_cli.main import main; sys.exit(main())"

type Complete = Callable[[str], list[str]]


@pytest.fixture
def complete(tmp_path: Path) -> Complete:
    """What may come at the end of a line, as argcomplete's scripts ask for it."""

    def complete(line: str) -> list[str]:
        answer = tmp_path / "answer"
        variables = {
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        }
        subprocess.run(  # noqa: S603 - a fixed script
            [sys.executable, "-c", RUN], env=os.environ | variables, check=True
        )
        return answer.read_text().split("\n")

    return complete


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("streamwarden pol", ["policy"]),
        ("streamwarden policy ch", ["check"]),
        ("streamwarden why arena --po", ["--policy"]),
        ("streamwarden policy check --st", ["--strict"]),
        ("streamwarden replay --for", ["--format"]),
        ("streamwarden replay --format js", ["jsonl"]),
        ("streamwarden local up --mode ", ["observe", "enforce"]),
        ("streamwarden sim latencies r", ["realistic"]),
        ("streamwarden completion f", ["fish"]),
        ("streamwarden mode short-shows n", ["notify"]),
        ("streamwarden breaker rel", ["release"]),
        ("streamwarden --ver", ["--version"]),
    ],
)
def test_a_word_is_completed_however_far_down_it_stands(
    complete: Complete, line: str, words: list[str]
) -> None:
    assert complete(line) == words


def test_bash_completes_after_reading_the_script(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["completion", "bash"])
    program = tmp_path / "streamwarden"
    program.write_text(f"#!{sys.executable}\n{RUN}\n")
    program.chmod(0o755)
    asked = """
        COMP_LINE='streamwarden policy ex'; COMP_POINT=${#COMP_LINE}
        _python_argcomplete streamwarden; echo "${COMPREPLY[@]}"
    """
    environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    bash = shutil.which("bash")
    assert bash is not None
    answer = subprocess.run(  # noqa: S603 - the script that is tested
        [bash, "--norc", "-c", capsys.readouterr().out + asked],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )

    assert answer.stdout.strip() == "explain"


@pytest.mark.parametrize(
    ("shell", "registers"),
    [
        ("bash", "complete -o nospace -o default -o bashdefault -F"),
        ("zsh", "compdef _python_argcomplete streamwarden"),
        ("fish", "complete --command streamwarden"),
    ],
)
def test_each_shell_has_its_script(
    shell: str, registers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", shell]) == 0
    assert registers in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["policy", "--help"]])
def test_nothing_but_a_completion_loads_argcomplete(words: list[str]) -> None:
    imported = subprocess.run(  # noqa: S603 - a fixed script
        [sys.executable, "-X", "importtime", "-c", RUN, *words],
        check=True,
        capture_output=True,
        text=True,
    ).stderr

    assert "streamwarden_cli.main" in imported
    assert "argcomplete" not in imported
