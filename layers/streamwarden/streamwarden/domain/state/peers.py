"""The peers of a live channel: the channels that it is counted together with.

A channel is judged by its own state alone. A sweep reads all channels, so it sends each live
channel its place among its peers. It sends the place again only if a rule needs it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.state.airtime import Usage
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.periods import LocalPeriod

# A sweep sends the place again after an hour, and the place is valid for two hours. A sweep without
# changes sends nothing, and neither does one that fails. No stream is stopped for old counts.
REPEATED_AFTER: Final = timedelta(hours=1)
FRESH_FOR: Final = timedelta(hours=2)

# A record holds the value twice for each tag that rules count by, and has little room.
_LONGEST_VALUE: Final = 48  # bytes
_DIGEST: Final = 32


class Peers(Struct, frozen=True, kw_only=True):
    """Where one live stream stands among those counted together with it, itself included.

    `value` is the `stored_value` of the tag that they share. `live` of them were on the air, and
    this one was the `rank`-th to start. `limits` are the ranks whose crossing a sweep sends.
    `is_heir` says that it became the first since, and that another one was the first until then.
    `aired` is the airtime of all of them together, in seconds, by the text of each period that a
    rule needs.
    """

    value: str
    live: int
    rank: int
    limits: tuple[int, ...] = ()
    is_heir: bool = False
    aired: Mapping[str, int] = field(default_factory=dict)

    def usage(self, counted_at: datetime, period: LocalPeriod, now: datetime) -> Usage | None:
        """The airtime of all in the period of `now`, counted at `counted_at`; None if unknown.

        It is unknown until a sweep has counted by that period. Of a period that has begun since,
        only the live streams are known.
        """
        seconds = self.aired.get(str(period))
        if seconds is None:
            return None
        streams, start = max(self.live, 1), period.around(now).start
        if counted_at < start:
            return Usage(timedelta(0), start, streams)
        return Usage(timedelta(seconds=seconds), counted_at, streams)


def fresh_peers(
    stored: Stamped[dict[str, Peers]] | None, key: str, value: str, now: datetime
) -> Peers | None:
    """The peers that share a tag's value, from a sweep; None if they are not known now."""
    if stored is None or now >= stored.at + FRESH_FOR:
        return None
    peers = stored.value.get(key)
    return peers if peers is not None and peers.value == stored_value(value) else None


def stored_value(value: str) -> str:
    """The value of a tag; a digest stands for a long one, which no other value shares by chance."""
    encoded = value.encode()
    return value if len(encoded) <= _LONGEST_VALUE else sha256(encoded).hexdigest()[:_DIGEST]
