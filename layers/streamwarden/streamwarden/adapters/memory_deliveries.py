"""Deliveries, wakes and destinations in memory, for tests and for the benchmarks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streamwarden.domain.notifications.delivery import (
    DeadLettered,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Unreadable,
    name_of,
    name_of_id,
)
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, VersionConflict
from streamwarden.services.ports import LONGEST_WAKE, Clock
from streamwarden.services.records import StoredState


@dataclass(slots=True)
class MemoryDeliveries:
    """Deliveries that forget nothing."""

    _waiting: dict[str, dict[str, PendingDelivery]] = field(default_factory=dict)
    _opens: dict[str, dict[str, OpenIncident]] = field(default_factory=dict)
    _done: set[tuple[str, str]] = field(default_factory=set)
    _dead: dict[tuple[str, str], DeadLettered] = field(default_factory=dict)
    _states: dict[str, StoredState] = field(default_factory=dict)

    def destinations(self) -> Sequence[str]:
        return sorted({*self._waiting, *self._opens})

    def opened_at(self, incident: str) -> Mapping[str, OpenIncident]:
        return {name: each[incident] for name, each in self._opens.items() if incident in each}

    def add(
        self, destination: str, notification: Notification, opened: OpenIncident | None
    ) -> bool:
        name = name_of(notification)
        if (destination, name) in self._done:
            return False
        self._waiting.setdefault(destination, {})[name] = PendingDelivery(notification)
        if opened is not None:
            self._opens.setdefault(destination, {}).setdefault(opened.key, opened)
        return True

    def waiting(self, destination: str) -> Sequence[PendingDelivery]:
        return list(self._waiting.get(destination, {}).values())

    def hold(self, destination: str, pending: PendingDelivery) -> None:
        self._waiting[destination][name_of(pending.notification)] = pending

    def opens(self, destination: str) -> Sequence[OpenIncident]:
        return list(self._opens.get(destination, {}).values())

    def finish(
        self,
        destination: str,
        done: Sequence[Notification],
        opens: Sequence[OpenIncident] = (),
        ended: Sequence[str] = (),
        *,
        is_dead: bool = False,
        kind: str = "",
    ) -> None:
        _check_distinct([*(each.key for each in opens), *dict.fromkeys(ended)])
        _check_distinct(list(map(name_of, done)))
        known = self._opens.setdefault(destination, {})
        known |= {each.key: each for each in opens}
        for key in ended:
            known.pop(key, None)
        for each in done:
            name = name_of(each)
            self._done.add((destination, name))
            if is_dead:
                self._dead[destination, name] = DeadLettered(each, kind)
            self._waiting.get(destination, {}).pop(name, None)

    def give_up(
        self, destination: str, unreadable: Unreadable, kind: str, ended: Sequence[str] = ()
    ) -> None:
        """Nothing in memory is unreadable: it is forgotten, and what it says is not kept."""
        for key in ended:
            self._opens.get(destination, {}).pop(key, None)
        self._done.add((destination, unreadable.key))
        self._waiting.get(destination, {}).pop(unreadable.key, None)

    def dead_lettered(self, destination: str, notification_id: str) -> DeadLettered | None:
        return self._dead.get((destination, name_of_id(notification_id)))

    def revive(
        self,
        destination: str,
        notification: Notification,
        opened: OpenIncident | None = None,
    ) -> None:
        name = name_of(notification)
        if self._dead.pop((destination, name), None) is not None:
            self._done.remove((destination, name))
            self.add(destination, notification, opened)

    def state(self, destination: str) -> StoredState:
        return self._states.get(destination, StoredState())

    def save(self, destination: str, state: DestinationState, before: StoredState) -> StoredState:
        if self.state(destination).version != before.version:
            raise VersionConflict(destination)
        self._states[destination] = StoredState(state, before.version + 1)
        return self._states[destination]


def _check_distinct(keys: Sequence[str]) -> None:
    """DynamoDB refuses to write one item twice at once (BatchWriteItem, ValidationException)."""
    if len(set(keys)) < len(keys):
        raise PermanentError("dynamodb:BatchWriteItem: ValidationException")


@dataclass(slots=True)
class MemoryWakes:
    """Wakes by the moment at which they are due."""

    clock: Clock
    due: list[tuple[datetime, str]] = field(default_factory=list)

    def wake(self, destination: str, after: timedelta) -> None:
        self.due.append((self.clock() + min(after, LONGEST_WAKE), destination))


@dataclass(slots=True)
class MemoryDestination:
    """Destination that keeps what is delivered to it."""

    messages: list[Message] = field(default_factory=list)

    def deliver(self, message: Message) -> None:
        self.messages.append(message)
