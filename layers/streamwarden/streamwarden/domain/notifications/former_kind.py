"""Ends that another service has to be told, which had the destination's name under another kind."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from streamwarden.domain.notifications.delivery import (
    DestinationState,
    PendingDelivery,
    ends_incident,
    is_kept_no_longer,
    opens_incident,
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

    def waits(pendings: Sequence[PendingDelivery]) -> bool:
        ends = [each for each in pendings if ends_incident(each.notification)]
        begins = any(opens_incident(each.notification) for each in pendings)
        is_late = any(is_kept_no_longer(each, state, now) for each in ends)
        return bool(ends) and not begins and not is_late

    ended = [key for key, pendings in found.items() if waits(pendings)]
    known = opens() if ended else {}
    return frozenset(key for key in ended if key in known and not known[key].is_known_to(kind))
