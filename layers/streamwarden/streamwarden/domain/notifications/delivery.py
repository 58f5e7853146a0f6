"""What is known of one destination: what waits for it, what it was told, and how it answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from msgspec import DecodeError, Raw, Struct, field, json
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Baseline
from streamwarden.domain.verdicts import Notification, NotificationStatus

# As long as a weekend with its Monday. Then nobody waits for the message any more.
GIVEN_UP_AFTER: Final = timedelta(days=3)
# As long as a queue keeps a message at most, and longer than any mistake of a deployment lasts.
KEPT_WHILE_LEFT_OUT: Final = timedelta(days=14)
# CloudFormation updates the functions of a stack within a minute or two.
DEPLOYED_WITHIN: Final = timedelta(minutes=10)
_FIRST_WAIT: Final = timedelta(seconds=5)
_LONGEST_WAIT: Final = timedelta(hours=1)
_MOST_DOUBLINGS: Final = 12
# A try that is due comes within minutes, unless nothing waits.
_TRIED_LATE: Final = timedelta(hours=1)
CUT_SHORT: Final = "the function ended before it answered"
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


class Unreadable(Struct, frozen=True):
    """What is stored for a destination and this version cannot read: a newer one may.

    `key` is the name of a notification that waits (`name_of`), or the key of an open incident.
    `text` is what is stored, `reason` says what cannot be read.
    """

    key: str
    text: str
    reason: str

    @property
    def notification(self) -> str:
        """The JSON of the notification that waits; all of the text where it is damaged."""
        try:
            return bytes(json.decode(self.text, type=_Waiting).notification).decode()
        except DecodeError:
            return self.text


class _Waiting(Struct, frozen=True):
    notification: Raw


class DeadLettered(Struct, frozen=True):
    """A notification that was given up, and the kind that its destination had then.

    The kind is empty where it is not known.
    """

    notification: Notification
    kind: str = ""


class OpenIncident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An incident that a destination has to be told the end of.

    `last` is the last notification of it. `notified_at` is None while none was sent. `baseline` is
    the key of the incident as which a baseline was told, of those that were told in it and of
    itself. `notified_by` is the kind of the destination by which it was told: under another one,
    another service has its name. Empty where that is not known.
    """

    last: Notification
    notified_at: datetime | None = None
    notified_by: str = ""
    is_acknowledged: bool = False
    baseline: str = ""

    @property
    def key(self) -> str:
        return self.last.incident

    def is_known_to(self, kind: str) -> bool:
        """Whether the destination may know of it while it is of this kind."""
        return self.notified_by in ("", kind)

    @property
    def is_whole_baseline(self) -> bool:
        return self.baseline == self.key

    def is_part_of(self, baseline: str) -> bool:
        """Whether the baseline with this key is not over because of it."""
        is_notified_in_it = self.baseline == baseline and not self.is_whole_baseline
        return is_notified_in_it and not self.is_acknowledged


class Sending(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that was begun. It is sent again as it is, until it is known what became of it.

    `names` are those of its notifications (`name_of`). `notified_as` is the key of the incident as
    which a baseline is told, `notified_by` the kind of the destination.
    """

    message_id: str
    names: tuple[str, ...]
    group: str = ""
    baseline: Baseline | None = None
    notified_as: str = ""
    notified_by: str = ""
    is_accepted: bool = False


class DestinationState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a destination answers. `groups` is when the last message of each group was sent.

    `is_one_by_one` says that it refused a message about several incidents, one of which is at
    fault. `reminders_at` is when open incidents are told again. `wake_at` is when it is looked at
    next. A run works on it until `leased_until` at the latest. `kind` is the one that has answered
    so. `left_out_since` is when a run found first that the policy leaves it out, and
    `left_out_noted` are the last that it has said of to wait for a policy that names it.
    `unreadable_since` is when a run found first that what waits cannot be read, by its key.
    `unreadable_opens_noted_at` is when it was said last that open incidents cannot be.
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
    kind: str = ""
    left_out_since: datetime | None = None
    left_out_noted: tuple[str, ...] = ()
    unreadable_since: Mapping[str, datetime] = field(default_factory=dict)
    unreadable_opens_noted_at: datetime | None = None


def leased_state(
    state: DestinationState, kind: str, now: datetime, until: datetime
) -> DestinationState:
    """The state for one run. `kind` is empty while the policy leaves the destination out.

    Under another kind, another service has the name. What the former one answered is not its own.
    """
    if kind and state.kind not in ("", kind):
        state = DestinationState(
            sending=state.sending,
            reminders_at=state.reminders_at,
            wake_at=state.wake_at,
            unreadable_since=state.unreadable_since,
            unreadable_opens_noted_at=state.unreadable_opens_noted_at,
        )
    return replace(
        state,
        kind=kind or state.kind,
        leased_until=until,
        left_out_since=None if kind else state.left_out_since or now,
        left_out_noted=() if kind else state.left_out_noted,
    )


def name_of(notification: Notification) -> str:
    return name_of_id(notification.id)


def name_of_id(notification_id: str) -> str:
    """Stands for the id of a notification, which has no bound."""
    return sha256(notification_id.encode()).hexdigest()


def message_id(notifications: Sequence[Notification], more: str = "") -> str:
    """The same for the same notifications, so that a service recognises a second sending."""
    return sha256("\n".join((*map(name_of, notifications), more)).encode()).hexdigest()[:32]


def short_name_of(notification: Notification) -> str:
    """The same for people, who have few to tell apart."""
    return name_of(notification)[:_SHORT_NAME]


def wait_after(failures: int) -> timedelta:
    """How long a destination is left alone: 5, 10, 20 seconds…, an hour at the most."""
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def while_tried(
    state: DestinationState, sending: Sending | None, now: datetime
) -> DestinationState:
    """The state during a try: as after a failed one, in case that the function ends with it."""
    goes_on = _goes_on(state, now)
    failures = state.failures + 1 if goes_on else 1
    return replace(
        state,
        sending=sending,
        not_before=now + wait_after(failures),
        failing_since=state.failing_since if goes_on else now,
        failures=failures,
        obstacle=CUT_SHORT,
    )


def is_kept_no_longer(pending: PendingDelivery, state: DestinationState, now: datetime) -> bool:
    """Whether it has waited for too long for the service that it is for.

    It may have waited for something else before the destination was left out.
    """
    at = pending.notification.at
    return now - max(state.left_out_since or at, at) >= KEPT_WHILE_LEFT_OUT


def is_given_up(pending: PendingDelivery, state: DestinationState, now: datetime) -> bool:
    """Whether the destination has been away for too long since the notification was made."""
    if state.failing_since is None or not _goes_on(state, now):
        return False
    return now - max(state.failing_since, pending.notification.at) >= GIVEN_UP_AFTER


def _goes_on(state: DestinationState, now: datetime) -> bool:
    """Whether a failure now is part of the same outage. Nobody knows what was while none tried."""
    if state.failing_since is None or state.not_before is None:
        return False
    return now - state.not_before <= _TRIED_LATE


def severity_of(pendings: tuple[PendingDelivery, ...]) -> Severity:
    """The highest one."""
    worst = pendings[0].notification.severity
    for each in pendings[1:]:
        found = each.notification.severity
        worst = found if found.is_above(worst) else worst
    return worst
