"""Which message a destination is sent next, and what is held or dropped.

Incidents are planned as a whole: what is told of one stays in its order. What is critical goes
first and waits for nothing. The rest waits for its group. What a silence, an inhibition or quiet
hours suppress stays where it is until they end, or until its incident is over.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import (
    DestinationState,
    PendingDelivery,
    severity_of,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.open_incidents import OpenIncidents
from streamwarden.domain.notifications.routing import Grouping, Routing, group_key
from streamwarden.domain.verdicts import Notification, NotificationStatus

# A first sweep, or one after a new policy, finds one thing after the other for a while.
_BASELINE_CALM: Final = timedelta(minutes=2)
_GROUP_DIGITS: Final = 32
_BASELINE_LONGEST: Final = timedelta(minutes=30)


class Suppression(Struct, frozen=True):
    """Why an incident is not told now, and until when at the latest; None if that is not known."""

    reason: str
    until: datetime | None = None


type Suppresses = Callable[[Notification], Suppression | None]


class Dropped(Struct, frozen=True):
    """A notification that is never sent to the destination, and why."""

    pending: PendingDelivery
    reason: str


class Plan(Struct, frozen=True, kw_only=True):
    """What to do now. `send` is one message, empty if none is due. `group` is the one whose next
    message waits for its interval; empty if none does.

    `held` are those with a new reason. `has_ready` says whether anything may be told, now or later.
    `again_at` is when to look again.
    """

    send: tuple[PendingDelivery, ...] = ()
    group: str = ""
    held: tuple[PendingDelivery, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    has_ready: bool = False
    again_at: datetime | None = None


class _Candidate(Struct, frozen=True):
    """What waits of one incident, in the order in which it is told."""

    pendings: tuple[PendingDelivery, ...]

    @property
    def severity(self) -> Severity:
        return severity_of(self.pendings)

    @property
    def last(self) -> Notification:
        return self.pendings[-1].notification

    @property
    def is_end_alone(self) -> bool:
        """Whether nothing but the end of the incident waits."""
        return all(
            each.notification.status is NotificationStatus.RESOLVED for each in self.pendings
        )


def plan(
    name: str,
    waiting: Iterable[PendingDelivery],
    opens: OpenIncidents,
    state: DestinationState,
    routing: Routing,
    limits: Limits,
    suppresses: Suppresses,
    now: datetime,
) -> Plan:
    """The next step of the destination with this name."""
    sorter = _Sorter(name, opens, routing, suppresses)
    for candidate in _by_incident(waiting):
        sorter.sort(candidate)
    due, again_at = _due(sorter.ready, name, state, routing, limits, now)
    if due and state.not_before is not None and state.not_before > now:
        due, again_at = (), _first(again_at, state.not_before)
    moments = [again_at, *sorter.ends]
    send = _in_one(due, limits)
    return Plan(
        send=send,
        group=_noted_group(due, send, name, routing, limits),
        held=tuple(sorter.held),
        dropped=tuple(sorter.dropped),
        has_ready=bool(sorter.ready),
        again_at=min((each for each in moments if each is not None), default=None),
    )


class _Sorter:
    """Tells what may be told now from what is suppressed."""

    def __init__(
        self,
        name: str,
        opens: OpenIncidents,
        routing: Routing,
        suppresses: Suppresses,
    ) -> None:
        self.ready: list[_Candidate] = []
        self.held: list[PendingDelivery] = []
        self.dropped: list[Dropped] = []
        self.ends: list[datetime | None] = []
        self._name, self._opens, self._routing = name, opens, routing
        self._suppresses = suppresses

    def sort(self, candidate: _Candidate) -> None:
        if candidate.is_end_alone and not self._is_told(candidate):
            reason = "what it ends was dead-lettered, and nobody was told of it"
            self.dropped += [Dropped(each, reason) for each in candidate.pendings]
            return
        suppression = self._suppresses(candidate.last)
        if suppression is None:
            self.ready.append(candidate)
        elif candidate.last.status is NotificationStatus.RESOLVED:
            self._end(candidate, suppression, is_told=self._is_told(candidate))
        else:
            self._hold(candidate, suppression)

    def _is_told(self, candidate: _Candidate) -> bool:
        known = self._opens().get(candidate.last.incident)
        return known is not None and known.told_at is not None

    def _end(self, candidate: _Candidate, suppression: Suppression, *, is_told: bool) -> None:
        """What was told is resolved in the same place, whatever suppresses it now."""
        *earlier, last = candidate.pendings
        skipped = earlier if is_told else candidate.pendings
        reason = f"{suppression.reason}, and the incident is resolved"
        self.dropped += [Dropped(each, reason) for each in skipped]
        if is_told:
            self.ready.append(_Candidate((last,)))

    def _hold(self, candidate: _Candidate, suppression: Suppression) -> None:
        self.held += [
            PendingDelivery(each.notification, suppression.reason)
            for each in candidate.pendings
            if each.held != suppression.reason
        ]
        self.ends.append(suppression.until)


def _by_incident(waiting: Iterable[PendingDelivery]) -> list[_Candidate]:
    found: dict[str, list[PendingDelivery]] = defaultdict(list)
    for each in sorted(waiting, key=_order):
        found[each.notification.incident].append(each)
    return [_Candidate(tuple(pendings)) for pendings in found.values()]


def _order(pending: PendingDelivery) -> tuple[datetime, bool, str]:
    """What is decided at one moment ends with the end of the incident."""
    given = pending.notification
    return given.at, given.status is NotificationStatus.RESOLVED, given.id


def _due(
    ready: Sequence[_Candidate],
    name: str,
    state: DestinationState,
    routing: Routing,
    limits: Limits,
    now: datetime,
) -> tuple[tuple[_Candidate, ...], datetime | None]:
    """The group that is sent now, and when the next one is due."""
    groups: dict[str, list[_Candidate]] = defaultdict(list)
    for candidate in ready:
        groups[_group(name, candidate.last, routing, limits)].append(candidate)
    moments = {
        key: _due_at(key, each, name, state, routing, limits, now) for key, each in groups.items()
    }
    due = [key for key, moment in moments.items() if moment <= now]
    if not due:
        return (), min(moments.values(), default=None)
    chosen = min(due, key=lambda key: _urgency(groups[key]))
    return tuple(groups[chosen]), now if len(groups) > 1 else None


def _urgency(candidates: Iterable[_Candidate]) -> tuple[int, datetime]:
    ranks = [*Severity]
    return min(
        (-ranks.index(each.severity), each.pendings[0].notification.at) for each in candidates
    )


def _noted_group(
    due: Sequence[_Candidate],
    send: Sequence[PendingDelivery],
    name: str,
    routing: Routing,
    limits: Limits,
) -> str:
    """What is told by itself has no interval. What did not fit into a message waits for none."""
    is_cut = sum(len(each.pendings) for each in due) > len(send)
    if not due or is_cut or limits.largest == 1:
        return ""
    return _group(name, due[0].last, routing, limits)


def _group(name: str, notification: Notification, routing: Routing, limits: Limits) -> str:
    """What is told by incident has no groups."""
    if limits.largest == 1:
        return notification.incident
    key = group_key(routing.route_to(name, notification).group, notification)
    baseline = "baseline," if notification.is_baseline else ""
    # Owners may be long, and many groups are remembered.
    return sha256(f"{baseline}{key}".encode()).hexdigest()[:_GROUP_DIGITS]


def _due_at(
    key: str,
    candidates: Sequence[_Candidate],
    name: str,
    state: DestinationState,
    routing: Routing,
    limits: Limits,
    now: datetime,
) -> datetime:
    is_critical = any(each.severity is Severity.CRITICAL for each in candidates)
    if limits.largest == 1 or is_critical:
        return now
    moments = [each.notification.at for one in candidates for each in one.pendings]
    if all(each.last.is_baseline for each in candidates):
        return min(max(moments) + _BASELINE_CALM, min(moments) + _BASELINE_LONGEST)
    grouping: Grouping = routing.route_to(name, candidates[0].last).group
    earliest = min(moments) + grouping.wait
    last = state.groups.get(key)
    return earliest if last is None else max(earliest, last + grouping.interval)


def _in_one(candidates: Sequence[_Candidate], limits: Limits) -> tuple[PendingDelivery, ...]:
    """As many as one message takes: the most severe incidents, each in its order."""
    ranks = [*Severity]
    ordered = sorted(candidates, key=lambda each: -ranks.index(each.severity))
    pendings = [each for candidate in ordered for each in candidate.pendings]
    return tuple(pendings[: limits.largest])


def _first(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
