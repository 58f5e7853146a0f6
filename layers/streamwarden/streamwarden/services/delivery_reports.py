"""What became of notifications returns to the observers, for the ledger of their resource.

Reported is what people may ask for later: that a notification was sent, or why it was not. A
reminder says nothing new, and is not.
"""

from datetime import datetime

from msgspec import Struct

from streamwarden.domain.brief import brief
from streamwarden.domain.inputs import Handling, NotificationHandled
from streamwarden.domain.notifications.delivery import short_name_of
from streamwarden.domain.verdicts import Notification


class Handled(Struct, frozen=True):
    """What became of a notification, and why."""

    notification: Notification
    handling: Handling
    reason: str


def sent_in_words(together: int, *, is_one_incident: bool = False) -> str:
    """How it was sent, with so many in one message."""
    if is_one_incident:
        return f"in one incident for {together}"
    if together == 1:
        return "in a message of its own"
    return f"in a digest of {together} notifications"


def report_of(
    destination: str, handled: Handled, now: datetime, message_id: str
) -> NotificationHandled:
    """What observers are told."""
    given = handled.notification
    return NotificationHandled(
        resource_arn=given.resource_arn,
        time=now,
        destination=destination,
        handling=handled.handling,
        reason=brief(handled.reason),
        notification=short_name_of(given),
        incident=given.incident,
        status=given.status,
        rule_id=given.rule_id,
        stream_id=given.stream_id,
        message_id=message_id,
    )
