"""What a decision is, and what of it the next decision must know."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.brakes import Brake
from streamwarden.domain.state.deployment import Deployment
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.orders import NO_ORDERS, Orders
from streamwarden.domain.verdicts import (
    Action,
    Breach,
    Mode,
    Notification,
    Severity,
    Verdict,
    action_id,
)


class Incident(Struct, frozen=True, kw_only=True, omit_defaults=True, array_like=True):
    """The breaches of one rule on one resource that follow each other: the unit of telling.

    It exists from the first notification to the last. `times` counts its breaches. `calm_since` is
    when the last of them resolved; None while one is open. `notified_step` is how long after its
    breach opened the last notified step began. `notified_failures` are action kinds, and `expired`
    where one was given up. `awaited` is the id of the last action that a resolved breach requested,
    until its outcome arrives, and `awaited_since` when it was requested.
    `last_done` says what the last action did that was carried out. `is_conflict_notified` says that
    people know that its effects are taken back. `notified_brakes` are those that people know to
    have held an action back. `acknowledged_by` is who looks after it, since `acknowledged_at`.
    `is_on_repeat_notified` says that people know that the rule was broken so many times.
    Stored as a list, because a record has little room.
    """

    rule_id: str
    severity: Severity
    mode: Mode
    opened_at: datetime
    times: int = 1
    calm_since: datetime | None = None
    is_repetition_notified: bool = False
    notified_step: timedelta = timedelta(0)
    notified_failures: frozenset[str] = EMPTY
    awaited: str = ""
    last_done: str = ""
    is_conflict_notified: bool = False
    awaited_since: datetime | None = None
    notified_brakes: frozenset[Brake] = EMPTY
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    is_on_repeat_notified: bool = False


class Effect(Struct, frozen=True, omit_defaults=True, array_like=True):
    """What became of the effect of one action of a rule, which others may take back.

    `times` counts how often it was seen, the last time at `seen_at`, and `attempts` the requests
    until then. `taken_back_at` is when it was found undone; None while it is in force.
    """

    times: int
    attempts: int
    seen_at: datetime
    taken_back_at: datetime | None = None


class Repetition(Struct, frozen=True, array_like=True):
    """A stream in breach of a rule, by the end of its id, and since when it is by the facts.

    `stream` is empty for a breach that began at that moment.
    """

    stream: str
    at: datetime


class ShareNotified(Struct, frozen=True, omit_defaults=True, array_like=True):
    """The highest share of a limit of which people were notified, in percent.

    `calm_since` is since when the rule has said nothing of the resource; None while it does.
    """

    percent: int
    calm_since: datetime | None = None


class Standing(Struct, frozen=True, kw_only=True):
    """What a decision leaves for the next one.

    `breaches` are the open ones, by breach id. `incidents` are those that people were notified of
    and that are not resolved, by rule. `pending_since` says since when a rule with `for` has been
    broken without a gap, by breach id. `notification_history` is the moment of the last early
    warning, by breach id. `effects` are those that others may take back, by breach id and by
    request key. `controls_notified` says since when each control is as people were told.
    `is_protected` says that the channel had the protecting tag. `orders` are what is done to it
    apart from breaches. `repetitions` are the last streams in breach of a rule that acts on
    repetition, and its last breaches, by rule. `recordings_notified` are those that people were
    told to be ready. `shares_notified` are the shares of limits that are numbers, by rule.
    `deployed` is what people were told to be deployed.
    """

    breaches: Mapping[str, Breach] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    pending_since: Mapping[str, datetime] = field(default_factory=dict)
    notification_history: Mapping[str, datetime] = field(default_factory=dict)
    effects: Mapping[str, Mapping[str, Effect]] = field(default_factory=dict)
    controls_notified: Mapping[str, datetime] = field(default_factory=dict)
    is_protected: bool = False
    orders: Orders = NO_ORDERS
    repetitions: Mapping[str, tuple[Repetition, ...]] = field(default_factory=dict)
    recordings_notified: frozenset[str] = frozenset()
    shares_notified: Mapping[str, ShareNotified] = field(default_factory=dict)
    deployed: Deployment | None = None

    def requested(self, resource_arn: str) -> frozenset[str]:
        """The ids of all actions that open breaches and orders have requested."""
        if not self.breaches:
            return self.orders.action_ids
        of_breaches = (
            action_id(resource_arn, breach, key)
            for breach in self.breaches.values()
            for key in breach.requests
        )
        return self.orders.action_ids.union(of_breaches)

    def awaited(self, resource_arn: str) -> frozenset[str]:
        """The ids of the requested actions whose outcomes still matter."""
        if not self.incidents:
            return self.requested(resource_arn)
        of_resolved = (each.awaited for each in self.incidents.values() if each.awaited)
        return self.requested(resource_arn).union(of_resolved)


NO_STANDING: Final = Standing()


class Decision(Struct, frozen=True, kw_only=True):
    """What should be true now: verdicts, open breaches, actions and notifications."""

    verdicts: tuple[Verdict, ...]
    standing: Standing
    opened: tuple[Breach, ...]
    resolved: tuple[Breach, ...]
    actions: tuple[Action, ...]
    notifications: tuple[Notification, ...]
    recheck_at: datetime | None

    @property
    def breaches(self) -> Mapping[str, Breach]:
        """The open breaches, by breach id."""
        return self.standing.breaches


def undecided(standing: Standing) -> Decision:
    """What stood stands, and nothing follows."""
    return Decision(
        verdicts=(),
        standing=standing,
        opened=(),
        resolved=(),
        actions=(),
        notifications=(),
        recheck_at=None,
    )


def first_of(moments: Iterable[datetime | None]) -> datetime | None:
    """The first of the moments that there are; None if there is none."""
    return min([moment for moment in moments if moment is not None], default=None)
