"""What the services need from the outside, each as a small Protocol named for the need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct, field

from streamwarden.domain.acting.calls import Call, ListedKey, LiveStream
from streamwarden.domain.arn import ResourceType
from streamwarden.domain.inputs import OwnInput
from streamwarden.domain.state.airtime import LastAired
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action, Breach, Notification


class TemporaryError(Exception):
    """Something outside is busy or changing; the same request may succeed later."""


class PermanentError(Exception):
    """Something outside said no, and will say no again (permissions, a missing resource)."""


class NotFound(PermanentError):
    """What the request is about is not there, or not any more."""


class VersionConflict(Exception):
    """Somebody else saved the channel since it was loaded."""


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware UTC."""


class BackOff(Protocol):
    def __call__(self, attempt: int, /) -> None:
        """Wait before the next attempt: longer each time, and not the same for everybody."""


class PendingMessages(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a decision asked for that may not have been handed to its queue yet.

    While a queue cannot be reached, only the last of earlier decisions are kept. `left_out` is
    how many notices were not. An action that still matters is asked for again.
    """

    actions: tuple[Action, ...] = ()
    notifications: tuple[Notification, ...] = ()
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.actions or self.notifications)

    def __add__(self, later: "PendingMessages") -> "PendingMessages":
        """All of what came later, and the last of what was there before."""
        actions = _without_repeated(self.actions, later.actions)
        notifications = _without_repeated(self.notifications, later.notifications)
        return PendingMessages(
            actions=(*actions[-_MOST_EARLIER:], *later.actions),
            notifications=(*notifications[-_MOST_EARLIER:], *later.notifications),
            left_out=self.left_out + max(0, len(notifications) - _MOST_EARLIER),
        )

    def naming_lost_notifications(self) -> "PendingMessages":
        """The same, as it is sent: the first notice says how many before it are lost."""
        if not self.left_out or not self.notifications:
            return self
        first, *rest = self.notifications
        lost = f"{self.left_out} earlier notices could not be sent and are lost."
        return replace(self, notifications=(replace(first, text=f"{lost} {first.text}"), *rest))


# More than a policy of usual size asks for at once, and far below DynamoDB's 400 KB an item.
_MOST_EARLIER: Final = 60


def _without_repeated[T: (Action, Notification)](
    earlier: tuple[T, ...], later: tuple[T, ...]
) -> tuple[T, ...]:
    """A later attempt of an action, or the same news, takes the place of an earlier one."""
    repeated = {each.id for each in later}
    return tuple(each for each in earlier if each.id not in repeated)


class Record(Struct, frozen=True, kw_only=True):
    """All that is remembered of a channel. `version` counts the saves; 0 was never saved.

    `warned` is the last warning that was told before each breach (see Decision). `decided_under`
    names what the last decision depended on beside what is known (see `policy`).
    """

    state: Resource
    breaches: Mapping[str, Breach] = field(default_factory=dict)
    notification_history: Mapping[str, datetime] = field(default_factory=dict)
    pending: PendingMessages = field(default_factory=PendingMessages)
    timer_at: datetime | None = None
    decided_under: str = ""
    version: int = 0


class RecordStore(Protocol):
    def channel_of(self, key_arn: str) -> str | None:
        """The channel whose stream key this is or was; None if no record says. Raises TryAgain."""

    def load(self, resource_arn: str) -> Record:
        """What is remembered; an empty record for a channel never heard of."""

    def save(self, record: Record, before: Record) -> Record:
        """Replace `before` by `record`, all or nothing. Raises Superseded."""


class Timers(Protocol):
    def set(self, resource_arn: str, at: datetime) -> None:
        """Have a LookAgain for the channel arrive at `at`, instead of any earlier request."""


class Outbox(Protocol):
    def send(self, pending: PendingMessages) -> None:
        """Hand over actions and notices. Sending the same one twice has no second effect."""


class Inbox(Protocol):
    def put(self, inputs: Sequence[OwnInput]) -> None:
        """Let the observers know."""


class ListedResource(Struct, frozen=True, kw_only=True):
    """One entry of a listing; `settings` in the API's member names, without arn and tags."""

    arn: str
    settings: Mapping[str, Any]
    tags: Mapping[str, str]


class FleetListing(Protocol):
    def resources(self, resource: ResourceType) -> Iterator[ListedResource]:
        """Every resource of a type in the account and region; one call per 100.

        Raises TryAgain, Refused.
        """

    def streams(self) -> Iterator[LiveStream]:
        """Every live stream of the account and region; one call per 100."""


class StreamSessions(Protocol):
    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        """What the encoder of a stream is set up to send; None while IVS does not know.

        Raises TryAgain, Refused.
        """


class FleetEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The little of a resource's record that sweeps and rotations need, for every one.

    `live_stream_id` is set from `Session Created` on, `is_on_air` only from `Stream Start`.
    `viewers` is the viewer count of the live stream as last reported; None if it never was.
    `aired` does not count the live stream, and `peers` is what it was last told.
    `is_stale` asks for word as long as the stream is listed, and `is_ingest_known` for no more
    word of what its encoder sends. `are_key_tags_known` is also set of a channel without a key.
    `decided_under` as in its record.
    """

    resource_arn: str
    digest: str
    live_stream_id: str | None = None
    is_on_air: bool = False
    is_stalled: bool = False
    is_stale: bool = False
    is_ingest_known: bool = False
    viewers: int | None = None
    recheck_at: datetime | None = None
    has_pending: bool = False
    is_rotation_due: bool = False
    are_key_tags_known: bool = False
    is_gone: bool = False
    aired: LastAired | None = None
    peers: Stamped[dict[str, Peers]] | None = None
    decided_under: str = ""


class FleetIndex(Protocol):
    def entries(self) -> Iterable[FleetEntry]:
        """Every remembered resource of the account and region."""


class StreamLookup(Protocol):
    def live_stream(self, channel_arn: str) -> LiveStream | None:
        """What is live on the channel now; None when nothing is. Raises TryAgain, Refused."""


class Operations(Protocol):
    def make(self, call: Call) -> str:
        """Make one call of the IVS API. A second one may have a second effect.

        Returns the code of an error after which the call is pointless; empty when it was made.
        Raises TryAgain, Refused.
        """


class SecretValue(Struct, frozen=True):
    """The value of a stream key, which no representation shows."""

    reveal: str

    def __repr__(self) -> str:
        return "SecretValue(***)"


class KeyLookup(Protocol):
    def find(self, channel_arn: str) -> ListedKey | None:
        """The channel's stream key; None when it has none. Raises TryAgain, Refused, and Missing
        where there is no such channel."""


class KeyControl(KeyLookup, Protocol):
    def delete(self, key_arn: str) -> None:
        """Revoke a key; a key already gone is fine. Raises TryAgain, Refused."""

    def create(self, channel_arn: str, tags: Mapping[str, str]) -> ListedKey | None:
        """Make the channel's key; None when it has one already. Raises TryAgain, Refused."""

    def read(self, key_arn: str) -> SecretValue:
        """The value of a key. Raises TryAgain, Refused."""


class SecretStore(Protocol):
    def publish(self, channel_arn: str, key_arn: str, value: SecretValue) -> str:
        """Make this key the current value of the channel's secret; again is no change.

        Returns the name of the secret. Raises TryAgain, Refused.
        """


class Rotation(Struct, frozen=True, kw_only=True):
    """A key rotation that has begun: enough to finish it after any interruption."""

    id: str
    channel_arn: str
    channel_name: str
    old_key_arn: str | None
    tags: Mapping[str, str]
    minted_at: datetime
    rule_id: str


class RotationLog(Protocol):
    def unfinished(self, channel_arn: str) -> Rotation | None:
        """The rotation of the channel that has begun and not ended."""

    def all_unfinished(self) -> Iterable[Rotation]:
        """Every rotation of the account and region that has begun and not ended."""

    def begin(self, rotation: Rotation) -> None:
        """Remember a rotation before its first call. Raises TryAgain if one has begun."""

    def finish(self, rotation: Rotation) -> None:
        """Forget a rotation whose every step is done."""


class Destination(Protocol):
    def deliver(self, notification: Notification) -> None:
        """Tell people. Raises TryAgain, Refused."""
