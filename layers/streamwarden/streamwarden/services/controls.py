"""Controls as observers read them, and what is decided anew when a brake is released.

Every decision looks at the controls of its account and region, which seldom change. So an observer
remembers them for some seconds. Enforce reads them before each action.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

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
from streamwarden.services.ports import Clock, ControlsLookup, FleetIndex, Inbox
from streamwarden.services.records import FleetEntry

REMEMBERED_FOR: Final = timedelta(seconds=5)
# Then it is tried again.
_PAUSED_FOR: Final = timedelta(minutes=5)
_STREAMWARDEN: Final = Sender(id="streamwarden")
# A sweep goes on with the rest (`services/sweep`).
_RECHECKS: Final = 1_000


@dataclass(slots=True)
class RememberedControls:
    """ControlsLookup that asks another one again after some seconds."""

    lookup: ControlsLookup
    clock: Clock
    _read: dict[Place, tuple[datetime, AccountControls]] = field(default_factory=dict)

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        now, known = self.clock(), self._read.get(place)
        if known is not None and not afresh and timedelta(0) <= now - known[0] < REMEMBERED_FOR:
            return known[1]
        controls = self._read_or_paused(place, now)
        self._read[place] = now, controls
        return controls

    def _read_or_paused(self, place: Place, now: datetime) -> AccountControls:
        """What happens is taken in also while nobody knows whether actions are paused."""
        try:
            return self.lookup.of(place)
        except PermanentError as obstacle:
            until = now + _PAUSED_FOR
            pause = Pause(reason=brief(str(obstacle)), author=_STREAMWARDEN, until=until)
            return AccountControls(pause=Stamped(pause, now))


class Rechecks(Struct, frozen=True, kw_only=True):
    """Has channels decided anew, once a command has changed what they were decided under."""

    index_of: Callable[[Place], FleetIndex]
    inbox: Inbox
    clock: Clock

    def follow(self, account_arn: str, commands: Sequence[Input], decided_under: str) -> None:
        """Whatever the record holds already: a run that died after its save is done again."""
        if not any(map(_changes_decisions, commands)):
            return
        index = self.index_of(place_of(account_arn))
        entries = [each for each in index.entries() if not each.is_gone]
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
