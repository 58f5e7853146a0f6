"""Runs the command as a person does, and reads what it prints."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from streamwarden_cli.main import main


class Output(NamedTuple):
    """What one run of the command left behind."""

    code: int
    out: str
    err: str


type Run = Callable[..., Output]


@pytest.fixture
def policy(capsys: pytest.CaptureFixture[str]) -> Run:
    """`streamwarden policy` with these arguments."""

    def run(*arguments: str | Path) -> Output:
        code = main(["policy", *map(str, arguments)])
        return Output(code, *capsys.readouterr())

    return run
