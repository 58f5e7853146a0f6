"""`streamwarden why` and `report` on the stack of the demo, as an operator runs both."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from streamwarden_cli.console import COLUMNS
from streamwarden_cli.demo.printing import WIDTH
from streamwarden_cli.demo.stack import DeployedStack
from streamwarden_cli.local.access import administrator_environment

_PROGRAM: Final = "import sys; from streamwarden_cli.main import main; sys.exit(main())"
# What a terminal is, and where Python finds the command.
_OF_THE_TERMINAL: Final = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "PYTHONPATH", "TERM")


def explain(stack: DeployedStack, state_dir: Path, channel: str, rule: str) -> None:
    """Print what the command prints, with the colours of this terminal."""
    _run(stack, state_dir, "why", channel, "--rule", rule, prints=True)


def write_report(stack: DeployedStack, state_dir: Path) -> Path:
    """Where the page is, which stays when the stack is gone."""
    page, here = state_dir / "report.html", Path.cwd()
    _run(stack, state_dir, "report", "--output", str(page), prints=False)
    return page.relative_to(here) if page.is_relative_to(here) else page


def _run(stack: DeployedStack, state_dir: Path, *words: str, prints: bool) -> None:
    sys.stdout.flush()
    kept = {COLUMNS: str(WIDTH)}
    kept |= {name: os.environ[name] for name in _OF_THE_TERMINAL if name in os.environ}
    subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", _PROGRAM, *words, "--endpoint-url", stack.endpoint],
        env=kept | administrator_environment(stack.endpoint, home=state_dir),
        check=True,
        stdout=None if prints else subprocess.DEVNULL,
    )
