"""From a raw EventBridge event to a model, or to a sentence saying why not."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct, ValidationError, convert, structs
from msgspec.structs import replace

from streamwarden.domain.events.bounds import (
    LONGEST_RESOURCE_ARN,
    VERDICT_AHEAD,
    bounded_json,
    check_moment,
)
from streamwarden.domain.events.malformed import explained, shown, wrong
from streamwarden.domain.events.members import HIDDEN, check_members
from streamwarden.domain.events.models import (
    AdBreakStateChange,
    ApiCall,
    CompositionStateChange,
    Envelope,
    Event,
    ExternalVerdict,
    LimitBreach,
    ParticipantRecordingStateChange,
    Raw,
    RecordingStateChange,
    StageUpdate,
    StreamHealthChange,
    StreamStateChange,
    TagChange,
    UnknownEvent,
)
from streamwarden.domain.events.names import (
    AdBreakName,
    ApiCallName,
    CompositionName,
    ExternalVerdictName,
    HealthName,
    LimitName,
    RecordingStatus,
    StageUpdateName,
    StreamStateName,
    TagChangeName,
)
from streamwarden.domain.redaction import may_hold_key, redacted

VERDICT_SOURCE: Final = "external-verdict"

_NOTHING: Mapping[str, str] = MappingProxyType({})


class EventShape(Struct, frozen=True, kw_only=True):
    """How one detail-type is read: by which model, and where its name is."""

    model: type[Event]
    names: type[StrEnum]
    name_keys: tuple[str, ...] = ("event_name",)  # none: the detail-type is the name
    on_channel: frozenset[StrEnum] = frozenset()  # the names that must say which channel
    source: str = "aws.ivs"
    only: Mapping[str, str] = _NOTHING  # what else detail must say for the event to be ours

    @property
    def keys(self) -> Mapping[str, str]:
        """The fields of the model that are called differently, with their dotted paths."""
        return _PATHS.get(self.model, _NOTHING)


_PARTICIPANT_RECORDING = EventShape(model=ParticipantRecordingStateChange, names=RecordingStatus)

DETAIL_TYPES: Mapping[str, EventShape] = MappingProxyType(
    {
        "IVS Stream State Change": EventShape(
            model=StreamStateChange,
            names=StreamStateName,
            on_channel=frozenset(StreamStateName),
        ),
        "IVS Stream Health Change": EventShape(
            model=StreamHealthChange, names=HealthName, on_channel=frozenset(HealthName)
        ),
        "IVS Limit Breach": EventShape(
            model=LimitBreach,
            names=LimitName,
            name_keys=(
                "limit_name",
                "limit",
            ),  # AWS documents one and its schema registry the other
            on_channel=frozenset({LimitName.INGEST_BITRATE, LimitName.INGEST_RESOLUTION}),
        ),
        "IVS Recording State Change": EventShape(
            model=RecordingStateChange,
            names=RecordingStatus,
            name_keys=("recording_status",),
            on_channel=frozenset(RecordingStatus),
        ),
        "IVS Ad Break State Change": EventShape(
            model=AdBreakStateChange, names=AdBreakName, on_channel=frozenset(AdBreakName)
        ),
        "IVS Composition State Change": EventShape(
            model=CompositionStateChange, names=CompositionName
        ),
        "IVS Participant Recording State Change": _PARTICIPANT_RECORDING,
        "IVS Publisher Recording State Change": _PARTICIPANT_RECORDING,
        "IVS Stage Update": EventShape(model=StageUpdate, names=StageUpdateName),
        "AWS API Call via CloudTrail": EventShape(
            model=ApiCall,
            names=ApiCallName,
            name_keys=("eventName",),
            only={"eventSource": "ivs.amazonaws.com"},
        ),
        "Tag Change on Resource": EventShape(
            model=TagChange,
            names=TagChangeName,
            name_keys=(),
            source="aws.tag",
            only={"service": "ivs"},
        ),
        # Its source is none of AWS, and not that of Streamwarden's own inputs: the two never mix.
        "Streamwarden External Verdict": EventShape(
            model=ExternalVerdict,
            names=ExternalVerdictName,
            name_keys=(),
            on_channel=frozenset(ExternalVerdictName),
            source=VERDICT_SOURCE,
        ),
    }
)

# By model: its fields that AWS calls differently, and where they are, as a dotted path.
_PATHS: Final[Mapping[type[Struct], Mapping[str, str]]] = {
    Envelope: {"detail_type": "detail-type"},
    CompositionStateChange: {"destination_id": "id"},
    ApiCall: {
        "event_time": "eventTime",
        "user_arn": "userIdentity.arn",
        "role_arn": "userIdentity.sessionContext.sessionIssuer.arn",
        "user_name": "userIdentity.userName",
        "invoked_by": "userIdentity.invokedBy",
        "on_behalf_of": "userIdentity.onBehalfOf.userId",
        "principal_id": "userIdentity.principalId",
        "request_parameters": "requestParameters",
        "response_elements": "responseElements",
        "error_code": "errorCode",
        "read_only": "readOnly",
    },
    TagChange: {"resource_type": "resource-type", "changed_tag_keys": "changed-tag-keys"},
}
# What no event says of itself: it is given with what is read.
_GIVEN: Final = frozenset({"envelope", "name", "raw"})


def parse_event(raw: Mapping[str, object], received_at: datetime | None = None) -> Event:
    """Raises MalformedEvent, naming the field. `received_at` is when it came, by the clock."""
    raw = without_keys(raw)
    envelope = _envelope(_object(raw, "event"), received_at)
    shape = DETAIL_TYPES.get(envelope.detail_type)
    if shape is None:
        reason = f"There is no model for the detail-type {shown(envelope.detail_type)}."
        return UnknownEvent(envelope=envelope, reason=reason)
    if envelope.source != shape.source:
        reason = f"The source is {shown(envelope.source)}, not {shape.source}."
        return UnknownEvent(envelope=envelope, reason=reason)
    event = _event(shape, envelope, _object(raw.get("detail"), "detail"))
    _check_arn(event)
    if isinstance(event, ApiCall):
        _check_call(event, received_at)
    if isinstance(event, ExternalVerdict):
        check_moment("time", event.envelope.time, received_at, VERDICT_AHEAD)
    return event


def without_keys[T](raw: T) -> T:
    """What came, with its stream keys taken out before anything is read.

    Else one would become part of a name, of the key of an item, or of what a condition looks at.
    Raises MalformedEvent for what is more than an event may be.
    """
    return redacted(raw) if may_hold_key(bounded_json(raw)) else raw


def _event(shape: EventShape, envelope: Envelope, detail: Mapping[str, object]) -> Event:
    for key, wanted in shape.only.items():
        if detail.get(key) != wanted:
            reason = f"In detail, {key} is {shown(detail.get(key))}, not {wanted}."
            return UnknownEvent(envelope=envelope, reason=reason)
    text = _name(shape, envelope, detail)
    name = _by_text(shape.names).get(text)
    if name is None:
        reason = f"No {envelope.detail_type} is named {shown(text)}."
        return UnknownEvent(envelope=envelope, reason=reason, event_name=text)
    if name in shape.on_channel and envelope.channel_arn is None:
        found = shown(envelope.resources[0] if envelope.resources else None)
        raise wrong("resources[0]", "a channel ARN (the channel is in resources[0])", found)
    return _decode(shape.model, detail, {"envelope": envelope, "name": name}, at="detail.")


def _envelope(raw: Mapping[str, object], received_at: datetime | None) -> Envelope:
    envelope = _decode(Envelope, raw, {"raw": Raw(raw)})
    check_moment("time", envelope.time, received_at)
    if envelope.time.tzinfo is UTC:  # as always from AWS
        return envelope
    return replace(envelope, time=envelope.time.astimezone(UTC))


def _check_arn(event: Event) -> None:
    """The ARN of what an event is about becomes the key of a record."""
    arn = event.resource_arn
    if arn is not None and len(arn) > LONGEST_RESOURCE_ARN:
        where = "the resource's ARN in detail" if isinstance(event, ApiCall) else "resources"
        raise wrong(where, f"at most {LONGEST_RESOURCE_ARN} characters", f"{len(arn):,}")


def _check_call(call: ApiCall, received_at: datetime | None) -> None:
    if call.event_time is not None:
        check_moment("detail.eventTime", call.event_time, received_at or call.envelope.time)
    if call.error_code is not None:
        return  # IVS refused what was sent, which may be anything and has changed nothing
    key = call.response_elements.get("streamKey")
    for at, members in (
        ("requestParameters", call.request_parameters),
        ("responseElements", call.created),
        ("responseElements.streamKey", key if isinstance(key, Mapping) else {}),
    ):
        try:
            check_members(members)
        except ValidationError as error:
            raise explained(str(error), members, _NOTHING, f"detail.{at}.") from error


def _name(shape: EventShape, envelope: Envelope, detail: Mapping[str, object]) -> str:
    if not shape.name_keys:
        return envelope.detail_type
    key = shape.name_keys[0]
    if detail.get(key) in (None, ""):
        key = next((each for each in shape.name_keys if detail.get(each) not in (None, "")), key)
    name = detail.get(key)
    if not isinstance(name, str):
        raise wrong(f"detail.{key}", "the name of the event as str", shown(name))
    return name


@cache
def _by_text(names: type[StrEnum]) -> Mapping[str, StrEnum]:
    """The names: an enum takes long to say whether a text is one of it."""
    return {each.value: each for each in names}


def _decode[T: Struct](
    model: type[T], raw: Mapping[str, object], given: Mapping[str, object], at: str = ""
) -> T:
    values = {**_read(model, raw), **given}
    try:
        return convert(values, model)
    except ValidationError as error:
        raise explained(str(error), values, _PATHS.get(model, _NOTHING), at) from error


def _read(model: type[Struct], raw: Mapping[str, object]) -> dict[str, object]:
    """A null, or what CloudTrail hides, counts as absent.

    A required field that is absent is left for msgspec to refuse.
    """
    values: dict[str, object] = {}
    for name, key, inner, is_required in _fields(model):
        found = raw.get(key)
        if inner and found is not None:
            found = _at(inner, found)
        if found is not None and found != HIDDEN:
            values[name] = found
        elif is_required:
            values[name] = None
    return values


def _at(path: Sequence[str], holder: object) -> object:
    found = holder
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found


class _Field(NamedTuple):
    """A field of a model: its key, what leads to it from there, and whether it must be there."""

    name: str
    key: str
    inner: tuple[str, ...]
    is_required: bool


@cache
def _fields(model: type[Struct]) -> tuple[_Field, ...]:
    """Those that an event says: msgspec takes long to name them."""
    return tuple(_field(model, each) for each in structs.fields(model) if each.name not in _GIVEN)


def _field(model: type[Struct], field: structs.FieldInfo) -> _Field:
    key, *inner = _PATHS.get(model, _NOTHING).get(field.name, field.name).split(".")
    return _Field(field.name, key, tuple(inner), field.required)


def _object(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, (dict, Mapping)):  # most are a dict, which is quickly asked
        raise wrong(field, "an object", shown(value))
    return value
