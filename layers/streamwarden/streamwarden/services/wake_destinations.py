"""Have every destination looked at, whether or not something is known to wait for it.

A wake may be lost, or dead-lettered while `notify` is broken. Without another one, what it was
about would wait for the next notification of its destination.
"""

from datetime import timedelta
from typing import Final

from streamwarden.domain.notifications.routing import Routing
from streamwarden.services.ports import Wakes

_AT_ONCE: Final = timedelta(0)


def wake_destinations(routing: Routing, wakes: Wakes) -> None:
    """One wake each, whatever waits. Raises TemporaryError, PermanentError."""
    for each in routing.destinations:
        wakes.wake(each.name, _AT_ONCE)
