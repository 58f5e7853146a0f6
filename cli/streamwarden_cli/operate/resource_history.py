"""What happened on a resource, from its record and the entries of its ledger.

A record keeps the newest of everything, and forgets what was done about a breach that is over. A
ledger keeps all that was decided and done, and nothing else. So where there are entries, they say
what was decided, and the record says the rest.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from streamwarden.domain.ledger.entry import Grounds
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode
from streamwarden.services.records import Record
from streamwarden_cli.operate.record_history import (
    DECIDED,
    NOTIFIED,
    US,
    HistoryItem,
    What,
    record_history,
)


class LedgerCause(Protocol):
    """An input that a decision followed from. `author` is who is behind it, if that is known."""

    @property
    def name(self) -> str: ...
    @property
    def author(self) -> str: ...


class LedgerDelivery(Protocol):
    """A notification that a destination was sent or was not, at the moment `at`."""

    @property
    def destination(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def at(self) -> datetime: ...


class LedgerNoted(Protocol):
    """One thing that was decided or done; `what` is one of the words of `What`."""

    @property
    def what(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def rule_id(self) -> str: ...
    @property
    def mode(self) -> Mode | None: ...
    @property
    def stream_id(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def attempt(self) -> int: ...
    @property
    def answer(self) -> OutcomeStatus | None: ...
    @property
    def delivery(self) -> LedgerDelivery | None: ...
    @property
    def grounds(self) -> Grounds | None: ...


class LedgerEntry(Protocol):
    """What was decided at one moment, in causal order."""

    @property
    def at(self) -> datetime: ...
    @property
    def decided_under(self) -> str: ...
    @property
    def causes(self) -> Sequence[LedgerCause]: ...
    @property
    def noted(self) -> Sequence[LedgerNoted]: ...


def history_of(record: Record, entries: Iterable[LedgerEntry] = ()) -> list[HistoryItem]:
    """The oldest first, of one moment causes before effects: entries come in their own order."""
    decided = [each for entry in entries for each in _ledger_history(entry)]
    known = record_history(record)
    if not decided:
        return known
    beside = (each for each in known if each.what not in DECIDED)
    return sorted([*beside, *decided], key=lambda each: each.at)


def source_of(entries: Sequence[LedgerEntry]) -> str:
    return "the ledger" if entries else "what the record still holds"


def _ledger_history(entry: LedgerEntry) -> Iterator[HistoryItem]:
    for noted in entry.noted:
        what = What(noted.what)
        yield HistoryItem(
            at=noted.delivery.at if noted.delivery else entry.at,
            what=what,
            text=_text(noted, what),
            rule_id=noted.rule_id,
            mode=noted.mode,
            stream_id=noted.stream_id,
            author=_author(entry, what),
            decided_under=entry.decided_under,
            grounds=noted.grounds,
        )


def _text(noted: LedgerNoted, what: What) -> str:
    match what:
        case What.COMMANDED:
            return f"command {noted.action}: {noted.reason}"
        case What.REQUESTED:
            again = f", attempt {noted.attempt}" if noted.attempt > 1 else ""
            return f"{noted.action} requested{again}: {noted.reason}"
        case What.FINISHED:
            return f"{noted.action} {noted.answer or ''}: {noted.reason}"
        case What.SENT | What.SUPPRESSED | What.NOT_SENT | What.DEAD_LETTERED:
            return f"{_describe(noted.delivery)}: {noted.reason}"
        case What.HELD | What.RELEASED if noted.action:
            return f"{noted.action}: {noted.reason}"
        case _:
            return noted.reason


def _describe(delivery: LedgerDelivery | None) -> str:
    """`opened, to chat`."""
    if delivery is None:
        return "notification"
    return (
        f"{delivery.status}, to {delivery.destination}" if delivery.destination else delivery.status
    )


def _author(entry: LedgerEntry, what: What) -> str:
    """Streamwarden acts; what it decided follows from what others did."""
    if what is What.FINISHED or what in NOTIFIED:
        return US
    return ", ".join(dict.fromkeys(each.author for each in entry.causes if each.author))
