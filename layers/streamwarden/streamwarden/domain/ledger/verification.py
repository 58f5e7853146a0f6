"""Finds what was altered, moved, put in or taken out of a ledger since it was written.

Who may write the table as they like can also write a whole new chain, and the record with it. So
this finds what anybody else does, and mistakes. docs/operations.md says what IAM adds.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct

from streamwarden.domain.ledger.chain import StoredEntry, hash_of
from streamwarden.domain.ledger.end import Link
from streamwarden.domain.ledger.entry import Entry

_BROKEN: Final = "the chain is broken: it names another entry than the one before it"


class Fault(Struct, frozen=True):
    """What is wrong with a ledger, at which entry."""

    sequence: int
    reason: str


def faults_of(
    resource_arn: str, stored: Sequence[StoredEntry], head: Link | None, now: datetime
) -> list[Fault]:
    """All that is wrong with a ledger, in order; nothing if it is whole.

    `stored` is what there is of it, by sequence. `head` is the last entry by its record;
    None if there is no record, or it names none. What has expired may be missing.
    """
    faults = [fault for each in stored for fault in _of_itself(resource_arn, each)]
    for before, each in zip([None, *stored], stored, strict=False):
        faults += _of_its_place(before, each, now)
    faults += _of_the_end(stored[-1].link if stored else None, head, now)
    return sorted(faults, key=lambda fault: fault.sequence)


def read_entry(stored: StoredEntry) -> Entry | None:
    """None where the text is no entry."""
    try:
        return msgspec.json.decode(stored.text, type=Entry)
    except msgspec.DecodeError:
        return None


def _of_itself(resource_arn: str, stored: StoredEntry) -> Iterator[Fault]:
    entry = read_entry(stored)
    if entry is None or hash_of(stored.text) != stored.hash:
        yield Fault(stored.sequence, "the entry was altered: it does not have its hash any more")
    elif entry.resource_arn != resource_arn:
        yield Fault(stored.sequence, f"the entry was moved: it is of {entry.resource_arn}")
    elif entry.sequence != stored.sequence:
        yield Fault(stored.sequence, f"the entry was moved: it is number {entry.sequence}")
    elif entry.expires_at != stored.expires_at:
        yield Fault(stored.sequence, "the entry was altered: it expires at another time")


def _of_its_place(before: StoredEntry | None, each: StoredEntry, now: datetime) -> Iterable[Fault]:
    """Whether it follows the entry before it; `before` is the one that is there."""
    entry = read_entry(each)
    if entry is None:
        return []
    follows = entry.follows
    if each.sequence == (before.sequence + 1 if before else 1):
        if follows == (before.link if before else None):
            return []
        return [Fault(each.sequence, _BROKEN)]
    if follows is None or follows.sequence != each.sequence - 1:
        return [Fault(each.sequence, _BROKEN)]
    return _missing(before.sequence if before else 0, follows, now)


def _of_the_end(last: Link | None, head: Link | None, now: datetime) -> Iterable[Fault]:
    if head is None or head == last:
        return []
    sequence = last.sequence if last else 0
    if sequence < head.sequence:
        return _missing(sequence, head, now)
    if sequence == head.sequence:
        return [Fault(sequence, "the entry was altered: the record names another hash")]
    return [
        Fault(number, "the entry was put in: the record says that the ledger ends before it")
        for number in range(head.sequence + 1, sequence + 1)
    ]


def _missing(before: int, last: Link, now: datetime) -> list[Fault]:
    """Between an entry that is there and the next one; `last` is the last that is not there."""
    if last.expires_at <= now.timestamp():
        return []
    first = before + 1
    which = (
        f"entry {first} is" if first == last.sequence else f"entries {first} to {last.sequence} are"
    )
    return [Fault(first, f"{which} missing, and must be there")]
