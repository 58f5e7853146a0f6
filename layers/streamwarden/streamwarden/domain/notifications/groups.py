"""What is told together at a destination, and when: groups, and baselines.

An incident is in a group as a whole, with all that waits of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.baseline_incident import is_baseline
from streamwarden.domain.notifications.delivery import (
    DestinationState,
    PendingDelivery,
    severity_of,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.routing import Grouping, Routing, group_key
from streamwarden.domain.verdicts import Notification, NotificationStatus

# A first sweep, or one after a new policy, finds one thing after the other for a while. A large
# fleet takes several sweeps.
_BASELINE_CALM: Final = timedelta(minutes=2)
_BASELINE_LONGEST: Final = timedelta(minutes=30)
_GROUP_DIGITS: Final = 32
_LAST: Final = frozenset({NotificationStatus.ACKNOWLEDGED, NotificationStatus.RESOLVED})

# Whether the policy has judged every resource of this one's type. It is asked when a baseline is
# about to be told.
type AreAllJudged = Callable[[Notification], bool]


class Candidate(Struct, frozen=True):
    """What waits of one incident, in the order in which it is told."""

    pendings: tuple[PendingDelivery, ...]

    @property
    def severity(self) -> Severity:
        return severity_of(self.pendings)

    @property
    def last(self) -> Notification:
        return self.pendings[-1].notification

    @property
    def key(self) -> str:
        return self.last.incident

    @property
    def is_baseline(self) -> bool:
        return is_baseline(each.notification for each in self.pendings)

    @property
    def is_baseline_over(self) -> bool:
        """Whether a first look has found it, and it is over before anybody was told."""
        is_over = self.last.status is NotificationStatus.RESOLVED
        return is_over and self.pendings[0].notification.is_baseline

    @property
    def tells_nothing_new(self) -> bool:
        """Whether nothing waits but that somebody takes care of the incident, or its end."""
        return all(each.notification.status in _LAST for each in self.pendings)


class Groups(Struct, frozen=True):
    """What is told together at a destination, and when."""

    name: str
    state: DestinationState
    routing: Routing
    limits: Limits
    are_all_judged: AreAllJudged

    def key(self, candidate: Candidate) -> str:
        """What is told by incident has no groups, a baseline one of its rule alone."""
        last = candidate.last
        if self._is_in_baseline(candidate):
            return _digest(f"baseline,{last.rule_id}")
        if self.limits.largest == 1:
            return candidate.key
        return _digest(group_key(self.routing.route_to(self.name, last).group, last))

    def has_interval(self, candidate: Candidate) -> bool:
        return self.limits.largest > 1 and not self._is_in_baseline(candidate)

    def due_at(self, key: str, candidates: Sequence[Candidate], now: datetime) -> datetime:
        moments = [each.notification.at for one in candidates for each in one.pendings]
        if self._is_in_baseline(candidates[0]):
            return self._baseline_due_at(candidates[0].last, min(moments), max(moments), now)
        is_critical = any(each.severity is Severity.CRITICAL for each in candidates)
        if self.limits.largest == 1 or is_critical:
            return now
        grouping: Grouping = self.routing.route_to(self.name, candidates[0].last).group
        earliest = min(moments) + grouping.wait
        last = self.state.groups.get(key)
        return earliest if last is None else max(earliest, last + grouping.interval)

    def most(self, candidate: Candidate) -> int:
        """How many notifications one message takes."""
        is_in_baseline = self._is_in_baseline(candidate)
        return self.limits.largest_baseline if is_in_baseline else self.limits.largest

    def _is_in_baseline(self, candidate: Candidate) -> bool:
        return self.limits.has_baselines and candidate.is_baseline

    def _baseline_due_at(
        self, one: Notification, first: datetime, last: datetime, now: datetime
    ) -> datetime:
        """When nothing more is found, and nothing more is to be judged."""
        calm_at, longest = last + _BASELINE_CALM, first + _BASELINE_LONGEST
        if calm_at <= now < longest and not self.are_all_judged(one):
            calm_at = now + _BASELINE_CALM
        return min(calm_at, longest)


def _digest(group: str) -> str:
    """Owners may be long, and many groups are remembered."""
    return sha256(group.encode()).hexdigest()[:_GROUP_DIGITS]
