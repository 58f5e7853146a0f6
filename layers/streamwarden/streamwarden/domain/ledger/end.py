"""Where a ledger ends: all that every record knows of its ledger, and every cold start loads."""

from typing import Final

from msgspec import Struct


class Link(Struct, frozen=True, array_like=True):
    """An entry, as the one after it names it.

    `expires_at` is when it may be deleted, in seconds since 1970. No entry may be deleted before
    an earlier one.
    """

    sequence: int
    hash: str
    expires_at: int


class End(Struct, frozen=True, array_like=True, omit_defaults=True):
    """The end of a ledger, as its record holds it.

    `last` is its last entry; None while the record knows of none. `noted` are short digests of the
    last inputs that were noted for their own sake. They may arrive again, and are noted once.
    """

    last: Link | None = None
    noted: tuple[str, ...] = ()


NO_LEDGER: Final = End()
