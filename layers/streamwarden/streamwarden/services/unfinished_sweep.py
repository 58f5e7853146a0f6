"""What a sweep hands on when it stops before its end: a value that stays small.

An account may have more channels than fit into an item of the table. Of channels that were read and
reported, only what the end of the sweep needs is kept: counts, and a bit for each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import ResourceType
from streamwarden.services.records import ListedResource

# 128 KiB. Of 100,000 channels one in ten shares its bit with another.
_BITS: Final = 1 << 20


class Listing(StrEnum):
    """What a sweep reads next. The rest is short, and is read as a whole."""

    STREAMS = "streams"
    CHANNELS = "channels"
    REST = "rest"


class Marks(Struct, frozen=True):
    """Which channels were listed, as one bit for each.

    Two channels may share a bit. If one of them is gone, this sweep does not find it. Every sweep
    has a salt of its own, so the next one does.
    """

    salt: str
    bits: bytes = b""

    def __contains__(self, arn: str) -> bool:
        at, bit = self._place(arn)
        return bool(self.bits) and bool(self.bits[at] & bit)

    def with_arns(self, arns: Iterable[str]) -> "Marks":
        bits = bytearray(self.bits or bytes(_BITS // 8))
        for arn in arns:
            at, bit = self._place(arn)
            bits[at] |= bit
        return replace(self, bits=bytes(bits))

    def _place(self, arn: str) -> tuple[int, int]:
        digest = blake2b(arn.encode(), digest_size=8, key=self.salt.encode()).digest()
        number = int.from_bytes(digest) % _BITS
        return number // 8, 1 << number % 8


class Uses(Struct, frozen=True, kw_only=True):
    """How many channels there are, how many of them are private, and how many use what, by ARN."""

    channels: int = 0
    private: int = 0
    by_arn: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Uses") -> "Uses":
        return Uses(
            channels=self.channels + other.channels,
            private=self.private + other.private,
            by_arn=Counter(self.by_arn) + Counter(other.by_arn),
        )


class Together(Struct, frozen=True, kw_only=True):
    """What peers are counted by: the tags of live channels, and airtime by tag and value.

    Airtime stands under the text of each period that the policy needs.
    """

    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    spent: Mapping[str, Mapping[str, Mapping[str, timedelta]]] = field(default_factory=dict)


class UnfinishedSweep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a sweep has come. Everything before `token` of `listing` was read and reported.

    `began_at` is the moment of which all its reports are true, and `decided_under` what decisions
    depended on then: another policy needs other things to be read. `others` are the resources
    beside channels, once they were read. `restarted` are the listings that began again.
    """

    began_at: datetime
    listed: Marks
    decided_under: str = ""
    listing: Listing = Listing.STREAMS
    token: str = ""
    streams: tuple[LiveStream, ...] = ()
    uses: Uses = field(default_factory=Uses)
    together: Together = field(default_factory=Together)
    others: Mapping[ResourceType, tuple[ListedResource, ...]] | None = None
    differences: int = 0
    outdated: int = 0
    rechecked: int = 0
    restarted: tuple[Listing, ...] = ()

    @property
    def has_read(self) -> bool:
        return self.listing is not Listing.STREAMS or bool(self.token)

    def from_start(self) -> "UnfinishedSweep":
        """The same with its listing begun again: what was kept of the listing counts no more."""
        begun = replace(self, token="", restarted=(*self.restarted, self.listing))
        if self.listing is Listing.STREAMS:
            return replace(begun, streams=())
        return replace(begun, listed=Marks(self.listed.salt), uses=Uses(), together=Together())


def begun_at(moment: datetime, decided_under: str) -> UnfinishedSweep:
    return UnfinishedSweep(
        began_at=moment, listed=Marks(moment.isoformat()), decided_under=decided_under
    )


class RunningSweep(Struct, frozen=True, kw_only=True):
    """The sweep that is under way, and the invocation that works on it.

    `holder` may work until `held_until`. `tries` counts the invocations that began where it is now.
    `version` counts the saves; 0 was never saved.
    """

    holder: str
    held_until: datetime
    tries: int
    unfinished: UnfinishedSweep
    version: int = 0


class FinishedSweep(Struct, frozen=True, kw_only=True):
    """The last sweep that has read everything, for operators. `decided_under` as in records."""

    began_at: datetime
    finished_at: datetime
    decided_under: str
    channels: int
    streams: int
    differences: int
    outdated: int
    rechecked: int
