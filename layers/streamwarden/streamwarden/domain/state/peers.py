"""The peers of a live channel: the channels that it is counted together with.

A channel is judged by its own state alone. A sweep reads all channels, so it sends each live
channel its place among its peers. It sends the place again only if a rule needs it.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.state.airtime import Period, Usage
from streamwarden.domain.state.merge import Stamped

# A sweep sends the place again after an hour, and the place is valid for two hours. A sweep without
# changes sends nothing, and neither does one that fails. No stream is stopped for old counts.
REPEATED_AFTER: Final = timedelta(hours=1)
FRESH_FOR: Final = timedelta(hours=2)


class Aired(Struct, frozen=True):
    """Seconds on the air in the UTC day and month of the moment at which it was counted."""

    in_day: int
    in_month: int

    def within(self, period: Period) -> timedelta:
        return timedelta(seconds=self.in_day if period is Period.DAY else self.in_month)


class Peers(Struct, frozen=True, kw_only=True):
    """Where one live stream stands among those counted together with it, itself included.

    `value` is that of the tag that they share. `live` of them were on the air, and this one was
    the `rank`-th to start. `limits` are the ranks whose crossing a sweep sends. `aired` is the
    airtime of all of them together; None if no rule needs it.
    """

    value: str
    live: int
    rank: int
    limits: tuple[int, ...] = ()
    aired: Aired | None = None

    def usage(self, counted_at: datetime, period: Period, now: datetime) -> Usage | None:
        """The airtime of all in the period of `now`, counted at `counted_at`; None if unknown.

        Of a period that has begun since, only the live streams are known.
        """
        if self.aired is None:
            return None
        streams, start = max(self.live, 1), period.around(now).start
        if counted_at < start:
            return Usage(timedelta(0), start, streams)
        return Usage(self.aired.within(period), counted_at, streams)


def fresh_peers(
    stored: Stamped[dict[str, Peers]] | None, key: str, value: str, now: datetime
) -> Peers | None:
    """The peers that share a tag's value, from a sweep; None if they are not known now."""
    if stored is None or now >= stored.at + FRESH_FOR:
        return None
    peers = stored.value.get(key)
    return peers if peers is not None and peers.value == value else None
