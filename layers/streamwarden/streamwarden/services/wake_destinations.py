"""Have every destination looked at, whether or not something is known to wait for it.

A wake may be lost, or dead-lettered while `notify` is broken. Without another one, what it was
about would wait for the next notification of its destination.
"""

from datetime import timedelta
from typing import Final

from streamwarden.domain.notifications.routing import Routing
from streamwarden.services.ports import Deliveries, Wakes

_AT_ONCE: Final = timedelta(0)


def wake_destinations(routing: Routing, deliveries: Deliveries, wakes: Wakes) -> None:
    """One wake each, whatever waits, also for those that the policy leaves out.

    Those of the policy come first: the names of the others may be unreadable now.
    Raises TemporaryError, PermanentError.
    """
    named = [each.name for each in routing.destinations]
    for name in named:
        wakes.wake(name, _AT_ONCE)
    for name in deliveries.destinations():
        if name not in named:
            wakes.wake(name, _AT_ONCE)
