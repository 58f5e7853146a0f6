"""Controls as observers read them, and what is decided again when a brake is released.

Every decision looks at the controls of its account and region, which seldom change. So an observer
remembers them for some seconds. Enforce reads them before each action.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.brief import brief
from streamwarden.domain.commands import (
    LimitMode,
    PauseActions,
    ReleaseBreaker,
    ResumeActions,
    SetMode,
)
from streamwarden.domain.inputs import Input, OwnInput, Recheck
from streamwarden.domain.state.controls import AccountControls, Pause, Sender
from streamwarden.domain.state.merge import Stamped
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import (
    Clock,
    ControlsLookup,
    FleetIndex,
    Inbox,
    ReadControls,
    RecordStore,
)
from streamwarden.services.records import FleetEntry, Record

REMEMBERED_FOR: Final = timedelta(seconds=5)
# Then it is tried again.
_PAUSED_FOR: Final = timedelta(minutes=5)
_STREAMWARDEN: Final = Sender(id="streamwarden")
# A sweep goes on with the rest (`services/sweep`).
_RECHECKS: Final = 1_000


class RememberedControls(Struct):
    """ObservedControls that are read again after some seconds."""

    lookup: ControlsLookup
    clock: Clock
    _read: dict[Place, tuple[datetime, AccountControls]] = field(default_factory=dict)

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        now = self.clock()
        known = None if afresh else self._known(place, now)
        return known or self._remember(place, now, partial(self.lookup.of, place))

    def load_with(
        self, store: RecordStore, resource_arn: str, *, afresh: bool = False
    ) -> tuple[Record, AccountControls]:
        """A stop waits for each call: where the controls have to be read, they are read at once."""
        place, now = place_of(resource_arn), self.clock()
        known = None if afresh else self._known(place, now)
        if known is not None:
            return store.load(resource_arn), known
        record, read = store.load_with_controls(resource_arn)
        return record, self._remember(place, now, read)

    def _known(self, place: Place, now: datetime) -> AccountControls | None:
        at, controls = self._read.get(place, (None, None))
        is_new = at is not None and timedelta(0) <= now - at < REMEMBERED_FOR
        return controls if is_new else None

    def _remember(self, place: Place, now: datetime, read: ReadControls) -> AccountControls:
        controls = _read_or_paused(read, now)
        self._read[place] = now, controls
        return controls


def _read_or_paused(read: ReadControls, now: datetime) -> AccountControls:
    """What happens is taken in also while nobody knows whether actions are paused."""
    try:
        return read()
    except PermanentError as obstacle:
        until = now + _PAUSED_FOR
        pause = Pause(reason=brief(str(obstacle)), author=_STREAMWARDEN, until=until)
        return AccountControls(pause=Stamped(pause, now))


class Rechecks(Struct, frozen=True, kw_only=True):
    """Has channels decided again, once a command has changed what they were decided under."""

    index_of: Callable[[Place], FleetIndex]
    inbox: Inbox
    clock: Clock

    def follow(self, account_arn: str, commands: Sequence[Input], decided_under: str) -> None:
        """Whatever the record holds already: a run that died after its save is done again."""
        if not any(map(_changes_decisions, commands)):
            return
        index = self.index_of(place_of(account_arn))
        entries = [each for each in index.entries() if not (each.is_gone or each.is_newer)]
        concerned = (e for e in entries if e.is_held or e.decided_under != decided_under)
        now = self.clock()
        self.inbox.put([_recheck(each, now) for each in _first(concerned)])


def _changes_decisions(given: Input) -> bool:
    """A pause too: it may end earlier than the one that holds now."""
    return isinstance(given, PauseActions | ResumeActions | ReleaseBreaker | SetMode | LimitMode)


def _first(entries: Iterable[FleetEntry]) -> list[FleetEntry]:
    """What is held, then what is live: a stop waits for nothing else."""
    return sorted(entries, key=lambda e: (not e.is_held, not e.live_stream_id, e.resource_arn))[
        :_RECHECKS
    ]


def _recheck(entry: FleetEntry, now: datetime) -> OwnInput:
    return Recheck(resource_arn=entry.resource_arn, time=now)
