"""What a first sweep or a new policy finds is a baseline: nothing has happened just now.

A new policy can open hundreds of incidents within minutes. Each rule's are told in one digest.
"""

from collections.abc import Iterable, Sequence
from copy import replace
from typing import Final

from streamwarden.domain.inputs import (
    IngestObserved,
    Input,
    NotificationHandled,
    PeersListed,
    Recheck,
    ResourceListed,
    StreamListed,
    StreamsCounted,
    StreamStillListed,
)
from streamwarden.domain.levels import Severity
from streamwarden.domain.verdicts import Notification, NotificationStatus

# What is only looked at, and did not happen.
_LOOKS: Final = (
    IngestObserved,
    NotificationHandled,
    PeersListed,
    Recheck,
    ResourceListed,
    StreamListed,
    StreamStillListed,
    StreamsCounted,
)


def with_baseline(
    notifications: Sequence[Notification], inputs: Iterable[Input], *, is_first_decision: bool
) -> tuple[Notification, ...]:
    """The notifications, those of a baseline marked. What is critical is told at once.

    `is_first_decision` says that the resource was not decided under this policy before.
    """
    if not notifications or not is_first_decision:
        return tuple(notifications)
    if not all(isinstance(each, _LOOKS) for each in inputs):
        return tuple(notifications)
    return tuple(
        replace(each, is_baseline=True) if _may_wait(each) else each for each in notifications
    )


def _may_wait(notification: Notification) -> bool:
    is_opened = notification.status is NotificationStatus.OPENED
    return is_opened and notification.severity is not Severity.CRITICAL
