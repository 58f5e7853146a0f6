"""Deliver one notification to one destination, once.

An observer that dies between sending and saving sends again. The queue forgets after five minutes
what it has taken, so it is remembered here what was delivered.
"""

from collections.abc import Mapping

from msgspec import Struct

from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.ports import Clock, DeliveryLog, Destination


class Delivery(Struct, frozen=True):
    """Whether a notification was new to its destination.

    `obstacle` is why it could not be looked up or remembered: it may be delivered twice then.
    """

    is_new: bool
    obstacle: str = ""


class Notifier(Struct, frozen=True):
    """The destinations that this stack has, by route, and what was delivered to them."""

    destinations: Mapping[str, Destination]
    delivered: DeliveryLog
    clock: Clock

    def deliver(self, route: str, notification: Notification) -> Delivery:
        """Deliver it, unless it was delivered before.

        Raises TemporaryError while the destination or the log is away, and PermanentError when the
        destination never takes the notification.
        """
        destination = self.destinations.get(route)
        if destination is None:
            raise PermanentError(f"no destination is set up for route {route!r}")
        try:
            if self.delivered.has(route, notification):
                return Delivery(is_new=False)
        except PermanentError as refusal:
            # The log does not come back by waiting. To be told twice is better than not at all.
            destination.deliver(notification)
            return Delivery(is_new=True, obstacle=str(refusal))
        destination.deliver(notification)
        return Delivery(is_new=True, obstacle=self._remember(route, notification))

    def _remember(self, route: str, notification: Notification) -> str:
        """What kept it from being remembered. To fail would surely tell people twice."""
        try:
            self.delivered.add(route, notification, self.clock())
        except (TemporaryError, PermanentError) as obstacle:
            return str(obstacle)
        return ""
