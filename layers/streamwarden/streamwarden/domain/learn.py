"""What each input says about its channel, as a piece of knowledge to merge.

No input is obeyed: a `Stream End` does not end anything here, it adds that the stream had ended
by then. That is why inputs may come late, twice, in any order, or not at all.
"""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any, Final, assert_never

from streamwarden.domain.channel import (
    Channel,
    LimitHit,
    Recording,
    RecordingFailure,
    Session,
    TakeoverFailure,
    merge,
)
from streamwarden.domain.events import (
    AdBreakStateChange,
    ApiCall,
    ApiCallName,
    CompositionStateChange,
    Event,
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
from streamwarden.domain.inputs import (
    ActionFinished,
    ChannelListed,
    ChannelNotListed,
    Input,
    KeyObserved,
    LookAgain,
    StreamListed,
    StreamNotListed,
)
from streamwarden.domain.joins import Stamped

# The tag that a rotated key carries, and that a policy of one's own may set on others.
MINTED_AT_TAG: Final = "streamwarden:minted-at"

# A listing can miss what began while it was read, and IVS lists a new stream some seconds late
# (Streaming Config: `Stream Start` itself lags by up to 7 s). What it does not hold is therefore
# taken as absent only up to a minute before.
_LISTING_LAG: Final = timedelta(seconds=60)

# What CreateChannel gives a channel where the request is silent (API Reference, CreateChannel).
_DEFAULTS: Final[Mapping[str, object]] = {
    "authorized": False,
    "insecureIngest": False,
    "latencyMode": "LOW",
    "name": "",
    "type": "STANDARD",
}

# Settings that requests and responses carry beside the channel's own members.
_NOT_SETTINGS: Final = frozenset({"arn", "tags", "srt", "playbackUrl", "ingestEndpoint"})


def learn(known: Channel, inputs: Iterable[Input]) -> Channel:
    """Everything known, once the inputs are too. All inputs must concern this channel."""
    return reduce(merge, (knowledge_of(each) for each in inputs), known)


def knowledge_of(given: Input) -> Channel:
    """What one input says. Raises ValueError for an input that concerns no channel."""
    arn = given.channel_arn
    if arn is None:
        raise ValueError(f"{type(given).__name__} concerns no channel")
    match given:
        case LookAgain():
            return Channel(arn=arn)
        case ChannelListed():
            return _channel_listed(arn, given)
        case ChannelNotListed():
            return Channel(arn=arn, unlisted_at=given.time - _LISTING_LAG)
        case StreamListed():
            return _stream_listed(arn, given)
        case StreamNotListed():
            return Channel(arn=arn, offline_at=given.time - _LISTING_LAG)
        case ActionFinished():
            return _action_finished(arn, given)
        case KeyObserved():
            return _with_key(arn, given.key_arn, given.minted_at, given.time)
        case _:
            return _event(arn, given)


def _event(arn: str, event: Event) -> Channel:
    at = event.envelope.time
    match event:
        case StreamStateChange():
            return _with_session(arn, at, event.channel_name, _session_state(event, at))
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
            return _api_call(arn, event)
        case TagChange():
            return replace(_seen(arn, at), listed_tags=Stamped(dict(event.tags), at))
        case UnknownEvent():
            return _seen(arn, at)
        case CompositionStateChange() | ParticipantRecordingStateChange() | StageUpdate():
            return Channel(arn=arn)
        case _:
            assert_never(event)


def _seen(arn: str, at: datetime) -> Channel:
    return Channel(arn=arn, first_seen_at=at, seen_at=at)


def _with_session(arn: str, at: datetime, channel_name: str, session: Session) -> Channel:
    named = {"name": Stamped[Any](channel_name, at)} if channel_name else {}
    return replace(_seen(arn, at), settings=named, sessions={session.stream_id: session})


def _on_air(stream_id: str, at: datetime) -> Session:
    return Session(stream_id=stream_id, on_air_at=at, last_seen_at=at)


def _session_state(event: StreamStateChange, at: datetime) -> Session:
    stream_id = event.stream_id
    match event.name:
        case StreamStateName.SESSION_CREATED:
            return Session(stream_id=stream_id, created_at=at, last_seen_at=at)
        case StreamStateName.STREAM_START:
            return _on_air(stream_id, at)
        case StreamStateName.STREAM_END:
            return Session(stream_id=stream_id, ended_at=at)
        case StreamStateName.SESSION_ENDED:
            code = Stamped(event.code, at) if event.code else None
            return Session(stream_id=stream_id, ended_at=at, end_code=code)
        case StreamStateName.STREAM_FAILURE:
            failure = Stamped(event.reason or "no reason given", at)
            return Session(stream_id=stream_id, last_seen_at=at, failure=failure)
        case StreamStateName.STREAM_TAKEOVER:
            return replace(_on_air(stream_id, at), takeovers=frozenset({at}))
        case StreamStateName.STREAM_TAKEOVER_FAILURE:
            refused = TakeoverFailure(at, event.code or "no code given")
            return replace(_on_air(stream_id, at), takeover_failures=frozenset({refused}))
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


def _limit_hit(arn: str, at: datetime, event: LimitBreach) -> Channel:
    if event.stream_id is None:
        return _seen(arn, at)
    hit = LimitHit(
        at, str(event.name), event.limit_unit, float(event.limit_value), float(event.exceeded_by)
    )
    # Not evidence of being on the air: an excess normally disconnects the stream at once.
    session = Session(stream_id=event.stream_id, last_seen_at=at, limit_hits=frozenset({hit}))
    return _with_session(arn, at, event.channel_name or "", session)


def _recording(arn: str, at: datetime, event: RecordingStateChange) -> Channel:
    recording = Recording(
        recording_id=event.recording_session_id,
        stream_ids=frozenset({event.stream_id, *event.recording_session_stream_ids}),
        s3_bucket=Stamped(event.recording_s3_bucket_name, at),
    )
    if event.recording_s3_key_prefix:
        recording = replace(recording, s3_key_prefix=Stamped(event.recording_s3_key_prefix, at))
    match event.name:
        case RecordingStatus.RECORDING_START:
            recording = replace(recording, started_at=at)
        case RecordingStatus.RECORDING_END:
            duration = Stamped(event.recording_duration_ms, at)
            recording = replace(recording, ended_at=at, duration_ms=duration)
        case RecordingStatus.RECORDING_START_FAILURE | RecordingStatus.RECORDING_END_FAILURE:
            failure = RecordingFailure(str(event.name), event.recording_status_reason)
            recording = replace(recording, failure=Stamped(failure, at))
        case _:
            assert_never(event.name)
    return replace(_seen(arn, at), recordings={recording.recording_id: recording})


def _api_call(arn: str, call: ApiCall) -> Channel:
    at = call.event_time.astimezone(UTC)
    request, response = call.request_parameters, call.response_elements
    match call.name:
        case _ if call.error_code is not None:
            return Channel(arn=arn)
        case ApiCallName.CREATE_CHANNEL:
            return _channel_created(arn, at, request, response)
        case ApiCallName.UPDATE_CHANNEL:
            settings = _settings(_mapping(response.get("channel")) or request, at)
            return replace(_seen(arn, at), settings=settings)
        case ApiCallName.DELETE_CHANNEL:
            return Channel(arn=arn, first_seen_at=at, deleted_at=at)
        case ApiCallName.TAG_RESOURCE:
            changes = {key: Stamped(str(value), at) for key, value in _tags(request).items()}
            return replace(_seen(arn, at), tag_changes=changes)
        case ApiCallName.UNTAG_RESOURCE:
            removed = request.get("tagKeys")
            keys = removed if isinstance(removed, list) else []
            return replace(
                _seen(arn, at), tag_changes={str(key): Stamped(None, at) for key in keys}
            )
        case ApiCallName.CREATE_STREAM_KEY:
            return _key_created(arn, at, _mapping(response.get("streamKey")), _tags(request))
        case ApiCallName.DELETE_STREAM_KEY:
            return _with_key(arn, None, None, at)
        case ApiCallName.STOP_STREAM:
            return _seen(arn, at)
        case _:
            assert_never(call.name)


def _channel_created(
    arn: str, at: datetime, request: Mapping[str, object], response: Mapping[str, object]
) -> Channel:
    """CloudTrail shows what was asked for and what came of it; the rest has the API's defaults."""
    channel = _mapping(response.get("channel"))
    key = _mapping(response.get("streamKey"))
    created = replace(
        _seen(arn, at),
        listed_at=at,
        settings=_settings({**_DEFAULTS, **request, **channel}, at),
        listed_tags=Stamped(_tags(channel) or _tags(request), at),
    )
    return merge(created, _key_created(arn, at, key, {})) if key else created


def _key_created(
    arn: str, at: datetime, key: Mapping[str, object], asked_tags: Mapping[str, str]
) -> Channel:
    key_arn = key.get("arn")
    minted_at = minted_at_of(asked_tags or _tags(key)) or at
    return _with_key(arn, str(key_arn) if key_arn else None, min(minted_at, at), at)


def _with_key(arn: str, key_arn: str | None, minted_at: datetime | None, at: datetime) -> Channel:
    minted = {key_arn: min(minted_at, at)} if key_arn and minted_at else {}
    return replace(_seen(arn, at), key_arn=Stamped(key_arn, at), minted_at=minted)


def _channel_listed(arn: str, listed: ChannelListed) -> Channel:
    return replace(
        _seen(arn, listed.time),
        listed_at=listed.time,
        settings=_settings(listed.settings, listed.time),
        listed_tags=Stamped(dict(listed.tags), listed.time),
    )


def _stream_listed(arn: str, listed: StreamListed) -> Channel:
    session = Session(
        stream_id=listed.stream_id, on_air_at=listed.start_time, last_seen_at=listed.time
    )
    if listed.health == "STARVING":
        session = replace(session, listed_stalled=frozenset({listed.time}))
    elif listed.health == "HEALTHY":
        session = replace(session, recovered_at=listed.time - _LISTING_LAG)
    return replace(_seen(arn, listed.time), sessions={session.stream_id: session})


def _action_finished(arn: str, finished: ActionFinished) -> Channel:
    at = finished.time
    return replace(
        Channel(arn=arn),
        outcomes={finished.action_id: Stamped(finished.outcome, at)},
        tag_changes={key: Stamped(value, at) for key, value in finished.tags.items()},
    )


def _settings(members: Mapping[str, object], at: datetime) -> dict[str, Stamped[Any]]:
    return {
        name: Stamped[Any](value, at)
        for name, value in members.items()
        if name not in _NOT_SETTINGS
    }


def minted_at_of(tags: Mapping[str, str]) -> datetime | None:
    """The moment that a key's minted-at tag names; None when it has none or a senseless one."""
    try:
        moment = datetime.fromisoformat(tags.get(MINTED_AT_TAG, ""))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo is not None else None


def _tags(members: Mapping[str, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in _mapping(members.get("tags")).items()}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
