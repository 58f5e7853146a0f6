"""What the services need from the outside, each as a small Protocol named for the need."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from streamwarden.domain.actions.base.calls import Call, ListedKey, LiveStream, SeenChannel
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.breaker import Breaker
from streamwarden.domain.inputs import OwnInput
from streamwarden.domain.notifications.delivery import (
    DeadLettered,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Unreadable,
)
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.verdicts import Action, Notification
from streamwarden.services.records import (
    FleetEntry,
    ListedResource,
    Page,
    PendingMessages,
    Record,
    RequestedAction,
    Rotation,
    SecretValue,
    StoredBreaker,
    StoredState,
)

if TYPE_CHECKING:
    from streamwarden.domain.ledger.entry import Entry  # which few inputs load
    from streamwarden.services.fleet_figures import FleetFigures  # which only sweeps load
    from streamwarden.services.unfinished_sweep import FinishedSweep, Listing, RunningSweep


class Clock(Protocol):
    def __call__(self) -> datetime:
        """Now, aware UTC."""


class HasTime(Protocol):
    def __call__(self) -> bool:
        """Whether there is time to begin another piece of work."""


class BackOff(Protocol):
    def __call__(self, attempt: int, /) -> None:
        """Wait before the next attempt: longer each time, and not the same for everybody."""


class InBackground(Protocol):
    def __call__[T](self, work: Callable[[], T], /) -> Callable[[], T]:
        """Begin the work now, or when it is asked for. What is returned waits for its result.

        An error of the work is raised there.
        """


# What arrives again arrives soon. A batch of an inbox about one resource fills half of these.
MOST_LOOKED_UP: Final = 20


class RecordStore(Protocol):
    def channel_of(self, key_arn: str) -> str | None:
        """The channel whose stream key this is or was; None if no record says.

        Raises TemporaryError.
        """

    def load(self, resource_arn: str) -> Record:
        """What is remembered; an empty record for a resource that was never observed.

        Raises PermanentError for what a newer version stored.
        """

    def load_with_controls(self, resource_arn: str) -> "tuple[Record, ReadControls]":
        """The same, and what is set for its account and region, both as they are now, in one call.

        Raises as `load` does. The controls raise PermanentError when they are asked for.
        """

    def save(self, record: Record, before: Record) -> Record:
        """Replace `before` by `record`, all or nothing. Raises VersionConflict."""

    def newest_entries(self, resource_arn: str) -> "Iterable[Entry]":
        """The last entries of its ledger, from the newest back, as many as tell what arrives again.

        Raises TemporaryError, PermanentError.
        """


class ReadControls(Protocol):
    def __call__(self) -> AccountControls:
        """What was read, decoded. Raises PermanentError."""


class Timers(Protocol):
    def set(self, resource_arn: str, at: datetime) -> None:
        """Have a LookAgain for the channel arrive at `at`, instead of any earlier request."""


class Outbox(Protocol):
    def send(self, pending: PendingMessages) -> None:
        """Hand over actions and notices. Sending the same one twice has no second effect."""


class FiguresLog(Protocol):
    def __call__(self, figures: "FleetFigures", /) -> None:
        """What a sweep knows of the account, once a sweep."""


class Inbox(Protocol):
    def put(self, inputs: Sequence[OwnInput]) -> None:
        """Let the observers know."""


class FleetListing(Protocol):
    def resources(self, resource: ResourceType, token: str = "") -> Page[ListedResource]:
        """A page of the resources of a type in the account and region: the first, or of a token.

        Raises TemporaryError, PermanentError, and TokenRefused for a token that does not hold.
        """

    def streams(self, token: str = "") -> Page[LiveStream]:
        """A page of the live streams of the account and region, as `resources`."""


class SweepLog(Protocol):
    def running(self) -> "RunningSweep | None":
        """The sweep of the account and region that is under way. Raises TemporaryError."""

    def save(self, sweep: "RunningSweep", before: "RunningSweep | None") -> "RunningSweep":
        """Replace `before` by `sweep`. Raises VersionConflict if another invocation was faster."""

    def finish(self, sweep: "RunningSweep", finished: "FinishedSweep") -> None:
        """Forget a sweep that has read everything, unless it changed meanwhile.

        `finished` is the last one from then on. Raises TemporaryError.
        """

    def last(self) -> "FinishedSweep | None":
        """The last sweep that has read everything. Raises TemporaryError."""


class Continuation(Protocol):
    def __call__(self) -> None:
        """Have another invocation go on. Raises TemporaryError, PermanentError."""


class Restarted(Protocol):
    def __call__(self, listing: "Listing", /) -> None:
        """IVS refused to continue a listing, which is read again from its start."""


class StreamSessions(Protocol):
    def ingest(self, channel_arn: str, stream_id: str) -> Ingest | None:
        """What the encoder of a stream is set up to send; None while IVS does not know.

        Raises TemporaryError, PermanentError.
        """


class FleetIndex(Protocol):
    def entries(self) -> Iterable[FleetEntry]:
        """Every remembered resource of the account and region. Raises TemporaryError."""


class StreamLookup(Protocol):
    def live_stream(self, channel_arn: str) -> LiveStream | None:
        """What is live on the channel now; None when nothing is.

        Raises TemporaryError, PermanentError.
        """


class ControlsLookup(Protocol):
    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        """What is set for an account and region now; `afresh` takes nothing that is remembered.

        Raises TemporaryError, PermanentError.
        """


class ObservedControls(ControlsLookup, Protocol):
    def load_with(
        self, store: RecordStore, resource_arn: str, *, afresh: bool = False
    ) -> tuple[Record, AccountControls]:
        """A record, and what is set for its account and region. Both are read in one call.

        While the controls cannot be read, actions are paused.
        Raises TemporaryError, and PermanentError for what a newer version stored.
        """


class BreakerStore(Protocol):
    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        """Replace `before`. Raises VersionConflict if another invocation was faster."""


class TagLookup(Protocol):
    def tags(self, resource_arn: str) -> Mapping[str, str]:
        """All tags of a resource, as they are now.

        Raises TemporaryError, PermanentError, and NotFound where there is no such resource.
        """


class ChannelLookup(Protocol):
    def channel(self, channel_arn: str) -> SeenChannel | None:
        """The channel as it is now; None when there is none.

        Raises TemporaryError, PermanentError.
        """


class BeforeAction(Protocol):
    """What the table says before an action is carried out."""

    @property
    def request(self) -> RequestedAction | None:
        """What the record of the resource holds of the action, if it is still to be carried out."""

    def controls(self) -> AccountControls:
        """What is set for the account and region. Raises PermanentError."""

    def breaker(self) -> StoredBreaker:
        """The breaker of the rule; one that nothing has passed yet, if there is none.

        Raises PermanentError.
        """


class ActionLookup(Protocol):
    def before(self, action: Action) -> BeforeAction:
        """What the table says now, read at once. Raises TemporaryError, PermanentError."""


class Operations(Protocol):
    def make(self, call: Call) -> str:
        """Make one call of the IVS API. A second one may have a second effect.

        Returns the code of an error after which the call is pointless; empty when it was made.
        Raises TemporaryError, PermanentError.
        """


class RotationRequests(Protocol):
    def make_key(self, channel_arn: str) -> None:
        """Have RotateKeys give a channel a stream key that has none, without waiting for it.

        Raises TemporaryError, PermanentError.
        """


class KeyLookup(Protocol):
    def find(self, channel_arn: str) -> ListedKey | None:
        """The channel's stream key; None when it has none.

        Raises TemporaryError, PermanentError, and NotFound where there is no such channel.
        """


class KeyControl(KeyLookup, Protocol):
    def delete(self, key_arn: str) -> None:
        """Revoke a key; a key already gone is fine. Raises TemporaryError, PermanentError."""

    def create(self, channel_arn: str, tags: Mapping[str, str]) -> ListedKey | None:
        (
            """Make the channel's key; None when it has one already.

        Raises TemporaryError, PermanentError.
        """
            ""
        )

    def read(self, key_arn: str) -> SecretValue:
        """The value of a key. Raises TemporaryError, PermanentError."""


class SecretStore(Protocol):
    def publish(self, channel_arn: str, key_arn: str, value: SecretValue) -> str:
        """Make this key the current value of the channel's secret; again is no change.

        Returns the name of the secret. Raises TemporaryError, PermanentError.
        """

    def retire(self, channel_arn: str) -> bool:
        """Delete the secret of a channel, so that it can be restored for a while.

        False if there is none, or it is deleted already. Raises TemporaryError, PermanentError.
        """


class RotationLog(Protocol):
    def unfinished(self, channel_arn: str) -> Rotation | None:
        """The rotation of the channel that has begun and not ended.

        Raises PermanentError for one that cannot be read.
        """

    def all_unfinished(self) -> Iterable[str]:
        """The channels whose rotation has begun and not ended, in the account and region.

        They may be a moment old.
        """

    def begin(self, rotation: Rotation) -> None:
        """Remember a rotation before its first call. Raises TemporaryError if one has begun."""

    def replace(self, rotation: Rotation, by: Rotation) -> None:
        """Remember `by` instead, unless the rotation was finished or changed meanwhile."""

    def finish(self, rotation: Rotation) -> None:
        """Forget a rotation whose every step is done."""


class Destination(Protocol):
    def deliver(self, message: Message) -> None:
        """Tell people. The same message may be sent again.

        Raises Throttled where the service says when to come again, Unanswered where nobody knows
        whether it was taken, TemporaryError, and PermanentError for what is never taken.
        """


class Deliveries(Protocol):
    """What waits for each destination, and which incidents each has to be told the end of.

    Of several, what cannot be read stands among the others.
    Every operation raises TemporaryError and PermanentError.
    """

    def destinations(self) -> Sequence[str]:
        """The names of those that anything was handed to, also where no policy names them now."""

    def opened_at(self, incident: str) -> Mapping[str, OpenIncident | Unreadable]:
        """At which of all destinations an incident is open, by their names."""

    def add(
        self, destination: str, notification: Notification, opened: OpenIncident | None
    ) -> bool:
        """Have a notification wait for a destination, and an incident be open there.

        False where it was told or dropped there before; then nothing changes.
        """

    def waiting(self, destination: str) -> Sequence[PendingDelivery | Unreadable]:
        """All that waits, in no order."""

    def hold(self, destination: str, pending: PendingDelivery) -> None:
        """Remember what keeps it from being told."""

    def opens(self, destination: str) -> Sequence[OpenIncident | Unreadable]:
        """The incidents that are open at a destination."""

    def finish(
        self,
        destination: str,
        done: Sequence[Notification],
        opens: Sequence[OpenIncident] = (),
        ended: Sequence[str] = (),
        *,
        is_dead: bool = False,
        kind: str = "",
    ) -> None:
        """What is done waits no more, and is never added again. `opens` replace what is known of
        open incidents, and `ended` are the keys of those that are no longer open. What `is_dead`
        is kept with the `kind` of the destination, and may be revived.
        """

    def give_up(
        self, destination: str, unreadable: Unreadable, kind: str, ended: Sequence[str] = ()
    ) -> None:
        """Have what waits and cannot be read wait no more, as what `is_dead`. `ended` as before."""

    def dead_lettered(self, destination: str, notification_id: str) -> DeadLettered | None:
        """What was dead-lettered under this id, as it was; None for any other."""

    def revive(
        self,
        destination: str,
        notification: Notification,
        opened: OpenIncident | None = None,
    ) -> None:
        """Have a notification wait again that was dead-lettered, and an incident be open with it.

        Any other is left as it is, and then nothing changes.
        """

    def state(self, destination: str) -> StoredState:
        """How the destination answers; as new for one that nothing was sent to.

        Also where that cannot be read: nobody would be told, because of how it once answered.
        """

    def save(self, destination: str, state: DestinationState, before: StoredState) -> StoredState:
        """Replace `before`. Raises VersionConflict if another invocation was faster."""


# SQS delays by 15 minutes at most. The alarm of the age of messages may count the delay.
LONGEST_WAKE: Final = timedelta(minutes=10)


class Wakes(Protocol):
    def wake(self, destination: str, after: timedelta) -> None:
        """Have the destination looked at after a while, or after LONGEST_WAKE if that is less.

        Raises TemporaryError, PermanentError.
        """


class UndeliveredNotifications(Protocol):
    def put(self, destination: str, notification: Notification | Unreadable, reason: str) -> None:
        """Dead-letter a notification. Raises TemporaryError, PermanentError."""
