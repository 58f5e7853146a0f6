"""Processes of one run begin together, and each removes what a killed run has left."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.stack import leftovers

PROCESSES = 6
REMAINS = 40


def test_processes_that_begin_together_remove_what_a_killed_run_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for number in range(REMAINS):
        (tmp_path / f"{leftovers.PREFIX}{number}" / "account").mkdir(parents=True)
        (tmp_path / f"{leftovers.PREFIX}{number}" / "owner.lock").touch()
    begun = Barrier(PROCESSES)

    def begin_and_end(_: int) -> bool:
        begun.wait()
        with leftovers.folder_of_this_run() as folder:
            return folder.is_dir()

    with ThreadPoolExecutor(PROCESSES) as threads:
        assert all(threads.map(begin_and_end, range(PROCESSES)))

    assert not list(tmp_path.glob(f"{leftovers.PREFIX}*"))


@pytest.mark.parametrize("kept", [(), ("owner.lock",)])
def test_a_folder_without_a_living_owner_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: tuple[str, ...]
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    remains = tmp_path / f"{leftovers.PREFIX}killed"
    remains.mkdir()
    for name in kept:
        (remains / name).touch()

    with leftovers.folder_of_this_run() as folder:
        assert not remains.exists()
        with leftovers.folder_of_this_run():
            assert folder.exists()
