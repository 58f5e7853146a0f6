"""Deliver one notification to one destination."""

from collections.abc import Mapping

from msgspec import Struct

from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError
from streamwarden.services.ports import Destination


class Notifier(Struct, frozen=True):
    """The destinations that this stack has, by route."""

    destinations: Mapping[str, Destination]

    def deliver(self, route: str, notification: Notification) -> None:
        """Raises TemporaryError while the destination is away.

        Raises PermanentError when the destination never takes the notification.
        """
        destination = self.destinations.get(route)
        if destination is None:
            raise PermanentError(f"no destination is set up for route {route!r}")
        destination.deliver(notification)
