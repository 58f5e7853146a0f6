"""What is known of one destination: what waits for it, what it was told, and how it answers."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import Struct, field

from streamwarden.domain.levels import Severity
from streamwarden.domain.verdicts import Notification, NotificationStatus

# As long as a weekend with its Monday. Then nobody waits for the message any more.
GIVEN_UP_AFTER: Final = timedelta(days=3)
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 12
_SHORT_NAME: Final = 16

# An incident is open at a destination from the first of these until it is resolved there.
_OPENING: Final = frozenset(
    {NotificationStatus.OPENED, NotificationStatus.REPEATED, NotificationStatus.ESCALATED}
)
# What an incident ends with. It goes where the incident was opened, whatever routes say.
_ENDING: Final = frozenset({NotificationStatus.RESOLVED, NotificationStatus.ACKNOWLEDGED})
# What is told of first, or is no part of an incident's life. It goes where routes lead it.
_FIRST_OR_ONLY: Final = frozenset(
    {NotificationStatus.OPENED, NotificationStatus.WARNING, NotificationStatus.CHANGED}
)


def opens_incident(notification: Notification) -> bool:
    """Whether people expect to be told of its end. A warning or a change has none."""
    return notification.status in _OPENING


def ends_incident(notification: Notification) -> bool:
    """Whether nothing is told but by destinations that know of the incident."""
    return notification.status in _ENDING


def is_first_or_only(notification: Notification) -> bool:
    """Whether no destination knows of its incident before it."""
    return notification.status in _FIRST_OR_ONLY


class PendingDelivery(Struct, frozen=True, omit_defaults=True):
    """A notification that waits for its destination. `held` says what keeps it from being told."""

    notification: Notification
    held: str = ""


class OpenIncident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that a destination has to be told the end of.

    `last` is the last notification of it. `told_at` is None while none was sent.
    """

    last: Notification
    told_at: datetime | None = None
    is_acknowledged: bool = False

    @property
    def key(self) -> str:
        return self.last.incident


class Sending(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that was begun. It is sent again as it is, until it is known what became of it.

    `names` are those of its notifications (`name_of`).
    """

    message_id: str
    names: tuple[str, ...]
    group: str = ""
    is_accepted: bool = False


class DestinationState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a destination answers. `groups` is when the last message of each group was sent.

    `is_one_by_one` says that it refused a message about several incidents, one of which is at
    fault. `reminders_at` is when open incidents are told again. `wake_at` is when it is looked at
    next. A run works on it until `leased_until` at the latest.
    """

    not_before: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    obstacle: str = ""
    is_one_by_one: bool = False
    groups: Mapping[str, datetime] = field(default_factory=dict)
    sending: Sending | None = None
    reminders_at: datetime | None = None
    wake_at: datetime | None = None
    leased_until: datetime | None = None


def name_of(notification: Notification) -> str:
    """Stands for the id of a notification, which has no bound."""
    return sha256(notification.id.encode()).hexdigest()


def short_name_of(notification: Notification) -> str:
    """The same for people, who have few to tell apart."""
    return name_of(notification)[:_SHORT_NAME]


def wait_after(failures: int) -> timedelta:
    """How long a destination is left alone: 5, 10, 20 seconds…, an hour at the most."""
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def is_given_up(pending: PendingDelivery, state: DestinationState, now: datetime) -> bool:
    """Whether the destination has been away for too long since the notification was made."""
    if state.failing_since is None:
        return False
    return now - max(state.failing_since, pending.notification.at) >= GIVEN_UP_AFTER


def severity_of(pendings: tuple[PendingDelivery, ...]) -> Severity:
    """The highest one."""
    worst = pendings[0].notification.severity
    for each in pendings[1:]:
        found = each.notification.severity
        worst = found if found.is_above(worst) else worst
    return worst
