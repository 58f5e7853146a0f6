"""Hand one notification to its destinations: from then on it waits for each of them apart.

Taking it twice has no second effect. A destination that is away delays no other.
"""

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    ends_incident,
    is_first_or_only,
    opens_incident,
)
from streamwarden.domain.notifications.keys import word_of
from streamwarden.domain.notifications.routing import NO_ROUTE, Routing
from streamwarden.domain.verdicts import Notification
from streamwarden.services.ports import LONGEST_WAKE, Clock, Deliveries, Wakes

_AT_ONCE: Final = timedelta(0)
_SILENCE: Final = "silence"


class Taken(Struct, frozen=True):
    """What became of a notification. `destinations` are those it waits for now.

    `reason` says why there is none.
    """

    destinations: tuple[str, ...]
    reason: str = ""


class Notifier(Struct):
    """Who is told, by the routes of the policy.

    `_looked_at` is when each destination is looked at that was woken last.
    """

    deliveries: Deliveries
    routing: Routing
    wakes: Wakes
    clock: Clock
    _looked_at: dict[str, datetime] = field(default_factory=dict)

    def take(self, notification: Notification) -> Taken:
        """Have it wait for its destinations. Raises TemporaryError, PermanentError."""
        opened = self._opened_at(notification)
        chosen = self._destinations(notification, opened)
        if word_of(notification.incident, notification.resource_arn) == _SILENCE:
            self._wake_others(chosen, notification)
        if not chosen:
            return Taken((), self._why_none(notification))
        new = [each for each in chosen if self._add(each, notification, opened)]
        # Also where it is not new: a run may have died before it woke anything.
        for name in chosen:
            self._wake(name, notification)
        return Taken(tuple(new), "" if new else "it was taken before")

    def _opened_at(self, notification: Notification) -> Mapping[str, object]:
        """By its name, where people know of the incident. Of one that begins, nobody does."""
        if is_first_or_only(notification):
            return {}
        return self.deliveries.opened_at(notification.incident)

    def _destinations(
        self, notification: Notification, opened: Mapping[str, object]
    ) -> tuple[str, ...]:
        """What was told is ended in the same places, whatever the policy says now."""
        if ends_incident(notification):
            return tuple(opened)
        routed = self.routing.destinations_of(notification)
        if not opens_incident(notification):
            return routed
        return tuple(dict.fromkeys((*routed, *opened)))

    def _add(self, name: str, notification: Notification, opened: Mapping[str, object]) -> bool:
        is_first = opens_incident(notification) and name not in opened
        opening = OpenIncident(last=notification) if is_first else None
        return self.deliveries.add(name, notification, opening)

    def _wake(self, name: str, notification: Notification) -> None:
        """Once for all that comes within the wait of a group."""
        after, now = self._wait_of(name, notification), self.clock()
        looked_at = self._looked_at.get(name)
        if looked_at is not None and now < looked_at <= now + after:
            return
        self.wakes.wake(name, after)
        self._looked_at[name] = now + after

    def _wait_of(self, name: str, notification: Notification) -> timedelta:
        """How long it waits for others: not at all if it is critical, or told by itself."""
        spec = self.routing.destination(name)
        is_alone = spec is not None and not spec.digest and not notification.is_baseline
        if is_alone or notification.severity is Severity.CRITICAL:
            return _AT_ONCE
        return min(self.routing.route_to(name, notification).group.wait, LONGEST_WAKE)

    def _wake_others(self, chosen: Container[str], notification: Notification) -> None:
        """Once a silence ends, what it held back is due at every destination."""
        for each in self.routing.destinations:
            if each.name not in chosen:
                self._wake(each.name, notification)

    def _why_none(self, notification: Notification) -> str:
        if ends_incident(notification):
            return "no destination was told of the incident"
        return NO_ROUTE
