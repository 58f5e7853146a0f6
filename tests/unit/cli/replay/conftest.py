"""Runs the command as a person does, and reads what it prints."""

import io
import json
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden_cli.main import main

REPOSITORY: Final = Path(__file__).parents[4]
CORPUS: Final = REPOSITORY / "events"
DEMO: Final = REPOSITORY / "policies" / "demo.yaml"


@dataclass(frozen=True)
class Played:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def of(self, kind: str, **wanted: Any) -> list[dict[str, Any]]:
        """The records of a kind that have these members."""
        return [
            each
            for each in self.records
            if each["record"] == kind and all(each.get(key) == wanted[key] for key in wanted)
        ]

    def calls(self, operation: str) -> list[dict[str, Any]]:
        return self.of("call", operation=operation)

    @property
    def summary(self) -> dict[str, Any]:
        return self.records[-1]


type Replay = Callable[..., Played]


@pytest.fixture
def replay(capsys: pytest.CaptureFixture[str]) -> Replay:
    """`streamwarden replay` with these arguments; JSON Lines unless said otherwise."""

    def run(*args: str | Path, output: str = "jsonl", policy: Path | None = DEMO) -> Played:
        given = [str(each) for each in args]
        if policy is not None:
            given += ["--policy", str(policy)]
        code = main(["replay", *given, "--format", output])
        captured = capsys.readouterr()
        return Played(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def sample_day() -> Played:
    """The sample day under the demo policy, played once for all that look at it."""
    return played_once("--format", "jsonl")


@pytest.fixture(scope="session")
def forty_days() -> Played:
    """The sample day and what follows from it until its stream keys are rotated."""
    return played_once("--format", "jsonl", "--until", "40d")


def played_once(*options: str) -> Played:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = main(["replay", str(CORPUS), "--policy", str(DEMO), *options])
    return Played(code, out.getvalue(), err.getvalue())


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | Iterable[Any]], Path]:
    """A file of this name: text as it is, anything else as JSON Lines."""

    def put(name: str, content: str | Iterable[Any]) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            content = "".join(f"{json.dumps(each)}\n" for each in content)
        path.write_text(content, encoding="utf-8")
        return path

    return put


type Write = Callable[[str, str | Iterable[Any]], Path]
