"""Which message a destination is sent next, and what is held or dropped.

Incidents are planned as a whole: what is told of one stays in its order. What is critical goes
first and waits for nothing. The rest waits for its group. What a silence, an inhibition or quiet
hours suppress stays where it is until they end, or until its incident is over.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import (
    DestinationState,
    PendingDelivery,
    ends_incident,
    opens_incident,
)
from streamwarden.domain.notifications.groups import AreAllJudged, Candidate, Groups
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.open_incidents import OpenIncidents
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import Notification, NotificationStatus

_NOT_OPEN: Final = "nobody there takes its incident for open"
_OVER_BEFORE: Final = "a first look has found it, and it was resolved before it was told"
_WITHIN_BASELINE: Final = "it was told in the baseline of its rule, which ends with the last of all"
_STATUSES: Final = (*NotificationStatus,)


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


def plan(
    name: str,
    waiting: Iterable[PendingDelivery],
    opens: OpenIncidents,
    state: DestinationState,
    routing: Routing,
    limits: Limits,
    suppresses: Suppresses,
    are_all_judged: AreAllJudged,
    now: datetime,
) -> Plan:
    """The next step of the destination with this name."""
    sorter = _Sorter(opens, limits, suppresses)
    for candidate in _by_incident(waiting):
        sorter.sort(candidate)
    sorter.sort_baselines()
    groups = Groups(name, state, routing, limits, are_all_judged)
    due, again_at = _due(sorter.ready, groups, now)
    if due and state.not_before is not None and state.not_before > now:
        due, again_at = (), _first(again_at, state.not_before)
    moments = [again_at, *sorter.ends]
    send = _in_one(due, groups)
    return Plan(
        send=send,
        group=_noted_group(due, send, groups),
        held=tuple(sorter.held),
        dropped=tuple(sorter.dropped),
        has_ready=bool(sorter.ready),
        again_at=min((each for each in moments if each is not None), default=None),
    )


class _Sorter:
    """Tells what may be told now from what is suppressed."""

    def __init__(self, opens: OpenIncidents, limits: Limits, suppresses: Suppresses) -> None:
        self.ready: list[Candidate] = []
        self.held: list[PendingDelivery] = []
        self.dropped: list[Dropped] = []
        self.ends: list[datetime | None] = []
        self._opens, self._limits, self._suppresses = opens, limits, suppresses
        self._baselines: list[Candidate] = []

    def sort(self, candidate: Candidate) -> None:
        if candidate.tells_nothing_new and self._is_whole_baseline(candidate):
            self._baselines.append(candidate)
            return
        reason = self._why_untold(candidate)
        if reason:
            self._drop(candidate.pendings, reason)
            return
        suppression = self._suppresses(candidate.last)
        if suppression is None:
            self._tell(candidate)
        elif candidate.last.status is NotificationStatus.RESOLVED:
            self._end(candidate, suppression)
        else:
            self._hold(candidate, suppression)

    def sort_baselines(self) -> None:
        """Their ends, whatever suppresses them now. What leaves them just now does not count.

        One of which something is left waits until the last leaves: a run may have died before it
        wrote that down, or a first look has found more since.
        """
        leaving = {each.pending.notification.incident for each in self.dropped}
        for candidate in self._baselines:
            parts = (each.key for each in self._opens().values() if each.is_part_of(candidate.key))
            if all(each in leaving for each in parts):
                self.ready.append(candidate)

    def _is_whole_baseline(self, candidate: Candidate) -> bool:
        known = self._opens().get(candidate.key)
        return known is not None and known.is_whole_baseline

    def _why_untold(self, candidate: Candidate) -> str:
        """Why nobody is ever told of it; empty if somebody is."""
        if not candidate.tells_nothing_new and not candidate.is_baseline_over:
            return ""
        known = self._opens().get(candidate.key)
        if known is not None and known.notified_at is not None:
            return _WITHIN_BASELINE if candidate.tells_nothing_new and known.baseline else ""
        if candidate.tells_nothing_new:
            return _NOT_OPEN
        is_untold = candidate.is_baseline_over and self._limits.takes_baseline_as_one
        return _OVER_BEFORE if is_untold else ""

    def _tell(self, candidate: Candidate) -> None:
        """It may have begun again elsewhere, and have two ends here. People are told of one.

        Nobody is told the end of what nobody here knows of.
        """
        notified = list[PendingDelivery]()
        is_known = self._is_notified(candidate)
        for each in candidate.pendings:
            given = each.notification
            if ends_incident(given) and not is_known:
                self._drop([each], _NOT_OPEN)
                continue
            notified.append(each)
            is_end = given.status is NotificationStatus.RESOLVED
            is_known = not is_end and (is_known or opens_incident(given))
        self.ready.append(Candidate(tuple(notified)))

    def _is_notified(self, candidate: Candidate) -> bool:
        """Whether people here know of it. It is read where that decides what they are told."""
        if not any(ends_incident(each.notification) for each in candidate.pendings):
            return False
        known = self._opens().get(candidate.key)
        return known is not None and known.notified_at is not None

    def _drop(self, pendings: Iterable[PendingDelivery], reason: str) -> None:
        self.dropped += [Dropped(each, reason) for each in pendings]

    def _end(self, candidate: Candidate, suppression: Suppression) -> None:
        """What was told is resolved in the same place, whatever suppresses it now."""
        *earlier, last = candidate.pendings
        known = self._opens().get(candidate.key)
        is_notified = known is not None and known.notified_at is not None and not known.baseline
        reason = f"{suppression.reason}, and the incident is resolved"
        self._drop(earlier if is_notified else candidate.pendings, reason)
        if is_notified:
            self.ready.append(Candidate((last,)))

    def _hold(self, candidate: Candidate, suppression: Suppression) -> None:
        self.held += [
            PendingDelivery(each.notification, suppression.reason)
            for each in candidate.pendings
            if each.held != suppression.reason
        ]
        self.ends.append(suppression.until)


def _by_incident(waiting: Iterable[PendingDelivery]) -> list[Candidate]:
    found: dict[str, list[PendingDelivery]] = defaultdict(list)
    for each in sorted(waiting, key=_order):
        found[each.notification.incident].append(each)
    return [Candidate(tuple(pendings)) for pendings in found.values()]


def _order(pending: PendingDelivery) -> tuple[datetime, int, str]:
    """What is decided at one moment begins with the beginning of the incident."""
    given = pending.notification
    return given.at, _STATUSES.index(given.status), given.id


def _due(
    ready: Sequence[Candidate], groups: Groups, now: datetime
) -> tuple[tuple[Candidate, ...], datetime | None]:
    """The group that is sent now, and when the next one is due."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in ready:
        found[groups.key(candidate)].append(candidate)
    moments = {key: groups.due_at(key, each, now) for key, each in found.items()}
    due = [key for key, moment in moments.items() if moment <= now]
    if not due:
        return (), min(moments.values(), default=None)
    chosen = min(due, key=lambda key: _urgency(found[key]))
    return tuple(found[chosen]), now if len(found) > 1 else None


def _urgency(candidates: Iterable[Candidate]) -> tuple[int, datetime]:
    ranks = [*Severity]
    return min(
        (-ranks.index(each.severity), each.pendings[0].notification.at) for each in candidates
    )


def _noted_group(due: Sequence[Candidate], send: Sequence[PendingDelivery], groups: Groups) -> str:
    """What is told by itself has no interval. What did not fit into a message waits for none."""
    is_cut = sum(len(each.pendings) for each in due) > len(send)
    if not due or is_cut or not groups.has_interval(due[0]):
        return ""
    return groups.key(due[0])


def _in_one(candidates: Sequence[Candidate], groups: Groups) -> tuple[PendingDelivery, ...]:
    """As many as one message takes: the most severe incidents, each in its order."""
    if not candidates:
        return ()
    ranks = [*Severity]
    ordered = sorted(candidates, key=lambda each: -ranks.index(each.severity))
    pendings = [each for candidate in ordered for each in candidate.pendings]
    return tuple(pendings[: groups.most(candidates[0])])


def _first(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
