"""What an event of IVS says about its channel.

No event is a command: a `Stream End` ends nothing here. It adds the observation that the stream
had ended by then.
"""

from datetime import datetime
from typing import Final, assert_never

from msgspec.structs import replace

from streamwarden.domain.arn import is_channel_arn
from streamwarden.domain.brief import brief
from streamwarden.domain.events import (
    AdBreakStateChange,
    ApiCall,
    CompositionStateChange,
    Event,
    ExternalVerdict,
    HealthName,
    LimitBreach,
    ParticipantRecordingStateChange,
    RecordingStateChange,
    RecordingStatus,
    StageUpdate,
    StreamHealthChange,
    StreamStateChange,
    StreamStateName,
    TagChange,
    UnknownEvent,
)
from streamwarden.domain.events.bounds import LONGEST_NAME, LONGEST_TAG_KEY
from streamwarden.domain.observations.api_calls import from_api_call
from streamwarden.domain.observations.fragments import bounded_tags, seen
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import (
    LimitHit,
    Recording,
    RecordingFailure,
    Resource,
    Session,
    StreamKey,
    StreamVerdict,
    TakeoverFailure,
)
from streamwarden.domain.state.tag_history import listed_values

# The codes that IVS documents are shorter.
_LONGEST_CODE: Final = 60
# Those of IVS have some 80 characters.
_LONGEST_PREFIX: Final = 160

# An encoder that begins a session has a key that IVS knows.
_BEGINNINGS: Final = frozenset({StreamStateName.SESSION_CREATED, StreamStateName.STREAM_START})


def from_event(arn: str, event: Event) -> Resource:
    at = event.envelope.time
    match event:
        case StreamStateChange():
            keyed_at = at if event.name in _BEGINNINGS else None
            return _with_session(arn, at, event.channel_name, _session_state(event, at), keyed_at)
        case StreamHealthChange():
            return _with_session(arn, at, event.channel_name, _session_health(event, at))
        case LimitBreach():
            return _limit_hit(arn, at, event)
        case RecordingStateChange():
            return _recording(arn, at, event)
        case AdBreakStateChange():
            session = _on_air(event.stream_id, at)
            return _with_session(arn, at, event.channel_name, session)
        case ApiCall():
            return from_api_call(arn, event)
        case TagChange():
            return _tags_listed(arn, at, event)
        case ExternalVerdict():
            return _external_verdict(arn, at, event)
        case (
            CompositionStateChange()
            | ParticipantRecordingStateChange()
            | StageUpdate()
            | UnknownEvent()
        ):
            return seen(arn, at)
        case _:
            assert_never(event)


def _tags_listed(arn: str, at: datetime, event: TagChange) -> Resource:
    """All tags, and those that have changed: these count beside a listing of their second, too."""
    tags, key_arn = bounded_tags(event.tags), event.resource_arn
    changed = [brief(key, LONGEST_TAG_KEY) for key in event.changed_tag_keys]
    listed, changes = Stamped(tags, at), {key: Stamped(tags.get(key), at) for key in changed}
    if key_arn is None or key_arn == arn:
        history = listed_values(tags, at)
        return replace(seen(arn, at), listed_tags=listed, tag_changes=changes, tag_history=history)
    # A stream key has no record of its own: it is known with its channel.
    key = StreamKey(arn=key_arn, listed_tags=listed, tag_changes=changes)
    return Resource(arn=arn, stream_keys={key_arn: key})


def _with_session(
    arn: str,
    at: datetime,
    channel_name: str,
    session: Session,
    keyed_at: datetime | None = None,
) -> Resource:
    return Resource(
        arn=arn,
        first_seen_at=at,
        seen_at=at,
        keyed_at=keyed_at,
        settings={"name": Stamped(brief(channel_name, LONGEST_NAME), at)} if channel_name else {},
        sessions={session.stream_id: session},
    )


def _on_air(stream_id: str, at: datetime) -> Session:
    return Session(stream_id=stream_id, on_air_at=at, last_seen_at=at, alive_at=at, on_air_until=at)


def _ended(stream_id: str, at: datetime) -> Session:
    return Session(stream_id=stream_id, ended_at=at, last_ended_at=at, on_air_until=at)


def _session_state(event: StreamStateChange, at: datetime) -> Session:
    stream_id = event.stream_id
    match event.name:
        case StreamStateName.SESSION_CREATED:
            return Session(stream_id=stream_id, created_at=at, last_seen_at=at)
        case StreamStateName.STREAM_START:
            return _on_air(stream_id, at)
        case StreamStateName.STREAM_END:
            return replace(_ended(stream_id, at), stream_ended_at=at)
        case StreamStateName.SESSION_ENDED:
            code = Stamped(brief(event.code, _LONGEST_CODE), at) if event.code else None
            return replace(_ended(stream_id, at), end_code=code)
        case StreamStateName.STREAM_FAILURE:
            failure = Stamped(brief(event.reason or "no reason given"), at)
            return Session(stream_id=stream_id, failure=failure)
        case StreamStateName.STREAM_TAKEOVER:
            return replace(_on_air(stream_id, at), takeovers=frozenset({at}))
        case StreamStateName.STREAM_TAKEOVER_FAILURE:
            refused = TakeoverFailure(at, brief(event.code or "no code given", _LONGEST_CODE))
            # This does not show that the stream is on the air: IVS refused the second encoder.
            return Session(stream_id=stream_id, takeover_failures=frozenset({refused}))
        case _:
            assert_never(event.name)


def _session_health(event: StreamHealthChange, at: datetime) -> Session:
    match event.name:
        case HealthName.STARVATION_START:
            return replace(_on_air(event.stream_id, at), stalled_at=at)
        case HealthName.STARVATION_END:
            return replace(_on_air(event.stream_id, at), recovered_at=at)
        case _:
            assert_never(event.name)


def _limit_hit(arn: str, at: datetime, event: LimitBreach) -> Resource:
    unit = brief(event.limit_unit, _LONGEST_CODE)
    hit = LimitHit(at, str(event.name), unit, event.limit_value, event.exceeded_by)
    if not event.stream_id or not is_channel_arn(arn):
        return replace(seen(arn, at), limit_hits=frozenset({hit}))
    # This does not show that the stream is on the air: an excess normally disconnects it.
    session = Session(
        stream_id=event.stream_id, last_seen_at=at, alive_at=at, limit_hits=frozenset({hit})
    )
    return _with_session(arn, at, event.channel_name or "", session)


def _external_verdict(arn: str, at: datetime, event: ExternalVerdict) -> Resource:
    """It shows neither that the channel is there nor that the stream is on the air."""
    verdict = StreamVerdict(
        at, event.label, event.confidence, event.source, event.evidence_url, event.viewers
    )
    if event.stream_id is None:
        return Resource(arn=arn, verdicts=frozenset({verdict}))
    session = Session(stream_id=event.stream_id, verdicts=frozenset({verdict}))
    return Resource(arn=arn, sessions={session.stream_id: session})


def _recording(arn: str, at: datetime, event: RecordingStateChange) -> Resource:
    bucket, lasted = event.recording_s3_bucket_name, event.recording_duration_ms
    recording = Recording(
        recording_id=event.recording_id,
        stream_ids=frozenset({event.stream_id, *event.recording_session_stream_ids}),
        s3_bucket=Stamped(bucket, at) if bucket else None,
    )
    match event.name:
        case RecordingStatus.RECORDING_START:
            recording = replace(recording, started_at=at)
        case RecordingStatus.RECORDING_END:
            duration = Stamped(lasted, at) if lasted is not None else None
            prefix = event.recording_s3_key_prefix
            # A part of it would lead nowhere.
            stored = Stamped(prefix, at) if 0 < len(prefix) <= _LONGEST_PREFIX else None
            recording = replace(recording, ended_at=at, duration_ms=duration, s3_prefix=stored)
        case RecordingStatus.RECORDING_START_FAILURE | RecordingStatus.RECORDING_END_FAILURE:
            failure = RecordingFailure(
                str(event.name), brief(event.recording_status_reason, _LONGEST_CODE)
            )
            recording = replace(recording, failure=Stamped(failure, at))
        case _:
            assert_never(event.name)
    return replace(seen(arn, at), recordings={recording.recording_id: recording})
