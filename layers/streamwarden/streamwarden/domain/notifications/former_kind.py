"""Ends that another service has to be told, which had the destination's name under another kind."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from streamwarden.domain.notifications.delivery import (
    DestinationState,
    PendingDelivery,
    ends_incident,
    is_kept_no_longer,
)
from streamwarden.domain.notifications.open_incidents import OpenIncidents


def ends_for_former_kind(
    waiting: Iterable[PendingDelivery],
    opens: OpenIncidents,
    kind: str,
    state: DestinationState,
    now: datetime,
) -> frozenset[str]:
    """The keys of incidents whose end waits until the kind is the former one again.

    It may have changed by mistake. What begins or goes on is told to the service that is there now,
    and then the end is its own.
    """
    found = defaultdict[str, list[PendingDelivery]](list)
    for each in waiting:
        found[each.notification.incident].append(each)

    def waits(pendings: Iterable[PendingDelivery]) -> bool:
        return all(
            ends_incident(each.notification) and not is_kept_no_longer(each, state, now)
            for each in pendings
        )

    ended = [key for key, pendings in found.items() if waits(pendings)]
    known = opens() if ended else {}
    return frozenset(each for each in ended if each in known and not known[each].is_known_to(kind))
