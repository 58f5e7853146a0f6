"""What waits for one destination, until it is told, dropped or dead-lettered."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import batched
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from streamwarden.domain.inputs import Handling
from streamwarden.domain.notifications.baseline_incident import (
    ends_of_baselines,
    opens_in_doubt,
)
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    PendingDelivery,
    Sending,
    Unreadable,
    ends_incident,
    name_of,
)
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.open_incidents import (
    OpenIncidents,
    begun_by_themselves,
    over_without,
)
from streamwarden.domain.notifications.planning import Dropped
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.notifications.unread import unread_notification, with_unread
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.delivery_events import (
    DeliveryEvent,
    NotSent,
    Record,
    Unreported,
)
from streamwarden.services.delivery_reports import Handled, report_of
from streamwarden.services.errors import PermanentError
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

# What is dead-lettered together: as many as one BatchWriteItem takes.
_AT_ONCE: Final = 25


class Outlet(Struct, frozen=True):
    """A destination with what it takes."""

    destination: Destination
    limits: Limits


class DeliveryPorts(Struct, frozen=True, kw_only=True):
    """What delivering needs of the world.

    `outlets` makes a destination by its name; None for one that the policy leaves out. `judged`
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

    def kind_of(self, name: str) -> str:
        """Empty for a destination that the policy leaves out."""
        spec = self.routing.destination(name)
        return "" if spec is None else spec.kind

    def report(self, name: str, handled: Iterable[Handled], message_id: str = "") -> None:
        """Before what waits is finished: a run that dies in between reports it again.

        Raises TemporaryError. What the inbox never takes must keep nobody from being told.
        """
        now = self.clock()
        try:
            self.inbox.put([report_of(name, each, now, message_id) for each in handled])
        except PermanentError as obstacle:
            self.record(name, Unreported(str(obstacle)))


class WaitingList:
    """What waits for one destination, and which incidents it was told to be open."""

    def __init__(self, ports: DeliveryPorts, name: str) -> None:
        self.ports, self.name = ports, name
        self.unreadable: dict[str, Unreadable] | None = None  # until what waits was read
        self.unreadable_opens = dict[str, Unreadable]()

    def opens(self) -> Mapping[str, OpenIncident]:
        """With those that cannot be read and whose end must be told, or is not yet to be."""
        opens, self.unreadable_opens = _apart(self.ports.deliveries.opens(self.name))
        known = {each.key: each for each in opens}
        if not self.unreadable_opens:
            return known
        return with_unread(known, self.unreadable_opens, self.waiting_notifications())

    @property
    def kind(self) -> str:
        """Empty while the policy leaves it out."""
        return self.ports.kind_of(self.name)

    def waiting(self) -> Sequence[PendingDelivery]:
        """What can be read of it."""
        found, self.unreadable = _apart(self.ports.deliveries.waiting(self.name))
        return found

    def in_order(self, waiting: Sequence[PendingDelivery]) -> Sequence[PendingDelivery]:
        """Without the ends of incidents of which something waits that cannot be read yet.

        It may be their beginning, which would be told last and never end.
        """
        unread = {unread_notification(each).incident for each in (self.unreadable or {}).values()}
        if not unread:
            return waiting
        return [
            each
            for each in waiting
            if each.notification.incident not in unread or not ends_incident(each.notification)
        ]

    def waiting_notifications(self) -> Sequence[Notification]:
        return [each.notification for each in self.waiting()]

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
        ended = over_without(given, self.waiting_notifications)
        # An incident may be acknowledged, end and be acknowledged again: it is written once.
        acknowledged = {
            each.incident: replace(opens()[each.incident], is_acknowledged=True)
            for each in given
            if each.status is NotificationStatus.ACKNOWLEDGED
            and each.incident not in ended
            and each.incident in opens()
        }
        reasons = (each.reason for each in dropped)
        self.report(Handling.NOT_SENT, zip(given, reasons, strict=True))
        changed = {**acknowledged, **begun_by_themselves(given, ended, opens)}
        self.end_baselines({*ended, *changed}, opens)
        self.ports.deliveries.finish(self.name, given, opens=[*changed.values()], ended=ended)

    def end_baselines(self, leaving: Collection[str], opens: OpenIncidents) -> None:
        """Have the end of a baseline wait once these incidents were the last ones in it.

        It comes before they leave, so that a run that dies in between does it again.
        """
        for each in ends_of_baselines(leaving, opens(), self.ports.clock()) if leaving else ():
            self.ports.deliveries.add(self.name, each, None)

    def dead_letter(
        self, given: Sequence[Notification], reason: str, in_doubt: Sending | None = None
    ) -> None:
        """`in_doubt` is what may have been taken, of which these are a part: its end is told.

        Some at a time, so that a run that ends in between has not done it all for nothing.
        """
        opens, waiting = cache(self.opens), cache(self.waiting_notifications)
        done, over = set[str](), set[str]()

        def left() -> Iterable[Notification]:
            return (each for each in waiting() if name_of(each) not in done)

        # Of one incident, the end is the last.
        for some in batched(sorted(given, key=lambda each: each.incident), _AT_ONCE, strict=False):
            for each in some:
                self.ports.undelivered.put(self.name, each, reason)
                self.note(NotSent(each, reason, is_dead=True))
            self.report(Handling.DEAD_LETTERED, ((each, reason) for each in some))
            ended = over_without(some, left)
            changed = {**begun_by_themselves(some, ended, opens)}
            over.update(ended, changed)
            self.end_baselines(over, opens)
            if in_doubt:
                notified = opens_in_doubt(some, in_doubt, ended, self.ports.clock())
                changed |= {each.key: each for each in notified}
            self.ports.deliveries.finish(
                self.name,
                some,
                opens=[*changed.values()],
                ended=ended,
                is_dead=True,
                kind=self.kind,
            )
            done.update(map(name_of, some))


def _apart[T](found: Iterable[T | Unreadable]) -> tuple[list[T], dict[str, Unreadable]]:
    """What can be read, and what cannot, by its key."""
    readable, unreadable = list[T](), dict[str, Unreadable]()
    for each in found:
        if isinstance(each, Unreadable):
            unreadable[each.key] = each
        else:
            readable.append(each)
    return readable, unreadable
