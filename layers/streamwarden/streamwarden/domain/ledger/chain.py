"""How the entries of a ledger hang together: each names the one before it by its hash.

The hash is of the text that is stored, byte for byte, so that every reader can compute it. The
text is canonical: members in order, no spaces, no stream keys.
"""

from collections.abc import Iterable
from copy import replace
from datetime import timedelta
from hashlib import sha256

import msgspec
from msgspec import Struct

from streamwarden.domain.ledger.end import Link
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.redaction import redacted_json


class StoredEntry(Struct, frozen=True, kw_only=True):
    """An entry as it is stored. `sequence` is the key that it is found by."""

    sequence: int
    text: str
    hash: str
    expires_at: int

    @property
    def link(self) -> Link:
        return Link(self.sequence, self.hash, self.expires_at)


def hash_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def chained(
    entries: Iterable[Entry], before: Link | None, kept_for: timedelta
) -> list[StoredEntry]:
    """The entries as they continue a ledger, of which `before` is the last one; None if it is new.

    None expires before an earlier one, also where the retention was made shorter. So what is
    deleted is always the beginning.
    """
    stored: list[StoredEntry] = []
    for entry in entries:
        own_expiry = int((entry.at + kept_for).timestamp())
        placed = replace(
            entry,
            sequence=before.sequence + 1 if before else 1,
            follows=before,
            expires_at=max(own_expiry, before.expires_at) if before else own_expiry,
        )
        text = redacted_json(msgspec.json.encode(placed, order="sorted").decode())
        stored.append(
            StoredEntry(
                sequence=placed.sequence,
                text=text,
                hash=hash_of(text),
                expires_at=placed.expires_at,
            )
        )
        before = stored[-1].link
    return stored
