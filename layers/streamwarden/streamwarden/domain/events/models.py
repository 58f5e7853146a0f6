"""Incoming events as frozen values: the envelope, and one model per detail-type.

Field names and units are the ones AWS sends, in snake case. Times are aware. Only what a decision
needs is required: AWS has sent events without each of the other fields.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Final
from urllib.parse import unquote

from msgspec import Struct, field

from streamwarden.domain.arn import (
    account_arn,
    is_channel_arn,
    resource_type_of,
)
from streamwarden.domain.brief import brief
from streamwarden.domain.events.bounds import (
    LONGEST_ID,
    AwareTime,
    BucketName,
    CallerArn,
    Figure,
    HttpsUrl,
    LongestArn,
    LongestId,
    LongestStreamId,
    Milliseconds,
    PlainText,
    Share,
    StreamId,
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
from streamwarden.domain.events.viewers import Viewers


class Raw:
    """An event as it came, for conditions to look at while it is taken in.

    It can hold anything. That is why no representation shows it, why it is never stored, and why
    two events are compared without it.
    """

    __slots__ = ("members",)

    def __init__(self, members: Mapping[str, object]) -> None:
        self.members = members

    def __repr__(self) -> str:
        return "Raw(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Raw)

    def __hash__(self) -> int:
        return hash(Raw)


_NOTHING_RAW: Final = Raw({})


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    detail_type: LongestId
    source: LongestId
    account: LongestId
    region: LongestId
    time: AwareTime
    resources: tuple[LongestArn, ...]
    raw: Raw = _NOTHING_RAW

    @property
    def channel_arn(self) -> str | None:
        first = self.resources[0] if self.resources else ""
        return first if is_channel_arn(first) else None

    @property
    def resource_arn(self) -> str | None:
        """The first resource of IVS that is named; the account, if none is and it is known.

        AWS samples disagree with themselves on account and region: those of a resource are in its
        ARN (`arn.place_of`).
        """
        for text in self.resources:
            if resource_type_of(text) is not None:
                return text
        if not self.account.isdigit() or not self.region or self.resources:
            return None
        return account_arn(self.account, self.region)


class Received(Struct, frozen=True, kw_only=True):
    envelope: Envelope

    @property
    def channel_arn(self) -> str | None:
        return self.envelope.channel_arn

    @property
    def resource_arn(self) -> str | None:
        """What the event is about: the channel, another resource of IVS, or the account."""
        return self.envelope.resource_arn


# Never part of a cycle, so the garbage collector can skip thousands of them.
class StreamStateChange(Received, frozen=True, kw_only=True, gc=False):
    name: StreamStateName
    stream_id: StreamId
    channel_name: str = ""
    code: str | None = None
    reason: str | None = None


class StreamHealthChange(Received, frozen=True, kw_only=True):
    name: HealthName
    stream_id: StreamId
    channel_name: str = ""


class LimitBreach(Received, frozen=True, kw_only=True):
    """`exceeded_by` is what was observed minus the limit; account limits have no channel.

    Without a stream, an ingest limit concerns the stream that was live then.
    """

    name: LimitName
    limit_value: Figure = 0.0
    exceeded_by: Figure = 0.0
    limit_unit: str = ""
    channel_name: str | None = None
    stream_id: LongestStreamId | None = None

    @property
    def limit_name(self) -> LimitName:
        return self.name


class RecordingStateChange(Received, frozen=True, kw_only=True):
    """Status reason and key prefix are empty strings, not absent, when there is none.

    A delivery of August 2022 has no session id, and AWS's schema of the event no duration.
    """

    name: RecordingStatus
    stream_id: StreamId
    channel_name: str = ""
    recording_status_reason: str = ""
    recording_s3_bucket_name: BucketName = ""
    recording_s3_key_prefix: str = ""
    recording_duration_ms: Milliseconds | None = None
    recording_session_id: LongestId = ""
    recording_session_stream_ids: tuple[StreamId, ...] = ()

    @property
    def recording_id(self) -> str:
        """What the events of one recording share: if not its session, then where it is stored.

        A recording that could not start is stored nowhere, so it is named by its stream.
        """
        stored_as = self.recording_s3_key_prefix.rstrip("/").rpartition("/")[2]
        return self.recording_session_id or brief(stored_as, LONGEST_ID) or self.stream_id


class AdBreakStateChange(Received, frozen=True, kw_only=True):
    name: AdBreakName
    stream_id: StreamId
    channel_name: str = ""
    ad_break_id: str | None = None
    duration_seconds: int | None = None
    target_start_time: AwareTime | None = None


class CompositionStateChange(Received, frozen=True, kw_only=True):
    name: CompositionName
    stage_arn: str | None = None
    destination_id: str | None = None
    error_code: str | None = None
    reason: str | None = None


class ParticipantRecordingStateChange(Received, frozen=True, kw_only=True):
    name: RecordingStatus
    session_id: str | None = None
    participant_id: str | None = None
    recording_s3_bucket_name: str = ""
    recording_s3_key_prefix: str = ""
    recording_duration_ms: int | None = None
    error_code: str | None = None
    reason: str | None = None


class ExchangedToken(Struct, frozen=True, kw_only=True):
    capabilities: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    user_id: str | None = None
    expiration_time: AwareTime | None = None


class StageUpdate(Received, frozen=True, kw_only=True):
    """Events of 2023 have no time of their own beside that of the envelope."""

    name: StageUpdateName
    session_id: str | None = None
    event_time: AwareTime | None = None
    user_id: str = ""
    participant_id: str | None = None
    event_time_precise: AwareTime | None = None
    error_code: str | None = None
    replica: bool | None = None
    source_stage_arn: str | None = None
    source_session_id: str | None = None
    destination_stage_arn: str | None = None
    destination_session_id: str | None = None
    previous_token: ExchangedToken | None = None
    new_token: ExchangedToken | None = None


class ApiCall(Received, frozen=True, kw_only=True, dict=True):
    """A call CloudTrail recorded; `error_code` is set when it was refused.

    `role_arn` is the role behind an assumed-role session: how a call of our own is recognised.
    A caller without an ARN, such as a service of AWS, may have another name.
    """

    name: ApiCallName
    event_time: AwareTime | None = None
    user_arn: CallerArn | None = None
    role_arn: CallerArn | None = None
    user_name: str | None = None
    invoked_by: str | None = None
    on_behalf_of: str | None = None
    principal_id: str | None = None
    request_parameters: Mapping[str, object] = field(default_factory=dict)
    response_elements: Mapping[str, object] = field(default_factory=dict)
    error_code: str | None = None
    read_only: bool = False

    def __repr__(self) -> str:
        """Without the parameters, which hold whatever the caller sent."""
        return f"ApiCall(name={self.name!r}, envelope={self.envelope!r})"

    @property
    def event_name(self) -> ApiCallName:
        return self.name

    @property
    def called_at(self) -> datetime:
        """In UTC. CloudTrail sends the record of a call minutes after it."""
        at = self.event_time
        return at.astimezone(UTC) if at is not None else self.envelope.time

    @property
    def caller_name(self) -> str:
        """The best name of a caller without an ARN; empty if the record has none."""
        names = (self.user_name, self.invoked_by, self.on_behalf_of, self.principal_id)
        return next(filter(None, names), "")

    @cached_property  # asked for five times while a call is taken in
    def channel_arn(self) -> str | None:
        """None when the record does not say, as for DeleteStreamKey."""
        return next((arn for arn in self._arns() if is_channel_arn(arn)), None)

    @property
    def resource_arn(self) -> str | None:
        """The channel, or else the resource that the call made or was about; None if neither."""
        if self.channel_arn is not None:
            return self.channel_arn
        return next((arn for arn in self._arns() if resource_type_of(arn) is not None), None)

    @cached_property  # likewise
    def created(self) -> Mapping[str, object]:
        """The members of the resource that the response describes, whatever it is called there.

        Of CreateChannel that is the channel, not the stream key that is made with it.
        """
        response = self.response_elements
        found = (response.get("channel"), *response.values())
        return next((each for each in found if isinstance(each, Mapping) and "arn" in each), {})

    def _arns(self) -> Iterator[str]:
        for place in (
            self.request_parameters.get("channelArn"),
            self.request_parameters.get("arn"),
            self.request_parameters.get("resourceArn"),
            _member(self.response_elements, "channel", "arn"),
            _member(self.response_elements, "streamKey", "channelArn"),
            self.created.get("arn"),
        ):
            # Some services log the raw path, where the ARN is percent-encoded.
            if isinstance(place, str):
                yield unquote(place)


class TagChange(Received, frozen=True, kw_only=True):
    """`tags` is the full set after the change; `version` grows with each change."""

    name: TagChangeName
    tags: Mapping[str, str]
    service: str = ""
    resource_type: str = ""
    version: int | None = None
    changed_tag_keys: tuple[str, ...] = ()


class ExternalVerdict(Received, frozen=True, kw_only=True):
    """What a person or a service outside says of a stream; who says it, is the sender's claim.

    `confidence` is from 0 to 1. Without a stream id it is about the stream that was live at the
    time of the event. `viewers` are those of a private channel that it names.
    """

    name: ExternalVerdictName
    label: PlainText
    confidence: Share
    evidence_url: HttpsUrl
    source: PlainText
    stream_id: StreamId | None = None
    viewers: Viewers = ()


class UnknownEvent(Received, frozen=True, kw_only=True):
    """A well-formed event this version has no model for: AWS adds names at any time."""

    reason: str
    event_name: str = ""

    @property
    def name(self) -> str:
        """The name that the event has, or its detail-type where it has none."""
        return self.event_name or self.envelope.detail_type


type Event = (
    StreamStateChange
    | StreamHealthChange
    | LimitBreach
    | RecordingStateChange
    | AdBreakStateChange
    | CompositionStateChange
    | ParticipantRecordingStateChange
    | StageUpdate
    | ApiCall
    | TagChange
    | ExternalVerdict
    | UnknownEvent
)


def _member(holder: Mapping[str, object], *path: str) -> object:
    found: object = holder
    for key in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(key)
    return found
