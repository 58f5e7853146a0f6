"""What a live channel is told of the channels that it is counted together with.

A channel is judged by what is known of it alone. So a sweep, which sees all of them, tells each
live one where it stands, and does so again only when that matters to a rule.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.state.airtime import Period, Usage
from streamwarden.domain.state.merge import Stamped

# What was told is told again after an hour, and believed for two: a sweep that has nothing new to
# tell is silent, and so is one that fails. Nobody is stopped for what others did long ago.
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
    the `rank`-th to start. `limits` are the ranks whose crossing would be told. `aired` is what
    all of them together have been on the air; None where no rule asks for it.
    """

    value: str
    live: int
    rank: int
    limits: tuple[int, ...] = ()
    aired: Aired | None = None

    def usage(self, counted_at: datetime, period: Period, now: datetime) -> Usage | None:
        """The airtime of all in the period that `now` is in, told at `counted_at`; None if unknown.

        Of a period that has begun since, all that is known is who was live.
        """
        if self.aired is None:
            return None
        streams, start = max(self.live, 1), period.around(now).start
        if counted_at < start:
            return Usage(timedelta(0), start, streams)
        return Usage(self.aired.within(period), counted_at, streams)


def fresh_peers(
    told: Stamped[dict[str, Peers]] | None, key: str, value: str, now: datetime
) -> Peers | None:
    """What a sweep told of those that share a tag's value; None if that is not known now."""
    if told is None or now >= told.at + FRESH_FOR:
        return None
    peers = told.value.get(key)
    return peers if peers is not None and peers.value == value else None
