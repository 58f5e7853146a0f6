"""A run that is killed cannot stop its servers. The next run does it, and removes what they kept.

A run holds a lock for as long as it lives. So a folder whose lock is free belongs to nobody.
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
    remove_leftovers()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    with (folder / "owner.new").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / "owner.new").rename(folder / _OWNER)  # it is seen when it is locked
        try:
            yield folder
        finally:
            _remove(folder)


def remove_leftovers() -> None:
    for owner in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{_OWNER}"):
        with owner.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # its run goes on
            _remove(owner.parent)


def _remove(folder: Path) -> None:
    for each in folder.iterdir():
        if each.is_dir():
            server.stop(each)
    shutil.rmtree(folder)
