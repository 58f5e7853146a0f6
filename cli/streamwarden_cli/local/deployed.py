"""Which policy the local stack was deployed with last, and in which mode: remembered in a file.

The stack itself holds the compiled policy, which names no file.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from streamwarden_cli.local.deployment import Mode
from streamwarden_cli.local.server import LocalAws

_FILE: Final = "deployed.json"


@dataclass(frozen=True, slots=True)
class Deployed:
    policy: Path
    mode: Mode

    @property
    def texts(self) -> dict[str, str]:
        """As people and programs are told."""
        return {"policy": str(self.policy), "mode": self.mode}


def remember(deployed: Deployed, local: LocalAws, state_dir: Path) -> None:
    text = json.dumps({"pid": local.pid, **deployed.texts})
    (state_dir / _FILE).write_text(text, encoding="utf-8")


def last_deployed(local: LocalAws | None, state_dir: Path) -> Deployed | None:
    """None where nothing is deployed: another local AWS has gone with all that it held."""
    with suppress(OSError, ValueError, LookupError):
        found = json.loads((state_dir / _FILE).read_text("utf-8"))
        if local is not None and found["pid"] == local.pid:
            return Deployed(Path(found["policy"]), cast(Mode, found["mode"]))
    return None
