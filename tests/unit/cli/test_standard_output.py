"""Standard streams that are closed, and those that can take nothing more."""

import errno
import io
import sys
from pathlib import Path

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main


class OnFullDisk(io.TextIOWrapper):
    """A file on a disk without room."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_a_stream_that_is_closed_changes_no_exit_code(
    stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, stream, None)

    assert main(["policy", "schema"]) is ExitCode.DONE


def test_a_document_on_standard_input_that_is_closed_is_empty(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert main(["policy", "check", "-"]) is ExitCode.FAILED
    assert "-:1:1: the file is empty" in capsys.readouterr().err


def test_a_disk_that_is_full_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with OnFullDisk(io.FileIO(tmp_path / "out", "w")) as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert main(["policy", "schema"]) is ExitCode.FAILED

    assert (
        capsys.readouterr().err
        == "streamwarden: the output cannot be written: No space left on device\n"
    )
