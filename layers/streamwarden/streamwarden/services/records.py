"""What is remembered of resources, and what listings say of them: the values that ports pass."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from streamwarden.domain.breaker import Breaker
from streamwarden.domain.decision import NO_STANDING, Standing
from streamwarden.domain.ledger.end import NO_LEDGER, End
from streamwarden.domain.notifications.delivery import DestinationState
from streamwarden.domain.state.airtime import LastAired
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action, Breach, Mode, Notification, Severity

if TYPE_CHECKING:
    # Few inputs write an entry, and every function would load it at a cold start.
    from streamwarden.domain.ledger.entry import Entry

# More than a policy of usual size asks for at once. With notes and texts at their longest, in
# characters of four bytes, they are 330 KB; DynamoDB takes 400 KB an item.
_MOST_EARLIER: Final = 40


class PendingMessages(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a decision asked for that may not have been handed to its queue yet.

    While a queue cannot be reached, only the last of earlier decisions are kept. `left_out` is
    how many notices were not. An action that still matters is asked for again. `unreadable` are
    those of a newer version, as JSON, or what is damaged: they are dead-lettered.
    """

    actions: tuple[Action, ...] = ()
    notifications: tuple[Notification, ...] = ()
    left_out: int = 0
    unreadable: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.actions or self.notifications or self.unreadable)

    def __add__(self, later: "PendingMessages") -> "PendingMessages":
        """All of what came later, and the last of what was there before."""
        if not self and not self.left_out:
            return later
        actions = _without_repeated(self.actions, later.actions)
        notifications = _without_repeated(self.notifications, later.notifications)
        return PendingMessages(
            actions=(*actions[-_MOST_EARLIER:], *later.actions),
            notifications=(*notifications[-_MOST_EARLIER:], *later.notifications),
            left_out=self.left_out + max(0, len(notifications) - _MOST_EARLIER),
            unreadable=(*self.unreadable, *later.unreadable),
        )

    def naming_lost_notifications(self) -> "PendingMessages":
        """The same, as it is sent: the first notification says how many before it are lost."""
        if not self.left_out or not self.notifications:
            return self
        first, *rest = self.notifications
        lost = f"{self.left_out} earlier notifications could not be sent and are lost."
        return replace(self, notifications=(replace(first, text=f"{lost} {first.text}"), *rest))


NOTHING_PENDING: Final = PendingMessages()


def _without_repeated[T: (Action, Notification)](
    earlier: tuple[T, ...], later: tuple[T, ...]
) -> tuple[T, ...]:
    """A later attempt of an action, or the same news, takes the place of an earlier one."""
    repeated = {each.id for each in later}
    return tuple(each for each in earlier if each.id not in repeated)


class RequestedAction(Struct, frozen=True, array_like=True):
    """An action whose outcome is not known, and when it was decided.

    `digest` is of all that it says.
    """

    at: datetime
    digest: str


class OpenIncident(Struct, frozen=True, array_like=True):
    """What is open of one rule on one resource: an incident, or in mode observe only a breach.

    `is_calm` says that no breach is open, and that the incident is not resolved yet. When it
    opened, and who has acknowledged it, the record says: a policy may have many rules, and a
    record has little room.
    """

    rule_id: str
    severity: Severity
    mode: Mode
    is_calm: bool = False
    is_acknowledged: bool = False


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Record(Struct, frozen=True, kw_only=True, gc=False):
    """All that is remembered of a channel. `version` counts the saves; 0 was never saved.

    `standing` is what the last decision left for the next one. `requested` are the requested
    actions by their ids: enforce carries out no others. `decided_under` names what the last
    decision depended on beside the state (see `policy`). `ledger` is the end of its ledger, and
    `entries` are what its next save writes there. `is_swept` says that its end was found, or
    that a sweep finds it; else it may expire. `unreadable` says why it begins anew, which a newer
    version or damage is to blame for; empty where it does not.
    """

    state: Resource
    standing: Standing = NO_STANDING
    pending: PendingMessages = NOTHING_PENDING
    requested: Mapping[str, RequestedAction] = field(default_factory=dict)
    timer_at: datetime | None = None
    decided_under: str = ""
    aired: Mapping[str, LastAired] = field(default_factory=dict)
    ledger: End = NO_LEDGER
    entries: "tuple[Entry, ...]" = ()
    is_swept: bool = True
    version: int = 0
    unreadable: str = ""

    @property
    def breaches(self) -> Mapping[str, Breach]:
        """The open breaches, by breach id."""
        return self.standing.breaches


class StoredBreaker(Struct, frozen=True, kw_only=True):
    """The breaker of a rule as it is stored. `version` counts the saves; 0 was never saved."""

    breaker: Breaker = field(default_factory=Breaker)
    version: int = 0


class FleetEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The little of a resource's record that sweeps and rotations need, for every one.

    `live_stream_id` is set from `Session Created` on, `is_on_air` only from `Stream Start`.
    `viewers` is the viewer count of the live stream as last reported, and `counted_at` when that
    was; None if it never was, or no rule reads it. `counts` are those of the account. `aired` is as
    in its record: of a period that the rules of its last decision did not need, nothing is known
    until the record is decided again. `peers` is what its record was last given. `is_stale` asks
    for word as long as the stream is listed, and `is_ingest_known` for no more word of what its
    encoder sends. `are_key_tags_known` is also set of a channel without a key. `keyless_since` is
    of a channel that is known to have no stream key and is not quarantined, `rotation_due_since` of
    one whose key a rule finds too old. `key_made_on` is the day of the key's creation, as an
    ordinal.
    `is_held` says that a brake holds an action back, `has_controls` that the channel is protected,
    exempt or in quarantine, or was until the end of that. `decided_under` as in its record.
    `is_newer` says that a newer version has stored it, and nothing more is known: no observer of
    this version takes anything in about it. It is never stored.
    """

    resource_arn: str
    digest: str
    live_stream_id: str | None = None
    is_on_air: bool = False
    is_stalled: bool = False
    is_stale: bool = False
    is_ingest_known: bool = False
    viewers: int | None = None
    counted_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    recheck_at: datetime | None = None
    has_pending: bool = False
    is_held: bool = False
    has_controls: bool = False
    is_rotation_due: bool = False
    rotation_due_since: datetime | None = None
    keyless_since: datetime | None = None
    are_key_tags_known: bool = False
    is_gone: bool = False
    aired: Mapping[str, LastAired] = field(default_factory=dict)
    peers: Stamped[dict[str, Peers]] | None = None
    decided_under: str = ""
    is_newer: bool = False
    # Stored under one letter, because every record has it, and little room.
    key_made_on: int | None = field(default=None, name="k")
    # For operators. The name is stored under one letter, for the same reason.
    name: str = field(default="", name="n")
    incidents: tuple[OpenIncident, ...] = ()


class ListedResource(Struct, frozen=True, kw_only=True):
    """One entry of a listing; `settings` in the API's member names, without arn and tags."""

    arn: str
    settings: Mapping[str, Any]
    tags: Mapping[str, str]


class Page[T](Struct, frozen=True):
    """Some entries of a listing, and the token of the page that follows; empty after the last."""

    entries: tuple[T, ...]
    next_token: str = ""


class SecretValue(Struct, frozen=True):
    """The value of a stream key, which no representation shows."""

    reveal: str

    def __repr__(self) -> str:
        return "SecretValue(***)"


class Published(Struct, frozen=True):
    """The new key of a rotation, and the secret that holds its value."""

    key_arn: str
    secret: str


class Rotation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key rotation that has begun: enough to finish it after any interruption.

    `is_held_notified` says that people were told that the stack may not finish it. `published` is
    set where an operator has finished it, and the stack has not said so yet.
    """

    id: str
    channel_arn: str
    channel_name: str
    old_key_arn: str | None
    tags: Mapping[str, str]
    minted_at: datetime
    rule_id: str
    is_held_notified: bool = False
    published: Published | None = None


class StoredState(Struct, frozen=True):
    """How a destination answers, as stored. Version 0 is not stored yet.

    `unreadable` says why it begins anew; empty where it does not.
    """

    state: DestinationState = DestinationState()
    version: int = 0
    unreadable: str = ""
