"""Send what waits for one destination: within its rate, in its order, each thing once.

Only one run works on a destination at a time (`delivery_run`). It leaves when to look again.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.notifications.baseline_incident import is_baseline
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    Unreadable,
    leased_state,
    opens_incident,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import NotReadable
from streamwarden.services.delivery_run import DeliveryRun
from streamwarden.services.errors import Throttled, VersionConflict
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.left_out import NO_OUTLET, wait_while_left_out
from streamwarden.services.ports import LONGEST_WAKE, HasTime
from streamwarden.services.records import StoredState
from streamwarden.services.unreadable import set_aside
from streamwarden.services.waiting_list import DeliveryPorts

# Longer than an invocation, so that one that was killed holds a destination no longer.
_LEASED_FOR: Final = timedelta(seconds=60)
# The queue's clock and ours.
_CLOCKS_DIFFER: Final = timedelta(seconds=1)
_BUSY_FOR: Final = timedelta(seconds=2)


class Deliverer(DeliveryPorts, frozen=True, kw_only=True):
    """Sends what waits."""

    def revive(self, name: str, notification_id: str) -> bool:
        """Have what was dead-lettered wait again: as a change, if it would untruly open or end.

        That is an opening whose incident is over meanwhile, and an end whose incident has begun
        again. What it says is what the table has: anybody may have written a message of the queue.
        False if nothing was dead-lettered under this id. Raises TemporaryError, PermanentError.
        """
        dead = self.deliveries.dead_lettered(name, notification_id)
        if dead is None:
            return False
        notification = dead.notification
        opened: OpenIncident | None = None
        is_end = notification.status is NotificationStatus.RESOLVED
        if is_end or opens_incident(notification):
            known = self.deliveries.opened_at(notification.incident).get(name)
            # Its end may have come back before it, and waits.
            is_open = known is not None and (
                isinstance(known, Unreadable)
                or known.last.status is not NotificationStatus.RESOLVED
            )
            if is_open is is_end:
                notification = replace(notification, status=NotificationStatus.CHANGED)
            elif is_end:
                # It was told there, and nobody is to be reminded of it any more. Under another
                # kind, another service has the name, which never heard of it.
                opened = OpenIncident(
                    last=notification,
                    notified_at=notification.at,
                    notified_by=dead.kind,
                    is_acknowledged=True,
                )
        if is_baseline([notification]):
            # Each comes back by itself, and has to wait for the others.
            notification = replace(notification, at=self.clock())
        self.deliveries.revive(name, notification, opened)
        return True

    def run(self, name: str, has_time: HasTime) -> None:
        """Send what is due, and have the destination looked at again when more is.

        Raises Throttled while another run works on it, TemporaryError, PermanentError.
        """
        outlet = self.outlets(name)
        if outlet is None and not self.deliveries.waiting(name):
            # Anybody may have made up the name: nothing is written under it.
            return
        try:
            leased = LeasedDestination(self, name, outlet or NO_OUTLET, self._lease(name))
            if outlet is None:
                again_at = wait_while_left_out(leased)
            else:
                again_at = DeliveryRun(leased).go_on(has_time)
            self._let_go(leased, first_of([again_at, set_aside(leased)]))
        except VersionConflict as lost:
            raise _busy(name) from lost

    def _lease(self, name: str) -> StoredState:
        """The state, which no other run changes for a while."""
        stored, now = self.deliveries.state(name), self.clock()
        if stored.unreadable:
            self.record(name, NotReadable("state", stored.unreadable))
        leased_until = stored.state.leased_until
        if leased_until is not None and leased_until > now:
            raise _busy(name)
        leased = leased_state(stored.state, self.kind_of(name), now, now + _LEASED_FOR)
        return self.deliveries.save(name, leased, stored)

    def _let_go(self, leased: LeasedDestination, again_at: datetime | None) -> None:
        state, now = leased.state, self.clock()
        # Another look that is on its way is early enough. What should come just now is this one.
        is_awaited = (
            state.wake_at is not None
            and again_at is not None
            and now + _CLOCKS_DIFFER < state.wake_at <= again_at
        )
        looks_at = None
        if again_at is not None and not is_awaited:
            # What is due later is looked at in between, and awaited no longer than that.
            looks_at = min(again_at, now + LONGEST_WAKE)
        let_go = replace(state, leased_until=None, wake_at=looks_at or state.wake_at)
        if looks_at is None:
            leased.save(let_go)
        elif looks_at - now > _CLOCKS_DIFFER:
            # A run that dies in between leaves one look too many, and not one too few.
            self.wakes.wake(leased.name, looks_at - now)
            leased.save(let_go)
        else:
            # What comes at once must not find the destination busy.
            leased.save(let_go)
            self.wakes.wake(leased.name, max(looks_at - now, timedelta(0)))


def _busy(name: str) -> Throttled:
    return Throttled(f"another run works on the destination {name}", _BUSY_FOR)
