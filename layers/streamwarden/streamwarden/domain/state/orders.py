"""What is done to a channel apart from breaches: its quarantine, its release, an operator's stop.

These are left by one decision for the next one. What operators have ordered is an observation
(`controls`); what has become of it stands here.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.resource import Outcome

# A channel that behaves for so long begins again: its next quarantine is a first one.
REMEMBERED_FOR: Final = timedelta(days=30)
STRIKES_KEPT: Final = 10
EARLIER_KEPT: Final = 20


class Asked(Struct, frozen=True, array_like=True):
    """A request of an action: when it was last made, and how many times in all.

    `stream` and `key` are the stream and the stream key that were known when it was made.
    """

    action_id: str
    at: datetime
    attempts: int
    stream: str = ""
    key: str = ""


class Strike(Struct, frozen=True, array_like=True):
    """A stream that came on during a quarantine, and when it did."""

    stream_id: str
    at: datetime


class Quarantine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A channel is kept off the air from `since` on; before `until`, if that is given.

    Ordered by a rule (`rule_id`) or by an operator (`author`). `spans` are how long a rule's first,
    second… quarantine lasts, and `number` tells which of them this one is, strikes included.
    `acted_at` is when enforce first reported what it did: what comes on after that is a strike.
    `strikes` are the last ones, `strike_count` is how many there were. `held` says what holds its
    actions back; empty if nothing does.
    """

    since: datetime
    reason: str
    until: datetime | None = None
    rule_id: str = ""
    author: Sender | None = None
    spans: tuple[timedelta, ...] = ()
    number: int = 1
    acted_at: datetime | None = None
    strikes: tuple[Strike, ...] = ()
    strike_count: int = 0
    asked: Asked | None = None
    held: str = ""
    is_failure_notified: bool = False

    @property
    def ordered_by(self) -> str:
        return f"rule {self.rule_id}" if self.author is None else str(self.author)


class Release(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quarantine was over at `at`, and the channel gets a new stream key.

    `is_ordered` says that an operator ended it.
    """

    at: datetime
    is_ordered: bool = False
    asked: Asked | None = None


class OrderedStop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operator's order of `at` to stop one stream, until that is over.

    `stream_id` is the stream; empty until one is known that was live at that moment.
    """

    at: datetime
    reason: str
    author: Sender
    stream_id: str = ""
    asked: Asked | None = None


class Orders(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of them on one channel, and what is remembered of earlier ones.

    `earlier` are when earlier quarantines began and strikes fell, as far as they make the next one
    longer. `followed` and `stop_followed` are the moments of the last commands that were followed.
    `outcome` and `stop_outcome` say what became of them, once they are over (see `outcomes`).
    """

    quarantine: Quarantine | None = None
    release: Release | None = None
    stop: OrderedStop | None = None
    earlier: tuple[datetime, ...] = ()
    followed: datetime | None = None
    stop_followed: datetime | None = None
    outcome: Outcome | None = None
    stop_outcome: Outcome | None = None

    @property
    def action_ids(self) -> frozenset[str]:
        """The actions that are requested and whose outcomes matter."""
        parts = (self.quarantine, self.release, self.stop)
        if not any(parts):  # as of nearly every channel
            return frozenset()
        return frozenset([each.asked.action_id for each in parts if each and each.asked])


NO_ORDERS: Final = Orders()


def quarantine_in_force(orders: Orders, now: datetime) -> Quarantine | None:
    quarantine = orders.quarantine
    if quarantine is None or (quarantine.until is not None and quarantine.until <= now):
        return None
    return quarantine
