"""What the control interface works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.api.call_log import CallLog
from simulator.clock import Clock
from simulator.world import World

type Body = Mapping[str, Any]
type Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """A world with its clock; whoever looks into the world holds its lock.

    Without a clock of ours time is its caller's, and the control interface cannot advance it.
    """

    world: World
    account: str
    region: str
    calls: CallLog = field(default_factory=CallLog)
    clock: Clock | None = None
