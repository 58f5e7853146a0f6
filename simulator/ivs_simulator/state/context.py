"""The context of a world: what all its account regions share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivs_simulator.recording.storage import BottomlessStorage, Storage
from ivs_simulator.runtime.event_queue import EventQueue
from ivs_simulator.state.identifiers import Identifiers
from ivs_simulator.state.options import Options


@dataclass(slots=True)
class WorldContext:
    """The source of identifiers, the receiver of events, the event queue, the options and S3."""

    identifiers: Identifiers
    emit: Callable[[dict[str, Any]], None]
    event_queue: EventQueue = field(default_factory=EventQueue)
    options: Options = field(default_factory=Options)
    storage: Storage = field(default_factory=BottomlessStorage)
