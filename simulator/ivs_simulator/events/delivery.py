"""Best-effort delivery: how events get from IVS to EventBridge, and what can happen on the way.

Source: the IVS page on EventBridge. Events can be lost, arrive late by hours or out of order.
Duplicates it does not mention; EventBridge delivers at least once, so they are here as well.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from ivs_simulator.runtime.event_queue import EventQueue

type Envelope = dict[str, Any]
type Deliver = Callable[[Envelope], None]

# How long an event that lets the next one pass waits for it.
PATIENCE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chaos:
    """What delivery does to events; nothing unless asked. The knobs are probabilities, 0 to 1."""

    loss: float = 0.0
    # A second copy with the same id; it may be late by itself.
    duplication: float = 0.0
    # Late by up to `longest_delay`, each lateness as likely as any other.
    delay: float = 0.0
    # AWS says "hours"; it keeps trying for several of them.
    longest_delay: timedelta = timedelta(hours=2)
    # The event lets the next one pass before it.
    reordering: float = 0.0

    def __post_init__(self) -> None:
        for name in ("loss", "duplication", "delay", "reordering"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a probability, from 0 to 1")
        if self.longest_delay <= timedelta(0):
            raise ValueError("longest_delay is longer than nothing")

    @property
    def is_off(self) -> bool:
        return not (self.loss or self.duplication or self.delay or self.reordering)


@dataclass(frozen=True, slots=True)
class _Fate:
    """What would happen to one event at the given knobs."""

    is_lost: bool
    lets_pass: bool
    delays: tuple[timedelta, ...]

    @classmethod
    def draw(cls, chance: Random, chaos: Chaos) -> "_Fate":
        # Always the same number of draws: turning one knob does not change what others do.
        lost, doubled, passed, *late = (chance.random() for _ in range(7))
        delays = tuple(
            chaos.longest_delay * lateness if luck < chaos.delay else timedelta(0)
            for luck, lateness in (late[:2], late[2:])
        )
        copies = 2 if doubled < chaos.duplication else 1
        return cls(lost < chaos.loss, passed < chaos.reordering, delays[:copies])


class Delivery:
    """Brings envelopes as they are to their receiver: at once, late, twice, or never."""

    def __init__(
        self,
        deliver: Deliver,
        event_queue: EventQueue,
        clock: Callable[[], datetime],
        seed: int = 0,
    ) -> None:
        self._deliver = deliver
        self._event_queue = event_queue
        self._clock = clock
        self._chance = Random(f"{seed}:delivery")  # noqa: S311 - reproducible on purpose
        self._chaos = Chaos()
        self._held: list[Envelope] = []

    @property
    def chaos(self) -> Chaos:
        return self._chaos

    @chaos.setter
    def chaos(self, chaos: Chaos) -> None:
        """Holds for events sent from now on; what is late already stays late."""
        self._chaos = chaos
        self._release()

    def send(self, envelope: Envelope) -> None:
        if self._chaos.is_off:
            self._deliver(envelope)
            return
        fate = _Fate.draw(self._chance, self._chaos)
        if not fate.is_lost:
            self._carry(envelope, fate)

    def clear(self) -> None:
        """Forgets what is held back; what is late is in the event queue."""
        self._held = []

    def _carry(self, envelope: Envelope, fate: _Fate) -> None:
        immediate: list[Envelope] = []
        for number, delay in enumerate(fate.delays):
            copy = envelope if number == 0 else deepcopy(envelope)
            if delay:
                self._arrive_late(copy, delay)
            else:
                immediate.append(copy)
        if immediate and fate.lets_pass and not self._held:
            self._hold(immediate)
        elif immediate:
            self._arrive(*immediate)
            self._release()

    def _arrive_late(self, envelope: Envelope, delay: timedelta) -> None:
        self._event_queue.add(self._clock() + delay, lambda _: self._arrive(envelope))

    def _hold(self, envelopes: list[Envelope]) -> None:
        self._held = envelopes
        due = self._clock() + PATIENCE
        self._event_queue.add(due, lambda _: self._release(envelopes))

    def _release(self, only: list[Envelope] | None = None) -> None:
        """Lets go what is held, or nothing if it is no longer what was meant."""
        if only is None or self._held is only:
            released, self._held = self._held, []
            self._arrive(*released)

    def _arrive(self, *envelopes: Envelope) -> None:
        for envelope in envelopes:
            self._deliver(envelope)
