"""Where simulators run: this command's own, or the one a local stack is deployed on."""

import shlex
from pathlib import Path
from typing import Final

from ivs_simulator.control.client import Control
from streamwarden_cli.local import server
from streamwarden_cli.local.access import ROOT
from streamwarden_cli.local.access import STATE as LOCAL_STATE

STATE: Final = ROOT / ".streamwarden" / "sim"


class NotPlayable(Exception):
    """The simulator cannot do what was asked; the message says why."""


def simulator_of(state_dir: Path | None) -> server.LocalAws:
    """The simulator of this directory, else the one that runs. Raises NotPlayable without one."""
    directories = [state_dir] if state_dir is not None else [STATE, LOCAL_STATE]
    found = [local for each in directories if (local := server.running(each)) is not None]
    match found:
        case [local]:
            return local
        case []:
            where = f" in {state_dir}" if state_dir is not None else ""
            raise NotPlayable(f"no simulator runs{where}: start one with {up_command(state_dir)}")
        case _:
            raise NotPlayable(
                "two simulators run, of `sim up` and of `local up`: stop the first with "
                f"`streamwarden sim down`, or name one:{_option(STATE)} or{_option(LOCAL_STATE)}"
            )


def control_of(local: server.LocalAws) -> Control:
    """The control interface of a simulator."""
    return Control(local.control_url)


def up_command(state_dir: Path | None) -> str:
    """What starts the simulator of this directory, as it is typed."""
    chosen = None if state_dir == STATE else state_dir
    return f"`streamwarden sim up{_option(chosen)}`"


def leave_command(channel: str, state_dir: Path | None) -> str:
    """What ends the stream of a channel there, as it is typed."""
    return f"streamwarden sim leave {channel}{_option(state_dir)}"


def _option(state_dir: Path | None) -> str:
    return "" if state_dir is None else f" --state-dir {shlex.quote(str(state_dir))}"
