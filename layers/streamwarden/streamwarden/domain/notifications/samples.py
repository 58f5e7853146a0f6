"""One message of each kind for a destination that is tried. Each says plainly that it is a test.

They tell the life of an incident from its beginning to its end, so that what a service opens for it
is closed again. Its key is the same in every test: another test ends what one has left open.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from msgspec import Struct

from streamwarden.domain.arn import Place
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.verdicts import Notification, NotificationStatus, RuleNotes

_RULE: Final = "test-of-streamwarden"
_NAME: Final = "streamwarden-test"
_IN_DIGEST: Final = 3
_SINCE: Final = timedelta(minutes=5)
_NOTHING: Final = "This is a test by `streamwarden notify test`. Nothing has happened."
_NOTES: Final = RuleNotes(description="it shows what a message looks like here", owner="nobody")


class SampleKind(StrEnum):
    """What a sample is one of."""

    OPENED = "opened"
    ESCALATED = "escalated"
    REMINDER = "reminder"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    WARNING = "warning"
    CHANGED = "changed"
    DIGEST = "digest"


class Sample(Struct, frozen=True):
    """A message that is sent to try a destination."""

    kind: SampleKind
    message: Message


class _Part(NamedTuple):
    """A notification of a sample. Those of one number are about the same incident."""

    status: NotificationStatus
    severity: Severity = Severity.LOW
    number: int = 0


_ESCALATED: Final = _Part(NotificationStatus.ESCALATED, Severity.MEDIUM)
_PARTS: Final[Mapping[SampleKind, tuple[_Part, ...]]] = {
    SampleKind.OPENED: (_Part(NotificationStatus.OPENED),),
    SampleKind.ESCALATED: (_ESCALATED,),
    SampleKind.REMINDER: (_ESCALATED,),
    SampleKind.ACKNOWLEDGED: (_Part(NotificationStatus.ACKNOWLEDGED, Severity.MEDIUM),),
    SampleKind.RESOLVED: (_Part(NotificationStatus.RESOLVED, Severity.MEDIUM),),
    SampleKind.WARNING: (_Part(NotificationStatus.WARNING),),
    SampleKind.CHANGED: (_Part(NotificationStatus.CHANGED),),
    # What it opens it resolves, too.
    SampleKind.DIGEST: tuple(
        _Part(status, number=number)
        for status in (NotificationStatus.OPENED, NotificationStatus.RESOLVED)
        for number in range(1, _IN_DIGEST + 1)
    ),
}
# Nothing resolves what would be opened under the key of one of them.
_OF_THEIR_OWN: Final = frozenset({NotificationStatus.WARNING, NotificationStatus.CHANGED})


def samples(destination: str, place: Place, limits: Limits, now: datetime) -> Iterator[Sample]:
    """In the order in which they are sent. Where a message holds one incident, there is no digest.

    `place` is the account and region that they are about.
    """
    for kind, parts in _PARTS.items():
        if len(parts) <= limits.largest:
            # A service may recognise an id: each test has its own.
            message_id = f"test-{now:%Y%m%dT%H%M%S%fZ}-{kind}"
            notified = tuple(
                _notification(f"{message_id}-{at}", part, destination, place, now)
                for at, part in enumerate(parts)
            )
            is_reminder = kind is SampleKind.REMINDER
            yield Sample(
                kind, Message(id=message_id, notifications=notified, is_reminder=is_reminder)
            )


def _notification(
    notification_id: str, part: _Part, destination: str, place: Place, now: datetime
) -> Notification:
    arn = f"arn:aws:ivs:{place.region}:{place.account}:channel/{_NAME}"
    status, severity, number = part
    about = status if status in _OF_THEIR_OWN else f"incident-{number}"
    return Notification(
        id=notification_id,
        incident=incident_key(arn, "test", destination, about),
        rule_id=_RULE,
        severity=severity,
        status=status,
        resource_arn=arn,
        resource_name=f"{_NAME}-{number}" if number else _NAME,
        stream_id=None,
        title=f"Test of Streamwarden: {status}",
        text=f"{_NOTHING} The channel does not exist.",
        at=now,
        notes=_NOTES,
        since=now - _SINCE,
    )
