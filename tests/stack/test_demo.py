"""The demo holds on its own local AWS, in two screens, and says in the end what was sent."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from streamwarden_cli.local.access import ROOT

_LINES: Final = 100
_COLUMNS: Final = 100


def test_the_demo_is_true_and_fits_two_screens_also_in_a_file(state: Path) -> None:
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "streamwarden_cli.demo", str(state / "demo")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [each for each in lines if len(each) > _COLUMNS] == []
    assert len(lines) <= _LINES, done.stdout
    in_order = [
        "The rules in force",
        "What happened, by channel (UTC)",
        "stubborn-show",
        "talk-show",
        "old-camera",
        "hall-1 to hall-6",
        "The messages that were sent",
    ]
    assert [each for each in lines if each in in_order] == in_order
    assert any(each.startswith("streamwarden why hall-") for each in lines)
    _, page = lines[-2].split(": ")
    assert (ROOT / page).is_file()
