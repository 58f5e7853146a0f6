"""The control context: the world that the control interface works on, with its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ivs_simulator.runtime.call_log import CallLog
from ivs_simulator.runtime.clock import Clock
from ivs_simulator.world import World

type Body = Mapping[str, Any]
type Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ControlContext:
    """A world with its clock. A caller that reads the world holds its lock.

    Without a clock of ours, time is the caller's, and the control interface cannot advance it.
    """

    world: World
    account: str
    region: str
    calls: CallLog = field(default_factory=CallLog)
    clock: Clock | None = None
