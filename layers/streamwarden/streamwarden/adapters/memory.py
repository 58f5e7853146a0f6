"""Every port in memory: replay runs the real services on these, and tests get them for free.

They keep what the AWS adapters promise (versions, deduplication, one timer per channel) and
nothing else. Values live as long as their owner; nothing here reads a clock of its own.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.arn import Place, account_arn, parse_arn, place_of
from streamwarden.domain.breaker import Breaker
from streamwarden.domain.inputs import OwnInput
from streamwarden.domain.ledger.chain import StoredEntry, chained
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.ledger.verification import read_entry
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action, Notification
from streamwarden.services.errors import TemporaryError, VersionConflict
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ports import MOST_LOOKED_UP, Clock, ReadControls, RecordStore
from streamwarden.services.records import (
    FleetEntry,
    PendingMessages,
    Record,
    RequestedAction,
    Rotation,
    SecretValue,
    StoredBreaker,
)
from streamwarden.services.unfinished_sweep import FinishedSweep, RunningSweep

# A FIFO queue takes a message that it has already taken as sent, for this long (SQS, FIFO queues).
_DEDUPLICATED_FOR: Final = timedelta(minutes=5)
# As by default in template.yaml. Nothing here is deleted.
_LEDGER_KEPT: Final = timedelta(days=400)


@dataclass(slots=True)
class MemoryRecordStore:
    """RecordStore in a dictionary; the version tells who saved first.

    `ledgers` are the entries by resource.
    """

    ledgers: dict[str, list[StoredEntry]] = field(default_factory=dict)
    _records: dict[str, Record] = field(default_factory=dict)

    def channel_of(self, key_arn: str) -> str | None:
        owners = (each.state for each in self._records.values())
        return next((state.arn for state in owners if key_arn in state.stream_keys), None)

    def load(self, resource_arn: str) -> Record:
        record = self._records.get(resource_arn)
        return record or Record(state=Resource(arn=resource_arn))

    def load_with_controls(self, resource_arn: str) -> tuple[Record, ReadControls]:
        controls = MemoryControls(self).of(place_of(resource_arn))
        return self.load(resource_arn), lambda: controls

    def save(self, record: Record, before: Record) -> Record:
        arn = record.state.arn
        last = self._records.get(arn)
        if (last.version if last else 0) != before.version:
            raise VersionConflict(arn, self.load(arn))
        saved = replace(record, version=before.version + 1, entries=())
        if record.entries:
            ledger = self.ledgers.setdefault(arn, [])
            ledger += chained(record.entries, before.ledger.last, _LEDGER_KEPT)
            saved = replace(saved, ledger=replace(record.ledger, last=ledger[-1].link))
        self._records[arn] = saved
        return saved

    def newest_entries(self, resource_arn: str) -> list[Entry]:
        newest = reversed(self.ledgers.get(resource_arn, [])[-MOST_LOOKED_UP:])
        return [each for each in map(read_entry, newest) if each is not None]

    def records(self) -> list[Record]:
        """Everything remembered, by channel ARN."""
        return [self._records[arn] for arn in sorted(self._records)]


@dataclass(frozen=True, slots=True)
class MemoryControls:
    """ObservedControls: what the accounts' records in a MemoryRecordStore hold."""

    store: MemoryRecordStore

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        state = self.store.load(account_arn(place.account, place.region)).state
        return state.account_controls or NO_CONTROLS

    def load_with(
        self, store: RecordStore, resource_arn: str, *, afresh: bool = False
    ) -> tuple[Record, AccountControls]:
        return store.load(resource_arn), self.of(place_of(resource_arn))


@dataclass(slots=True)
class MemoryBreakers:
    """BreakerStore in a dictionary."""

    _stored: dict[tuple[Place, str], StoredBreaker] = field(default_factory=dict)

    def load(self, place: Place, rule_id: str) -> StoredBreaker:
        return self._stored.get((place, rule_id), StoredBreaker())

    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        if self.load(place, rule_id) != before:
            raise VersionConflict(rule_id)
        self._stored[place, rule_id] = StoredBreaker(breaker=breaker, version=before.version + 1)


@dataclass(frozen=True, slots=True)
class MemoryBeforeAction:
    """BeforeAction as it was when it was read."""

    request: RequestedAction | None
    read_controls: AccountControls
    read_breaker: StoredBreaker

    def controls(self) -> AccountControls:
        return self.read_controls

    def breaker(self) -> StoredBreaker:
        return self.read_breaker


@dataclass(frozen=True, slots=True)
class MemoryActionLookup:
    """ActionLookup of what a MemoryRecordStore and MemoryBreakers hold."""

    store: MemoryRecordStore
    breakers: MemoryBreakers

    def before(self, action: Action) -> MemoryBeforeAction:
        place = place_of(action.resource_arn)
        return MemoryBeforeAction(
            self.store.load(action.resource_arn).requested.get(action.id),
            MemoryControls(self.store).of(place),
            self.breakers.load(place, action.rule_id),
        )


@dataclass(slots=True)
class MemoryTimers:
    """Timers. The owner of the time asks them which is next, and which are due."""

    _set: dict[str, datetime] = field(default_factory=dict)
    _heap: list[tuple[datetime, str]] = field(default_factory=list)

    def set(self, resource_arn: str, at: datetime) -> None:
        self._set[resource_arn] = at
        heappush(self._heap, (at, resource_arn))

    def next_at(self) -> datetime | None:
        """When the next timer fires; None when none is set."""
        while self._heap and self._set.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)  # set again since, or fired
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: datetime) -> str | None:
        """The channel of the earliest timer that is due, which has then fired; by ARN if equal."""
        at = self.next_at()
        if at is None or at > now:
            return None
        _, resource_arn = heappop(self._heap)
        del self._set[resource_arn]
        return resource_arn


@dataclass(slots=True)
class MemoryOutbox:
    """Outbox to two queues, which take what was sent again within five minutes as sent once."""

    clock: Clock
    actions: deque[Action] = field(default_factory=deque)
    notifications: deque[Notification] = field(default_factory=deque)
    _sent_at: dict[str, datetime] = field(default_factory=dict)

    def send(self, pending: PendingMessages) -> None:
        self.actions += [
            each
            for each in pending.actions
            if self._is_new(f"{each.id}#{each.attempt}#{each.decided_at}")
        ]
        self.notifications += [each for each in pending.notifications if self._is_new(each.id)]

    def _is_new(self, name: str) -> bool:
        now, before = self.clock(), self._sent_at.get(name)
        if before is not None and now - before < _DEDUPLICATED_FOR:
            return False
        self._sent_at[name] = now
        return True


@dataclass(slots=True)
class MemoryInbox:
    """Inbox with one queue; what plays the observers takes from `inputs`."""

    inputs: deque[OwnInput] = field(default_factory=deque)

    def put(self, inputs: Sequence[OwnInput]) -> None:
        self.inputs += inputs


@dataclass(frozen=True, slots=True)
class MemoryFleetIndex:
    """FleetIndex over the channels of a MemoryRecordStore in one account and region."""

    store: MemoryRecordStore
    account: str
    region: str

    def entries(self) -> Iterable[FleetEntry]:
        return [fleet_entry(record) for record in self.store.records() if self._holds(record)]

    def _holds(self, record: Record) -> bool:
        arn = parse_arn(record.state.arn)
        return (arn.account, arn.region) == (self.account, self.region)


@dataclass(slots=True)
class MemoryRotationLog:
    """RotationLog of one account and region."""

    _unfinished: dict[str, Rotation] = field(default_factory=dict)

    def unfinished(self, channel_arn: str) -> Rotation | None:
        return self._unfinished.get(channel_arn)

    def all_unfinished(self) -> Iterable[str]:
        return sorted(self._unfinished)

    def begin(self, rotation: Rotation) -> None:
        if rotation.channel_arn in self._unfinished:
            raise TemporaryError("another rotation of the channel has just begun")
        self._unfinished[rotation.channel_arn] = rotation

    def replace(self, rotation: Rotation, by: Rotation) -> None:
        if self._unfinished.get(rotation.channel_arn) == rotation:
            self._unfinished[rotation.channel_arn] = by

    def finish(self, rotation: Rotation) -> None:
        if self._unfinished.get(rotation.channel_arn) == rotation:
            del self._unfinished[rotation.channel_arn]


@dataclass(slots=True)
class MemorySweepLog:
    """SweepLog of one account and region."""

    _running: RunningSweep | None = None
    _last: FinishedSweep | None = None

    def running(self) -> RunningSweep | None:
        return self._running

    def save(self, sweep: RunningSweep, before: RunningSweep | None) -> RunningSweep:
        if self._running != before:
            raise VersionConflict(sweep.holder)
        self._running = replace(sweep, version=before.version + 1 if before else 1)
        return self._running

    def finish(self, sweep: RunningSweep, finished: FinishedSweep) -> None:
        if self._running == sweep:
            self._running = None
            self._last = finished

    def last(self) -> FinishedSweep | None:
        return self._last


@dataclass(slots=True)
class MemorySecretStore:
    """SecretStore that forgets the value: it keeps which key is current under which name."""

    prefix: str = "streamwarden/"
    key_arns: dict[str, str] = field(default_factory=dict)

    def publish(self, channel_arn: str, key_arn: str, value: SecretValue) -> str:
        name = f"{self.prefix}{parse_arn(channel_arn).resource_id}"
        self.key_arns[name] = key_arn
        return name

    def retire(self, channel_arn: str) -> bool:
        return bool(self.key_arns.pop(f"{self.prefix}{parse_arn(channel_arn).resource_id}", ""))
