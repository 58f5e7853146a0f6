"""A destination while one run works on it: its state, and what is written down of it."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.notifications.delivery import (
    GIVEN_UP_AFTER,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Sending,
    name_of,
    opens_incident,
    wait_after,
    while_tried,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.open_incidents import over_without
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import Notification
from streamwarden.services.delivery_events import DeliveryEvent, Failed, NotSent, Record
from streamwarden.services.errors import TemporaryError, Throttled
from streamwarden.services.ports import (
    Clock,
    ControlsLookup,
    Deliveries,
    Destination,
    UndeliveredNotifications,
    Wakes,
)
from streamwarden.services.records import StoredState

# Groups that were told of longer ago wait for no interval any more (policy: at most a week).
_LONGEST_INTERVAL: Final = timedelta(days=7)
_MOST_GROUPS: Final = 1_000


class Outlet(Struct, frozen=True):
    """A destination with what it takes."""

    destination: Destination
    limits: Limits


class DeliveryPorts(Struct, frozen=True, kw_only=True):
    """What delivering needs of the world.

    `outlets` makes a destination by its name; None for one that the policy does not name. `pause`
    waits for some seconds. `record` is told what happens.
    """

    deliveries: Deliveries
    outlets: Callable[[str], Outlet | None]
    routing: Routing
    controls: ControlsLookup
    wakes: Wakes
    undelivered: UndeliveredNotifications
    clock: Clock
    pause: Callable[[float], None]
    record: Record


class LeasedDestination:
    """A destination whose state no other run changes."""

    def __init__(
        self, ports: DeliveryPorts, name: str, outlet: Outlet, stored: StoredState
    ) -> None:
        self.name, self.ports, self.stored = name, ports, stored
        self._outlet = outlet

    @property
    def state(self) -> DestinationState:
        return self.stored.state

    @property
    def destination(self) -> Destination:
        return self._outlet.destination

    @property
    def limits(self) -> Limits:
        limits = self._outlet.limits
        return replace(limits, largest=1) if self.state.is_one_by_one else limits

    def opens(self) -> Mapping[str, OpenIncident]:
        return {each.key: each for each in self.ports.deliveries.opens(self.name)}

    def waiting(self) -> Sequence[PendingDelivery]:
        return self.ports.deliveries.waiting(self.name)

    def waiting_notifications(self) -> Sequence[Notification]:
        return [each.notification for each in self.waiting()]

    def is_left_alone(self, now: datetime) -> bool:
        return self.state.not_before is not None and self.state.not_before > now

    def save(self, state: DestinationState) -> None:
        self.stored = self.ports.deliveries.save(self.name, state, self.stored)

    def change(self, state: DestinationState) -> None:
        """Without a write: the next one stores it, and the end of a run writes at the latest."""
        self.stored = replace(self.stored, state=state)

    def note(self, event: DeliveryEvent) -> None:
        self.ports.record(self.name, event)

    def drop(self, given: Sequence[Notification]) -> None:
        """They are never told."""
        ended = over_without(given, self.waiting_notifications)
        self.ports.deliveries.finish(self.name, given, ended=ended)

    def dead_letter(
        self, given: Sequence[Notification], reason: str, in_doubt: Container[str] = ()
    ) -> None:
        """`in_doubt` are the names of those that may have been taken: their end is told."""
        for each in given:
            self.ports.undelivered.put(self.name, each, reason)
            self.note(NotSent(each, reason, is_dead=True))
        ended, now = over_without(given, self.waiting_notifications), self.ports.clock()
        told = {
            each.incident: OpenIncident(last=each, told_at=now)
            for each in given
            if name_of(each) in in_doubt and opens_incident(each) and each.incident not in ended
        }
        self.ports.deliveries.finish(
            self.name, given, opens=[*told.values()], ended=ended, is_dead=True
        )

    def answered(
        self,
        begun: Sending | None = None,
        reminders_at: datetime | None = None,
        *,
        is_one_by_one: bool | None = None,
    ) -> None:
        """The destination answers again."""
        now, state = self.ports.clock(), self.state
        told = {begun.group: now} if begun is not None and begun.group else {}
        groups = {**state.groups, **told}
        kept = {key: at for key, at in groups.items() if now - at < _LONGEST_INTERVAL}
        self.save(
            replace(
                state,
                sending=begun,
                not_before=now + self._outlet.limits.interval,
                failing_since=None,
                failures=0,
                obstacle="",
                reminders_at=reminders_at or state.reminders_at,
                is_one_by_one=state.is_one_by_one if is_one_by_one is None else is_one_by_one,
                groups=dict(sorted(kept.items(), key=lambda each: each[1])[-_MOST_GROUPS:]),
            )
        )

    def begin(self, sending: Sending | None) -> None:
        """Before a try. A run that is killed in it leaves the destination alone like a failed one.

        `sending` is the message, None for a reminder.
        """
        self.save(while_tried(self.state, sending, self.ports.clock()))

    def wait(self, obstacle: TemporaryError, sending: Sending | None) -> None:
        """Leave the destination alone after a try: as long as it says, or longer each time.

        What may have been taken (`sending`) is sent again as it is; what was not is planned anew.
        """
        now, state = self.ports.clock(), self.state
        asked = obstacle.retry_after if isinstance(obstacle, Throttled) else timedelta(0)
        again_at = now + (min(asked, GIVEN_UP_AFTER) if asked else wait_after(state.failures))
        said = brief(str(obstacle))
        self.save(replace(state, sending=sending, not_before=again_at, obstacle=said))
        self.note(Failed(str(obstacle), again_at))
