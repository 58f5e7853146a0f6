"""A run that is killed cannot stop its servers. The next run does it, and removes what they kept.

A run consists of several processes, which begin together. Each holds a lock on a file in its folder
for as long as it lives. So a folder whose lock is free, or which has none, belongs to nobody. One
process at a time makes or removes folders.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streamwarden_cli.local import server

PREFIX: Final = f"streamwarden-tests-{os.getuid()}-"
_OWNER: Final = "owner.lock"


@contextmanager
def folder_of_this_run() -> Iterator[Path]:
    """A folder for this process alone, which is gone afterwards, and its servers with it.

    It is removed only when they have stopped: without the folder nobody finds them again.
    """
    with _alone():
        for each in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
            if not _has_owner(each):
                _remove(each)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        owner = (folder / _OWNER).open("w")
        fcntl.flock(owner, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        with _alone(), owner:
            _remove(folder)


@contextmanager
def _alone() -> Iterator[None]:
    directory = os.open(tempfile.gettempdir(), os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        yield
    finally:
        os.close(directory)


def _has_owner(folder: Path) -> bool:
    try:
        with (folder / _OWNER).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _remove(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir():
            server.stop(each)
    shutil.rmtree(folder)
