"""`streamwarden why` against the demo's stack, as an operator of the local AWS runs it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from streamwarden_cli.demo.stack import DeployedStack
from streamwarden_cli.local.access import administrator_environment

_PROGRAM: Final = "import sys; from streamwarden_cli.main import main; sys.exit(main())"
# What a terminal is, and where Python finds the command.
_OF_THE_TERMINAL: Final = ("COLORTERM", "COLUMNS", "LINES", "NO_COLOR", "PYTHONPATH", "TERM")


def explain(stack: DeployedStack, state_dir: Path, channel: str) -> None:
    """Print what the command prints, with the colours of this terminal."""
    sys.stdout.flush()
    kept = {name: os.environ[name] for name in _OF_THE_TERMINAL if name in os.environ}
    subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", _PROGRAM, "why", channel, "--endpoint-url", stack.endpoint],
        env=kept | administrator_environment(stack.endpoint, home=state_dir),
        check=True,
    )
