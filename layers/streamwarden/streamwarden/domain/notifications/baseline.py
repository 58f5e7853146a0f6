"""What a first look finds is a baseline: it may be older, and nothing has happened just now.

A new policy, or a mode that an operator raises, can open hundreds of incidents within minutes.
Each rule's are told in one digest.
"""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.inputs import (
    DeploymentObserved,
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
    DeploymentObserved,
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
    notifications: Sequence[Notification],
    inputs: Sequence[Input],
    began: Mapping[str, datetime],
    *,
    is_first_decision: bool,
) -> tuple[Notification, ...]:
    """The notifications, those of a baseline marked. What is critical is told at once.

    `is_first_decision` says that the resource was not decided under this policy and these modes
    before. `began` says, by rule, since when the breaches last that were not open before.
    """
    if not notifications or not is_first_decision:
        return tuple(notifications)
    if not all(isinstance(each, _LOOKS) for each in inputs):
        return tuple(notifications)
    fired = [each.time for each in inputs if isinstance(each, Recheck)]
    # Of all other looks nobody knows how old is what they show.
    due_at = min(fired) if fired and len(fired) == len(inputs) else None
    return tuple(
        replace(each, is_baseline=True)
        if _may_wait(each) and not _begins_now(began.get(each.rule_id), due_at)
        else each
        for each in notifications
    )


def _begins_now(since: datetime | None, due_at: datetime | None) -> bool:
    """Whether it is what a timer was set for, such as the end of an allowed duration."""
    return since is not None and due_at is not None and since >= due_at


def _may_wait(notification: Notification) -> bool:
    is_opened = notification.status is NotificationStatus.OPENED
    return is_opened and notification.severity is not Severity.CRITICAL
