"""Auto-record to S3: when a recording starts, goes on over a reconnect, ends or fails.

Source: the IVS page on recording to S3.
"""

from datetime import UTC, datetime
from typing import Any

from simulator.api.errors import conflict
from simulator.arns import Arn
from simulator.broadcasting.recording import Recording
from simulator.events.envelopes import DetailType, RecordingStatus
from simulator.realm import Realm
from simulator.resources import Session


def stream_started(realm: Realm, session: Session, at: datetime) -> None:
    """Records the stream if its channel went live with a recording configuration."""
    if session.recording_configuration is None:
        return
    waiting = realm.recordings.get(session.channel_arn)
    if waiting is not None and _may_go_on(waiting, session, at):
        _resume(waiting, session, at)
        return
    if waiting is not None:
        _finish(realm, waiting, session, at)
    _start(realm, session, session.recording_configuration, at)


def stream_ended(realm: Realm, session: Session, at: datetime) -> None:
    recording = realm.recordings.get(session.channel_arn)
    if recording is None or recording.resumed_at is None:
        return
    recording.pause(at)
    if recording.waits_until == at:
        _finish(realm, recording, session, at)
    elif recording.waits_until is not None:
        realm.later(
            recording.waits_until, lambda then: _finish_waiting(realm, recording, session, then)
        )


def fail_recording(realm: Realm, session: Session, at: datetime) -> None:
    """The running recording breaks off; the stream goes on unrecorded."""
    recording = realm.recordings.pop(session.channel_arn, None)
    if recording is None:
        raise conflict("The stream is not being recorded")
    detail = {**_detail(recording), "recording_status_reason": "InternalServerException"}
    _announce(realm, session, RecordingStatus.END_FAILURE, detail, at)


def _start(realm: Realm, session: Session, configuration: dict[str, Any], at: datetime) -> None:
    utc, channel_id = at.astimezone(UTC), Arn.parse(session.channel_arn).id
    minute = f"{utc.year}/{utc.month}/{utc.day}/{utc.hour}/{utc.minute}"
    recording = Recording(
        session_id=realm.identifiers.recording_session(),
        channel_arn=session.channel_arn,
        configuration=configuration,
        key_prefix=f"ivs/v1/{realm.account}/{channel_id}/{minute}/{realm.identifiers.recording()}",
        started_at=at,
        ingest=session.ingest,
        stream_ids=[session.stream_id],
        resumed_at=at,
    )
    realm.recordings[session.channel_arn] = recording
    _announce(realm, session, RecordingStatus.START, _detail(recording), at)


def _resume(recording: Recording, session: Session, at: datetime) -> None:
    recording.stream_ids.append(session.stream_id)
    recording.resumed_at = at
    recording.waits_until = None


def _may_go_on(recording: Recording, session: Session, at: datetime) -> bool:
    until = recording.waits_until
    return until is not None and at <= until and session.ingest.has_media_of(recording.ingest)


def _finish_waiting(realm: Realm, recording: Recording, session: Session, at: datetime) -> None:
    if recording.waits_until == at and realm.recordings.get(session.channel_arn) is recording:
        _finish(realm, recording, session, at)


def _finish(realm: Realm, recording: Recording, session: Session, at: datetime) -> None:
    del realm.recordings[recording.channel_arn]
    detail = {
        **_detail(recording),
        "recording_duration_ms": int(recording.recorded.total_seconds() * 1000),
        "recording_session_stream_ids": list(recording.stream_ids),
    }
    _announce(realm, session, RecordingStatus.END, detail, at)


def _detail(recording: Recording) -> dict[str, Any]:
    return {
        "recording_status_reason": "",
        "recording_s3_bucket_name": recording.bucket_name,
        "recording_s3_key_prefix": recording.key_prefix,
        "recording_duration_ms": 0,
        "recording_session_id": recording.session_id,
    }


def _announce(
    realm: Realm, session: Session, status: RecordingStatus, recorded: dict[str, Any], at: datetime
) -> None:
    detail = {
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
        "recording_status": str(status),
        **recorded,
    }
    realm.announce(session, DetailType.RECORDING_STATE, status, detail, at)
