"""The Tab key: what a shell asks, and what the command answers."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from streamwarden_cli.main import main

RUN: Final = "import sys; from streamwarden_cli.main import main; sys.exit(main())"

# Asks as argcomplete's scripts ask, for one line after another. Each answer ends its process.
RUN_EACH: Final = """
import json, os, sys
import streamwarden_cli.operate.policy, streamwarden_cli.replay.player  # most load these: once
from streamwarden_cli.main import main
for line, answer in json.load(sys.stdin).items():
    if os.fork() == 0:
        os.environ |= {
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\\n",
            "_ARGCOMPLETE_SUPPRESS_SPACE": "1",
            "_ARGCOMPLETE_STDOUT_FILENAME": answer,
        }
        main()
    os.wait()
"""
COMPLETED: Final[Mapping[str, str]] = {
    "streamwarden pol": "policy",
    "streamwarden policy ch": "check",
    "streamwarden why arena --po": "--policy",
    "streamwarden policy check --st": "--strict",
    "streamwarden replay --for": "--format",
    "streamwarden replay --format js": "jsonl",
    "streamwarden local up --mode ": "observe enforce",
    "streamwarden sim latencies r": "realistic",
    "streamwarden completion f": "fish",
    "streamwarden mode short-shows n": "notify",
    "streamwarden breaker rel": "release",
    "streamwarden --ver": "--version",
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What may come at the end of each line."""
    folder = tmp_path_factory.mktemp("answers")
    files = {line: folder / str(number) for number, line in enumerate(COMPLETED)}
    subprocess.run(  # noqa: S603 - a fixed script
        [sys.executable, "-c", RUN_EACH],
        input=json.dumps({line: str(file) for line, file in files.items()}),
        check=True,
        text=True,
    )
    return {line: " ".join(file.read_text().split("\n")) for line, file in files.items()}


@pytest.mark.parametrize("line", COMPLETED)
def test_a_word_is_completed_however_far_down_it_stands(
    answers: Mapping[str, str], line: str
) -> None:
    assert answers[line] == COMPLETED[line]


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
