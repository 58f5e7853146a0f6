"""Streamwarden's own inputs: what sweeps, timers and finished actions say about a channel.

They travel in the inbox queues in the same envelope as EventBridge events, with source
`streamwarden`, so that every input is read, logged and dead-lettered in one way. None of them
comes from an event bus, where a sender names the source as they like.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct, field

from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.events import (
    AwareTime,
    Event,
    ExternalVerdict,
    MalformedEvent,
    OfAnotherVersion,
    Received,
    parse_event,
    without_keys,
)
from streamwarden.domain.events.bounds import (
    LONGEST_ID,
    Count,
    LongestStreamId,
    ResourceArn,
    check_moment,
)
from streamwarden.domain.events.members import check_members
from streamwarden.domain.state.deployment import Deployment
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.state.peers import Peers
from streamwarden.domain.state.resource import Outcome

if TYPE_CHECKING:
    from streamwarden.domain.commands import AnyCommand  # which enforce never loads

SOURCE: Final = "streamwarden"
_PREFIX: Final = "Streamwarden "
# Of what names a notification.
_LONGEST_DESTINATION: Final = 64
_LONGEST_INCIDENT: Final = 255
_LONGEST_DIGEST: Final = 64


class Health(StrEnum):
    """Whether the ingest of a live stream delivers."""

    HEALTHY = "HEALTHY"
    STARVING = "STARVING"
    UNKNOWN = "UNKNOWN"


class Recheck(Struct, frozen=True, kw_only=True):
    """A timer fired, or a sweep found it overdue: nothing new is known but the time."""

    resource_arn: ResourceArn
    time: AwareTime


class ResourceListed(Struct, frozen=True, kw_only=True):
    """ListChannels returned the channel: its summary (API member names) and all its tags."""

    resource_arn: ResourceArn
    time: AwareTime
    settings: dict[str, Any]
    tags: dict[str, str]


class ResourceNotListed(Struct, frozen=True, kw_only=True):
    """A whole ListChannels listing did not hold the channel."""

    resource_arn: ResourceArn
    time: AwareTime


class StreamListed(Struct, frozen=True, kw_only=True):
    """ListStreams returned the channel's live stream. An unknown viewer count is None."""

    resource_arn: ResourceArn
    time: AwareTime
    stream_id: LongestStreamId
    health: Health
    start_time: AwareTime
    viewer_count: Count | None = None


class StreamStillListed(Struct, frozen=True, kw_only=True):
    """ListStreams still returns a stream that seems to be over, and does not call it healthy."""

    resource_arn: ResourceArn
    time: AwareTime
    stream_id: LongestStreamId


class StreamNotListed(Struct, frozen=True, kw_only=True):
    """A whole ListStreams listing did not hold the channel."""

    resource_arn: ResourceArn
    time: AwareTime


class PeersListed(Struct, frozen=True, kw_only=True):
    """Where a live stream stands among those counted together with it, by tag key.

    `is_healthy` says that the listing calls it healthy.
    """

    resource_arn: ResourceArn
    time: AwareTime
    stream_id: LongestStreamId
    peers: dict[str, Peers]
    is_healthy: bool = False


class IngestObserved(Struct, frozen=True, kw_only=True):
    """What the encoder of a live stream is set up to send, from GetStreamSession."""

    resource_arn: ResourceArn
    time: AwareTime
    stream_id: LongestStreamId
    ingest: Ingest


class ActionFinished(Struct, frozen=True, kw_only=True):
    """An action was carried out, refused or found unnecessary.

    `decided_at` says which request of the action that was: each attempt has the same `action_id`.
    `tags` are those now set, or None for one that was removed: of the resource, or of its stream
    key where `key_arn` names one.
    `settings` are those of the resource that were set, or found as they should be.
    """

    resource_arn: ResourceArn
    time: AwareTime
    action_id: str
    outcome: Outcome
    decided_at: AwareTime | None = None
    tags: dict[str, str | None] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    key_arn: str | None = None


class KeyObserved(Struct, frozen=True, kw_only=True):
    """The channel's stream key as IVS lists it, or as just minted. Never its value.

    `tags` are all that the key has; None where they were not read.
    """

    resource_arn: ResourceArn
    time: AwareTime
    key_arn: str | None
    minted_at: AwareTime | None
    tags: dict[str, str] | None = None


class RotationObserved(Struct, frozen=True, kw_only=True):
    """A rotation of the channel's stream key has begun, or has published the new key.

    `is_needless` says that it has found a key where one was missing, and has made none.
    """

    resource_arn: ResourceArn
    time: AwareTime
    is_finished: bool
    is_needless: bool = False


class StreamsCounted(Struct, frozen=True, kw_only=True):
    """So many streams of the account and region are live, by a sweep."""

    resource_arn: ResourceArn
    time: AwareTime
    live: Count


class BreakerTripped(Struct, frozen=True, kw_only=True):
    """The breaker of a rule has tripped in the account and region, at `time`."""

    resource_arn: ResourceArn
    time: AwareTime
    rule_id: Annotated[str, Meta(max_length=LONGEST_ID)]


class DeploymentObserved(Struct, frozen=True, kw_only=True):
    """A sweep runs as a part of this deployment, at `time`."""

    resource_arn: ResourceArn
    time: AwareTime
    deployment: Deployment


class Handling(StrEnum):
    """What became of a notification at a destination. What is suppressed may be sent later."""

    SENT = "sent"
    SUPPRESSED = "suppressed"
    NOT_SENT = "not sent"
    DEAD_LETTERED = "dead-lettered"


class NotificationHandled(Struct, frozen=True, kw_only=True):
    """A destination was sent a notification, or was not, at `time`. `reason` says why.

    `notification` stands for its id, and `status` is its status. `message_id` names the message
    that it was sent in. Nothing is decided by it: it is for the ledger.
    """

    resource_arn: ResourceArn
    time: AwareTime
    destination: Annotated[str, Meta(max_length=_LONGEST_DESTINATION)]
    handling: Handling
    reason: Annotated[str, Meta(max_length=LONGEST_TEXT)]
    notification: Annotated[str, Meta(max_length=_LONGEST_DIGEST)]
    incident: Annotated[str, Meta(max_length=_LONGEST_INCIDENT)]
    status: Annotated[str, Meta(max_length=_LONGEST_DIGEST)]
    rule_id: Annotated[str, Meta(max_length=LONGEST_ID)] = ""
    stream_id: LongestStreamId | None = None
    message_id: Annotated[str, Meta(max_length=_LONGEST_DIGEST)] = ""


type OwnInput = (
    Recheck
    | ResourceListed
    | ResourceNotListed
    | StreamListed
    | StreamStillListed
    | StreamNotListed
    | PeersListed
    | IngestObserved
    | ActionFinished
    | KeyObserved
    | RotationObserved
    | StreamsCounted
    | BreakerTripped
    | DeploymentObserved
    | NotificationHandled
)
type Input = Event | OwnInput | AnyCommand

_BY_DETAIL_TYPE: Final[Mapping[str, type[OwnInput]]] = {
    "Streamwarden Recheck": Recheck,
    "Streamwarden Resource Listed": ResourceListed,
    "Streamwarden Resource Not Listed": ResourceNotListed,
    "Streamwarden Stream Listed": StreamListed,
    "Streamwarden Stream Still Listed": StreamStillListed,
    "Streamwarden Stream Not Listed": StreamNotListed,
    "Streamwarden Peers Listed": PeersListed,
    "Streamwarden Ingest Observed": IngestObserved,
    "Streamwarden Action Finished": ActionFinished,
    "Streamwarden Key Observed": KeyObserved,
    "Streamwarden Rotation Observed": RotationObserved,
    "Streamwarden Streams Counted": StreamsCounted,
    "Streamwarden Breaker Tripped": BreakerTripped,
    "Streamwarden Deployment Observed": DeploymentObserved,
    "Streamwarden Notification Handled": NotificationHandled,
}
_DETAIL_TYPES: Final = {model: detail_type for detail_type, model in _BY_DETAIL_TYPE.items()}


def parse_input(
    raw: Mapping[str, Any], received_at: datetime | None = None, home: Place | None = None
) -> Event | OwnInput:
    """An IVS event or one of Streamwarden's own. Raises MalformedEvent, naming the field; of its
    own, OfAnotherVersion.

    `received_at` is when it came, by the clock; `home` is the account and region of the stack.
    """
    if raw.get("source") != SOURCE:
        event = parse_event(raw, received_at)
        if isinstance(event, ExternalVerdict):
            _check_place(event, home)
        return event
    if "account" in raw:
        # EventBridge writes this into each event, and nothing that a sender says removes it.
        raise MalformedEvent("source", f"expected another than {SOURCE!r} of an event")
    raw = without_keys(raw)
    model = _BY_DETAIL_TYPE.get(str(raw.get("detail-type")))
    if model is None:
        names = ", ".join(each.removeprefix(_PREFIX) for each in _BY_DETAIL_TYPE)
        raise OfAnotherVersion("detail-type", f"expected {_PREFIX}and one of {names}")
    try:
        own = msgspec.convert(raw.get("detail"), model)
        if isinstance(own, ResourceListed | ActionFinished):
            check_members(own.settings)
    except msgspec.ValidationError as error:
        raise OfAnotherVersion("detail", brief(str(error))) from error
    _check_moments(own, received_at)
    return own


def _check_place(verdict: ExternalVerdict, home: Place | None) -> None:
    """A sender may be of another account. What it says is about channels of this one."""
    place = place_of(verdict.resource_arn or "")
    if home is not None and place != home:
        raise MalformedEvent(
            "resources[0]",
            f"expected a channel of account {home.account} in {home.region}, "
            f"found one of account {place.account} in {place.region}",
        )


def _check_moments(own: OwnInput, received_at: datetime | None) -> None:
    check_moment("detail.time", own.time, received_at)
    match own:
        case StreamListed(start_time=at):
            check_moment("detail.start_time", at, received_at)
        case KeyObserved(minted_at=datetime() as at):
            # It may be ahead, because it can come from a tag that people set.
            check_moment("detail.minted_at", at, None)
        case _:
            pass


def name_of(given: Input) -> str:
    """What an input is called in a log: an event by its id, an outcome by its action."""
    match given:
        case Received():
            return given.envelope.id[:LONGEST_ID]
        case ActionFinished():
            return f"{type(given).__name__} {given.action_id}"
        case _:
            return type(given).__name__


def moment_of(given: Input) -> datetime:
    """When what it says happened; of a timer, for when it was set."""
    return given.envelope.time if isinstance(given, Received) else given.time


def detail_type_of(own: OwnInput) -> str:
    """The name of the kind of an own input."""
    return _DETAIL_TYPES[type(own)]


def envelope_of(own: OwnInput) -> dict[str, Any]:
    """The input as it travels: JSON-ready, in the shape of an EventBridge event."""
    detail = msgspec.to_builtins(own)
    return {
        "source": SOURCE,
        "detail-type": detail_type_of(own),
        "time": detail["time"],
        "resources": [own.resource_arn],
        "detail": detail,
    }
