"""What every realm of one world shares."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ivs_simulator.recording.storage import BottomlessStorage, Storage
from ivs_simulator.runtime.event_queue import Agenda
from ivs_simulator.state.identifiers import Identifiers
from ivs_simulator.state.options import Behaviour


@dataclass(slots=True)
class Surroundings:
    """The source of names, the ear for events, the timers, the switches and S3."""

    identifiers: Identifiers
    emit: Callable[[dict[str, Any]], None]
    agenda: Agenda = field(default_factory=Agenda)
    behaviour: Behaviour = field(default_factory=Behaviour)
    storage: Storage = field(default_factory=BottomlessStorage)
