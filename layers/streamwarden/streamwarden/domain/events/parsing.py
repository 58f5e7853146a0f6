"""From a raw EventBridge event to a model, or to a sentence saying why not."""

import re
from collections.abc import Mapping
from copy import replace
from datetime import UTC
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct, ValidationError, convert, structs

from streamwarden.domain.events.malformed import MalformedEvent, shown
from streamwarden.domain.events.models import (
    AdBreakStateChange,
    ApiCall,
    CompositionStateChange,
    Envelope,
    Event,
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
    HealthName,
    LimitName,
    RecordingStatus,
    StageUpdateName,
    StreamStateName,
    TagChangeName,
)
from streamwarden.domain.redaction import redacted

_TIME = "an RFC 3339 date-time with a time zone"
_NOTHING: Mapping[str, str] = MappingProxyType({})


class EventShape(Struct, frozen=True, kw_only=True):
    """How one detail-type is read: where its name is, and which fields are called differently."""

    model: type[Event]
    names: type[StrEnum]
    name_keys: tuple[str, ...] = ("event_name",)  # none: the detail-type is the name
    on_channel: frozenset[StrEnum] = frozenset()  # the names that must say which channel
    keys: Mapping[str, str] = _NOTHING  # field of the model -> dotted path in detail
    source: str = "aws.ivs"
    only: Mapping[str, str] = _NOTHING  # what else detail must say for the event to be ours


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
            model=CompositionStateChange, names=CompositionName, keys={"destination_id": "id"}
        ),
        "IVS Participant Recording State Change": _PARTICIPANT_RECORDING,
        "IVS Publisher Recording State Change": _PARTICIPANT_RECORDING,
        "IVS Stage Update": EventShape(model=StageUpdate, names=StageUpdateName),
        "AWS API Call via CloudTrail": EventShape(
            model=ApiCall,
            names=ApiCallName,
            name_keys=("eventName",),
            keys={
                "event_time": "eventTime",
                "user_arn": "userIdentity.arn",
                "role_arn": "userIdentity.sessionContext.sessionIssuer.arn",
                "request_parameters": "requestParameters",
                "response_elements": "responseElements",
                "error_code": "errorCode",
                "read_only": "readOnly",
            },
            only={"eventSource": "ivs.amazonaws.com"},
        ),
        "Tag Change on Resource": EventShape(
            model=TagChange,
            names=TagChangeName,
            name_keys=(),
            keys={"resource_type": "resource-type", "changed_tag_keys": "changed-tag-keys"},
            source="aws.tag",
            only={"service": "ivs"},
        ),
    }
)


def parse_event(raw: Mapping[str, object]) -> Event:
    """Raises MalformedEvent, naming the field."""
    raw = without_keys(raw)
    envelope = _envelope(_object(raw, "event"))
    shape = DETAIL_TYPES.get(envelope.detail_type)
    if shape is None:
        reason = f"There is no model for the detail-type {shown(envelope.detail_type)}."
        return UnknownEvent(envelope=envelope, reason=reason)
    if envelope.source != shape.source:
        reason = f"The source is {shown(envelope.source)}, not {shape.source}."
        return UnknownEvent(envelope=envelope, reason=reason)
    return _event(shape, envelope, _object(raw.get("detail"), "detail"))


def without_keys[T](raw: T) -> T:
    """What came, with its stream keys taken out before anything is read.

    Else one would become part of a name, of the key of an item, or of what a condition looks at.
    """
    try:
        return redacted(raw)
    except RecursionError as error:
        raise MalformedEvent("event", "it is nested too deeply") from error


def _event(shape: EventShape, envelope: Envelope, detail: Mapping[str, object]) -> Event:
    for key, wanted in shape.only.items():
        if detail.get(key) != wanted:
            reason = f"In detail, {key} is {shown(detail.get(key))}, not {wanted}."
            return UnknownEvent(envelope=envelope, reason=reason)
    name = _name(shape, envelope, detail)
    if name not in shape.names:
        reason = f"No {envelope.detail_type} is named {shown(name)}."
        return UnknownEvent(envelope=envelope, reason=reason, event_name=name)
    if name in shape.on_channel and envelope.channel_arn is None:
        found = shown(envelope.resources[0] if envelope.resources else None)
        raise _wrong("resources[0]", "a channel ARN (the channel is in resources[0])", found)
    state = {"envelope": envelope, "name": shape.names(name)}
    return _decode(shape.model, detail, keys=shape.keys, at="detail.", state=state)


def _envelope(raw: Mapping[str, object]) -> Envelope:
    keys = {"detail_type": "detail-type"}
    envelope = _decode(Envelope, raw, keys=keys, state={"raw": Raw(raw)})
    try:
        return replace(envelope, time=envelope.time.astimezone(UTC))
    except OverflowError as error:
        raise _wrong("time", "a date-time that exists in UTC", shown(raw["time"])) from error


def _name(shape: EventShape, envelope: Envelope, detail: Mapping[str, object]) -> str:
    if not shape.name_keys:
        return envelope.detail_type
    present = (key for key in shape.name_keys if detail.get(key) not in (None, ""))
    key = next(present, shape.name_keys[0])
    name = detail.get(key)
    if not isinstance(name, str):
        raise _wrong(f"detail.{key}", "the name of the event as str", shown(name))
    return name


def _decode[T: Struct](
    model: type[T],
    raw: Mapping[str, object],
    *,
    keys: Mapping[str, str],
    at: str = "",
    state: Mapping[str, object] = _NOTHING,
) -> T:
    values = {**_read(model, raw, keys), **state}
    try:
        return convert(values, model)
    except ValidationError as error:
        raise _explained(str(error), values, keys, at) from error


def _read(
    model: type[Struct], raw: Mapping[str, object], keys: Mapping[str, str]
) -> dict[str, object]:
    """A null counts as absent; a required field that is absent is left for msgspec to refuse."""
    values: dict[str, object] = {}
    for field in structs.fields(model):
        found: object = raw
        for key in keys.get(field.name, field.name).split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is not None or field.required:
            values[field.name] = found
    return values


_COMPLAINT = re.compile(r"(?P<what>.+) - at (?:`key` in )?`\$\.(?P<name>\w+)(?P<rest>[^`]*)`")
_MISMATCH = re.compile(r"Expected `(?P<expected>.+)`, got `(?P<found>.+)`")


def _explained(
    message: str, values: Mapping[str, object], keys: Mapping[str, str], at: str
) -> MalformedEvent:
    """msgspec says where and what by name of our field; say it by the name AWS sends."""
    complaint = _COMPLAINT.fullmatch(message)
    if complaint is None:
        return MalformedEvent(at.removesuffix(".") or "event", message)
    what, name, rest = complaint["what"], complaint["name"], complaint["rest"]
    where = f"{at}{keys.get(name, name)}{rest}"
    if mismatch := _MISMATCH.fullmatch(what):
        expected = mismatch["expected"].removesuffix(" | null").replace("datetime", _TIME)
        return _wrong(where, expected, mismatch["found"].replace("null", "nothing"))
    # The only other complaint our models can raise is about a date-time.
    return _wrong(where, _TIME, "something else" if rest else shown(values.get(name)))


def _wrong(field: str, expected: str, found: str) -> MalformedEvent:
    return MalformedEvent(field, f"expected {expected}, found {found}")


def _object(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _wrong(field, "an object", shown(value))
    return value
