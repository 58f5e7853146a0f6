"""A destination while one run works on it: its state, and what is written down of it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.inputs import Handling
from streamwarden.domain.notifications.baseline_incident import (
    ends_of_baselines,
    opens_in_doubt,
)
from streamwarden.domain.notifications.delivery import (
    GIVEN_UP_AFTER,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Sending,
    wait_after,
    while_tried,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.open_incidents import OpenIncidents, over_without
from streamwarden.domain.notifications.planning import Dropped
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.delivery_events import (
    DeliveryEvent,
    Failed,
    NotSent,
    Record,
    Unreported,
)
from streamwarden.services.delivery_reports import Handled, report_of
from streamwarden.services.errors import PermanentError, TemporaryError, Throttled
from streamwarden.services.first_look import CountJudged
from streamwarden.services.ports import (
    Clock,
    ControlsLookup,
    Deliveries,
    Destination,
    Inbox,
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

    `outlets` makes a destination by its name; None for one that the policy does not name. `judged`
    counts what the policy has judged. `inbox` takes what became of notifications to the ledgers.
    `pause` waits for some seconds. `record` is told what happens.
    """

    deliveries: Deliveries
    outlets: Callable[[str], Outlet | None]
    routing: Routing
    controls: ControlsLookup
    judged: CountJudged
    wakes: Wakes
    undelivered: UndeliveredNotifications
    inbox: Inbox
    clock: Clock
    pause: Callable[[float], None]
    record: Record

    def report(self, name: str, handled: Iterable[Handled], message_id: str = "") -> None:
        """Before what waits is finished: a run that dies in between reports it again.

        Raises TemporaryError. What the inbox never takes must keep nobody from being told.
        """
        now = self.clock()
        try:
            self.inbox.put([report_of(name, each, now, message_id) for each in handled])
        except PermanentError as obstacle:
            self.record(name, Unreported(str(obstacle)))


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
        is_one_by_one = self.state.is_one_by_one
        return replace(limits, largest=1, tells_each=True) if is_one_by_one else limits

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

    def report(
        self, handling: Handling, given: Iterable[tuple[Notification, str]], message_id: str = ""
    ) -> None:
        """Each notification with the reason, for its ledger."""
        handled = (Handled(notification, handling, reason) for notification, reason in given)
        self.ports.report(self.name, handled, message_id)

    def drop(self, dropped: Sequence[Dropped], opens: OpenIncidents) -> None:
        """They are never told."""
        for each in dropped:
            self.note(NotSent(each.pending.notification, each.reason))
        given = [each.pending.notification for each in dropped]
        over = [each.pending.notification for each in dropped if not each.keeps_open]
        ended = over_without(over, self.waiting_notifications)
        acknowledged = [
            replace(opens()[each.incident], is_acknowledged=True)
            for each in over
            if each.status is NotificationStatus.ACKNOWLEDGED
            and each.incident not in ended
            and each.incident in opens()
        ]
        reasons = (each.reason for each in dropped)
        self.report(Handling.NOT_SENT, zip(given, reasons, strict=True))
        self.end_baselines({*ended, *(each.key for each in acknowledged)}, opens)
        self.ports.deliveries.finish(self.name, given, opens=acknowledged, ended=ended)

    def end_baselines(self, leaving: Collection[str], opens: OpenIncidents) -> None:
        """Have the end of a baseline wait once these incidents were the last ones in it.

        It comes before they leave, so that a run that dies in between does it again.
        """
        for each in ends_of_baselines(leaving, opens(), self.ports.clock()) if leaving else ():
            self.ports.deliveries.add(self.name, each, None)

    def dead_letter(
        self, given: Sequence[Notification], reason: str, in_doubt: Sending | None = None
    ) -> None:
        """`in_doubt` is what may have been taken, of which these are a part: its end is told."""
        for each in given:
            self.ports.undelivered.put(self.name, each, reason)
            self.note(NotSent(each, reason, is_dead=True))
        ended = over_without(given, self.waiting_notifications)
        self.report(Handling.DEAD_LETTERED, ((each, reason) for each in given))
        told = opens_in_doubt(given, in_doubt, ended, self.ports.clock()) if in_doubt else ()
        self.ports.deliveries.finish(self.name, given, opens=told, ended=ended, is_dead=True)

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
