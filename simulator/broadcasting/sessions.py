"""A channel's time on air: how a session begins, starves, recovers, records and ends.

Each change emits the service events it causes, at the time it is said to happen.
"""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from simulator.api.errors import conflict
from simulator.arns import Arn
from simulator.events.envelopes import DetailType, EventName, RecordingStatus
from simulator.operations.channels import describe
from simulator.operations.recording_configurations import describe as describe_configuration
from simulator.realm import Realm
from simulator.resources import Channel, Health, Recording, Session


def opened(realm: Realm, channel: Channel, stream_id: str, at: datetime) -> Session:
    """A session in the books, with the channel as it is now; no event is emitted."""
    arn = channel.settings["recordingConfigurationArn"]
    configuration = realm.recording_configurations.get(arn)
    session = Session(
        stream_id=stream_id,
        channel_arn=channel.arn,
        started_at=at,
        channel=deepcopy(describe(channel)),
        recording_configuration=describe_configuration(configuration) if configuration else None,
    )
    realm.sessions.setdefault(channel.arn, []).append(session)
    return session


def begin(realm: Realm, channel: Channel, stream_id: str, at: datetime) -> Session:
    session = opened(realm, channel, stream_id, at)
    _announce_state(realm, session, EventName.SESSION_CREATED, at)
    _announce_state(realm, session, EventName.STREAM_START, at)
    return session


def end(realm: Realm, session: Session, at: datetime) -> None:
    session.ended_at = at
    _announce_state(realm, session, EventName.SESSION_ENDED, at)
    _announce_state(realm, session, EventName.STREAM_END, at)
    if session.recording is not None:
        end_recording(realm, session, at)


def starve(realm: Realm, session: Session, at: datetime) -> None:
    session.health = Health.STARVING
    _announce_health(realm, session, EventName.STARVATION_START, at)


def recover(realm: Realm, session: Session, at: datetime) -> None:
    session.health = Health.HEALTHY
    _announce_health(realm, session, EventName.STARVATION_END, at)


def exceed_limit(realm: Realm, session: Session, limit: dict[str, Any], at: datetime) -> None:
    """Tells of an ingest limit; whether the stream ends by it is for the encoder's side to play."""
    detail = {
        **limit,
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }
    realm.announce(session, DetailType.LIMIT_BREACH, limit["limit_name"], detail, at)


def start_recording(realm: Realm, session: Session, at: datetime) -> None:
    bucket_name = _bucket_name(session)
    if session.recording is not None:
        raise conflict("The stream is being recorded already")
    utc, channel_id = at.astimezone(UTC), Arn.parse(session.channel_arn).id
    minute = f"{utc.year}/{utc.month}/{utc.day}/{utc.hour}/{utc.minute}"
    prefix = f"ivs/v1/{realm.account}/{channel_id}/{minute}/{realm.identifiers.recording()}"
    recording = Recording(realm.identifiers.recording_session(), bucket_name, prefix, at)
    session.recording = recording
    _announce_recording(realm, session, RecordingStatus.START, _recorded(recording), at)


def end_recording(realm: Realm, session: Session, at: datetime) -> None:
    recording = session.recording
    if recording is None:
        raise conflict("The stream is not being recorded")
    session.recording = None
    detail = {
        **_recorded(recording),
        "recording_duration_ms": int((at - recording.started_at).total_seconds() * 1000),
        "recording_session_stream_ids": [session.stream_id],
    }
    _announce_recording(realm, session, RecordingStatus.END, detail, at)


def fail_recording(realm: Realm, session: Session, at: datetime) -> None:
    """As with a bucket encrypted by a KMS key, which IVS cannot write to."""
    failed = Recording(realm.identifiers.recording_session(), _bucket_name(session), "", at)
    detail = {**_recorded(failed), "recording_status_reason": "ValidationException"}
    _announce_recording(realm, session, RecordingStatus.START_FAILURE, detail, at)


def _recorded(recording: Recording) -> dict[str, Any]:
    return {
        "recording_status_reason": "",
        "recording_s3_bucket_name": recording.bucket_name,
        "recording_s3_key_prefix": recording.key_prefix,
        "recording_duration_ms": 0,
        "recording_session_id": recording.session_id,
    }


def _bucket_name(session: Session) -> str:
    if session.recording_configuration is None:
        raise conflict("The channel went live without a recording configuration")
    return str(session.recording_configuration["destinationConfiguration"]["s3"]["bucketName"])


def _announce_state(realm: Realm, session: Session, name: EventName, at: datetime) -> None:
    realm.announce(session, DetailType.STREAM_STATE, name, _detail(realm, session, name), at)


def _announce_health(realm: Realm, session: Session, name: EventName, at: datetime) -> None:
    realm.announce(session, DetailType.STREAM_HEALTH, name, _detail(realm, session, name), at)


def _announce_recording(
    realm: Realm, session: Session, status: RecordingStatus, recorded: dict[str, Any], at: datetime
) -> None:
    detail = {
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
        "recording_status": str(status),
        **recorded,
    }
    realm.announce(session, DetailType.RECORDING_STATE, status, detail, at)


def _detail(realm: Realm, session: Session, name: EventName) -> dict[str, str]:
    return {
        "event_name": str(name),
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }
