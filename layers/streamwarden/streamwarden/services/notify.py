"""Deliver one notification to one destination, once.

An observer that dies between sending and saving sends again. The queue forgets after five minutes
what it has taken, so it is remembered here what was delivered.
"""

from collections.abc import Mapping
from contextlib import suppress

from msgspec import Struct

from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.ports import Clock, DeliveryLog, Destination


class Notifier(Struct, frozen=True):
    """The destinations that this stack has, by route, and what was delivered to them."""

    destinations: Mapping[str, Destination]
    delivered: DeliveryLog
    clock: Clock

    def deliver(self, route: str, notification: Notification) -> bool:
        """Returns whether it is new to the destination. Raises TemporaryError while it is away.

        Raises PermanentError when the destination never takes the notification.
        """
        destination = self.destinations.get(route)
        if destination is None:
            raise PermanentError(f"no destination is set up for route {route!r}")
        if self.delivered.has(route, notification):
            return False
        destination.deliver(notification)
        # If it cannot be remembered, people may be told twice. To fail here would surely do that.
        with suppress(TemporaryError, PermanentError):
            self.delivered.add(route, notification, self.clock())
        return True
