"""`streamwarden ledger`: what stands in a ledger, in words, and whether it is whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, assert_never

import msgspec

from streamwarden.domain.ledger.chain import StoredEntry
from streamwarden.domain.ledger.end import Link
from streamwarden.domain.ledger.entry import Cause, Delivery, Entry, Noted, What
from streamwarden.domain.ledger.verification import Fault, faults_of, read_entry
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden_cli.console import Cell
from streamwarden_cli.operate.grounds import grounds_lines

type Read = tuple[StoredEntry, Entry | None]

_INDENT: Final = "    "
_POLICY_LENGTH: Final = 12
_LONGEST_ID: Final = 40
_STYLES: Final[Mapping[What, str]] = {
    What.COMMANDED: "bold",
    What.TRIPPED: "red",
    What.DEPLOYED: "bold",
    What.OPENED: "red",
    What.RESOLVED: "green",
    What.MODE_CHANGED: "yellow",
    What.HELD: "yellow",
    What.RELEASED: "green",
    What.REQUESTED: "yellow",
    What.FINISHED: "green",
    What.SENT: "green",
    What.SUPPRESSED: "yellow",
    What.NOT_SENT: "yellow",
    What.DEAD_LETTERED: "red",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying a ledger. `is_end_known` says whether a record names its end."""

    resource_arn: str
    stored: Sequence[StoredEntry]
    is_end_known: bool
    faults: Sequence[Fault]

    @property
    def is_empty(self) -> bool:
        return not self.stored and not self.is_end_known


def read(
    stored: Iterable[StoredEntry], since: datetime | None = None, until: datetime | None = None
) -> list[Read]:
    """The entries of a time. What is no entry is of any time."""
    pairs = ((each, read_entry(each)) for each in stored)
    return [
        (each, entry)
        for each, entry in pairs
        if entry is None
        or ((since is None or entry.at >= since) and (until is None or entry.at <= until))
    ]


def entry_lines(entries: Iterable[Read]) -> Iterator[Cell]:
    """Of each entry what was decided or done, and what caused it."""
    for stored, entry in entries:
        if entry is None:
            yield f"#{stored.sequence}", "bold"
            yield f"{_INDENT}cannot be read: see `streamwarden ledger verify`", "red"
            continue
        yield f"#{stored.sequence}  {_moment(entry.at)}  {_under(entry)}", "bold"
        for before, noted in zip((None, *entry.noted), entry.noted, strict=False):
            yield from _noted_lines(noted)
            if noted.grounds is not None and (before is None or noted.grounds != before.grounds):
                yield from (f"{_INDENT * 2}{line}" for line in grounds_lines(noted.grounds))
        if entry.left_out:
            yield f"{_INDENT}and {entry.left_out:,} more, which did not fit"
        for cause in entry.causes:
            yield from _cause_lines(cause)
        more = entry.inputs - len(entry.causes)
        if more > 0:
            yield f"{_INDENT}and of {more:,} inputs before"


def entries_as_json(entries: Iterable[Read]) -> list[dict[str, Any]]:
    """Each as it is stored, with its hash; only number and hash of what cannot be read."""
    return [
        {"sequence": stored.sequence, "hash": stored.hash}
        | ({} if entry is None else msgspec.to_builtins(entry))
        for stored, entry in entries
    ]


def verified(
    resource_arn: str, stored: Sequence[StoredEntry], end: Link | None, now: datetime
) -> Verified:
    return Verified(
        resource_arn=resource_arn,
        stored=stored,
        is_end_known=end is not None,
        faults=faults_of(resource_arn, stored, end, now),
    )


def verified_lines(each: Verified) -> Iterator[Cell]:
    if each.faults:
        yield f"{each.resource_arn}: not whole", "red"
        yield from (f"{_INDENT}entry {fault.sequence}: {fault.reason}" for fault in each.faults)
        return
    if not each.stored:
        expired = "all entries have expired" if each.is_end_known else "there is no entry"
        yield f"{each.resource_arn}: {expired}"
        return
    first, last = each.stored[0].sequence, each.stored[-1].sequence
    end = "" if each.is_end_known else "; no record says whether more followed"
    yield f"{each.resource_arn}: whole, entries {first} to {last}{end}"


def verified_as_json(each: Verified) -> dict[str, Any]:
    return {
        "resource_arn": each.resource_arn,
        "ok": not each.faults,
        "entries": len(each.stored),
        "last": each.stored[-1].sequence if each.stored else None,
        "hash": each.stored[-1].hash if each.stored else None,
        "is_end_known": each.is_end_known,
        "faults": msgspec.to_builtins(each.faults),
    }


def _noted_lines(noted: Noted) -> Iterator[Cell]:
    style = "red" if noted.answer is OutcomeStatus.FAILED else _STYLES[noted.what]
    stream = f", stream {noted.stream_id}" if noted.stream_id else ""
    subject = f", {noted.subject}" if noted.subject not in ("", noted.stream_id) else ""
    yield f"{_INDENT}{_headline(noted)}{stream}{subject}", style
    if noted.reason:
        yield f"{_INDENT}{_INDENT}{noted.reason}"
    if noted.delivery is not None:
        yield f"{_INDENT}{_INDENT}{_named(noted.delivery)}"


def _notified(noted: Noted) -> str:
    """`notification of no-marathons (opened) to chat: sent`."""
    given = noted.delivery
    status = f" ({given.status})" if given is not None else ""
    to = f" to {given.destination}" if given is not None and given.destination else ""
    return f"notification of {noted.rule_id}{status}{to}: {noted.what}"


def _named(delivery: Delivery) -> str:
    """When a destination was sent a notification or not, in which message, of which incident."""
    message = f"message {delivery.message_id}, " if delivery.message_id else ""
    return f"at {_moment(delivery.at)}, {message}incident {delivery.incident}"


def _headline(noted: Noted) -> str:
    rule = f"{noted.rule_id} ({noted.mode})" if noted.mode else noted.rule_id
    of_rule = f" for {rule}" if rule else ""
    match noted.what:
        case What.OPENED | What.RESOLVED:
            return f"breach of {rule} {noted.what}"
        case What.COMMANDED:
            return f"command {noted.action}{of_rule}"
        case What.TRIPPED:
            return f"breaker of {noted.rule_id} tripped"
        case What.DEPLOYED:
            return "deployed"
        case What.HELD | What.RELEASED:
            return f"{noted.action or f'actions of {rule}'} {noted.what}"
        case What.MODE_CHANGED:
            return f"mode of {noted.rule_id} is now {noted.mode}"
        case What.REQUESTED:
            attempt = f", attempt {noted.attempt}" if noted.attempt > 1 else ""
            return f"{noted.action} requested{attempt}{of_rule}"
        case What.FINISHED:
            return f"{noted.action} {noted.answer or 'finished'}{of_rule}"
        case What.SENT | What.SUPPRESSED | What.NOT_SENT | What.DEAD_LETTERED:
            return _notified(noted)
        case _:
            assert_never(noted.what)


def _cause_lines(cause: Cause) -> Iterator[Cell]:
    """The id of an action is left out, which is long, and whose parts are said already."""
    named = f" ({cause.id})" if cause.id and len(cause.id) <= _LONGEST_ID else ""
    yield f"{_INDENT}because of {cause.name}{named} at {_moment(cause.at)}"
    if cause.author:
        yield f"{_INDENT}{_INDENT}by {cause.author}"
    if cause.claimed_arn:
        yield f"{_INDENT}{_INDENT}who claims to be {cause.claimed_arn}"


def _under(entry: Entry) -> str:
    """`enforce, policy 0123456789ab`."""
    mode, _, policy = entry.decided_under.partition(":")
    return f"{mode}, policy {policy[:_POLICY_LENGTH]}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
