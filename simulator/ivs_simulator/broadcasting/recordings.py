"""Auto-record to S3: when a recording starts, goes on over a reconnect, ends or fails.

Source: Auto-Record to Amazon S3. Simplified: objects but the first are written when a recording
ends, and streams of less than ten seconds, of which IVS may record nothing, are recorded too.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from ivs_simulator.events.envelopes import DetailType, RecordingStatus
from ivs_simulator.recording.destination import flaw
from ivs_simulator.recording.layout import Layout, Objects, key_prefix
from ivs_simulator.recording.media import ContainerFormat
from ivs_simulator.recording.merging import obstacle
from ivs_simulator.recording.playlists import Span
from ivs_simulator.recording.renditions import ChannelType
from ivs_simulator.recording.storage import Place, StorageError
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.recording import Recording
from ivs_simulator.state.resources import RecordingConfigurationState, Session
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import ErrorCode, conflict


def stream_started(account_region: AccountRegion, session: Session, at: datetime) -> None:
    """Records the stream if its channel went live with a recording configuration."""
    if session.recording_configuration is None:
        return
    last = account_region.recordings.get(session.channel_arn)
    if last is not None and _is_continued(account_region, last, session, at):
        last.resume(session, at)
        return
    # One that waits for a stream like its own goes on waiting: its end is never announced early.
    recording = _recording(account_region, session, session.recording_configuration, at)
    if session.channel_arn in account_region.failing_recordings:
        account_region.failing_recordings.remove(session.channel_arn)
        _refuse(account_region, recording, ErrorCode.INTERNAL, at)
    elif _is_recordable(account_region, recording):
        _start(account_region, recording, at)
    else:
        _refuse(account_region, recording, ErrorCode.VALIDATION, at)


def stream_silent(account_region: AccountRegion, session: Session, at: datetime) -> None:
    """AWS does not say whether silence is recorded: here it is not, so a recording falls short."""
    recording = account_region.recordings.get(session.channel_arn)
    if recording is not None and recording.resumed_at is not None:
        recording.silent_since = at


def stream_heard(account_region: AccountRegion, session: Session, at: datetime) -> None:
    """Data is recorded again."""
    recording = account_region.recordings.get(session.channel_arn)
    if recording is not None and recording.silent_since is not None:
        recording.end_silence(at)


def stream_ended(account_region: AccountRegion, session: Session, at: datetime) -> None:
    recording = account_region.recordings.get(session.channel_arn)
    if recording is None or recording.resumed_at is None:
        return
    recording.pause(at)
    window = timedelta(seconds=recording.window_seconds)
    due = at + max(window, account_region.options.latencies.recording_written)
    if due == at:
        _finish(account_region, recording, at)
    else:
        account_region.later(due, lambda then: _finish_waiting(account_region, recording, at, then))


def fail(account_region: AccountRegion, channel_arn: str, at: datetime) -> None:
    """The running recording breaks off; while none runs, the next one fails to start."""
    recording = account_region.recordings.get(channel_arn)
    session = account_region.on_air(channel_arn)
    if session is not None and recording is not None and recording.resumed_at is not None:
        fail_recording(account_region, session, at)
    else:
        account_region.failing_recordings.add(channel_arn)


def fail_recording(account_region: AccountRegion, session: Session, at: datetime) -> None:
    """The running recording breaks off; the stream goes on unrecorded."""
    recording = account_region.recordings.get(session.channel_arn)
    if recording is None or recording.resumed_at is None:
        raise conflict("The stream is not being recorded")
    recording.pause(at)
    _break_off(account_region, recording, recording.spans, at)


def _recording(
    account_region: AccountRegion, session: Session, configuration: dict[str, Any], at: datetime
) -> Recording:
    channel, channel_id = session.channel, Arn.parse(session.channel_arn).id
    bucket = str(configuration["destinationConfiguration"]["s3"]["bucketName"])
    layout = Layout(
        prefix=key_prefix(
            account_region.account, channel_id, at, account_region.identifiers.recording()
        ),
        channel_arn=session.channel_arn,
        started_at=at,
        configuration=configuration,
        source=session.ingest.media_format,
        channel_type=ChannelType(channel["type"]),
        preset=channel.get("preset", ""),
        container_format=ContainerFormat(channel["containerFormat"]),
    )
    return Recording(
        session_id=account_region.identifiers.recording_session(),
        place=Place(account_region.account, account_region.region, bucket),
        layout=layout,
        session=session,
        stream_ids=[session.stream_id],
        resumed_at=at,
    )


def _is_recordable(account_region: AccountRegion, recording: Recording) -> bool:
    # AWS calls a configuration ready for recording when it is ACTIVE, and does not say what
    # follows from another state: then nothing is recorded: a caller that did not wait notices.
    is_active = recording.layout.configuration["state"] == RecordingConfigurationState.ACTIVE
    return (
        is_active and flaw(account_region.storage.inspect(recording.place), recording.place) is None
    )


def _is_continued(
    account_region: AccountRegion, recording: Recording, session: Session, at: datetime
) -> bool:
    waiting = recording.interrupted(account_region.options.latencies.recording_written)
    if waiting is None or _settings(recording.session) != _settings(session):
        return False
    return obstacle(waiting, session.ingest.media_format, at) is None


def _settings(session: Session) -> tuple[Any, ...]:
    """The settings that decide where and in which form a stream is recorded.

    AWS only speaks of the stream: by our reading, a channel that was changed in between
    begins a new recording.
    """
    configuration, channel = session.recording_configuration or {}, session.channel
    members = ("type", "preset", "containerFormat")
    return (configuration.get("arn"), *(channel.get(member) for member in members))


def _start(account_region: AccountRegion, recording: Recording, at: datetime) -> None:
    account_region.recordings[recording.layout.channel_arn] = recording
    # "Recording Start" comes before the first objects.
    _announce(account_region, recording, RecordingStatus.START, {}, at)
    try:
        _store(account_region, recording, recording.layout.at_start())
    except StorageError:
        recording.pause(at)
        _break_off(account_region, recording, (), at)


def _refuse(
    account_region: AccountRegion, recording: Recording, code: ErrorCode, at: datetime
) -> None:
    reason = {"recording_status_reason": str(code), "recording_s3_key_prefix": ""}
    _announce(account_region, recording, RecordingStatus.START_FAILURE, reason, at)


def _finish_waiting(
    account_region: AccountRegion, recording: Recording, interrupted_at: datetime, at: datetime
) -> None:
    """Ends the recording if no stream has come back to it since it was interrupted."""
    if recording.interrupted_at == interrupted_at:
        _finish(account_region, recording, at)


def _finish(account_region: AccountRegion, recording: Recording, at: datetime) -> None:
    try:
        _store(account_region, recording, recording.layout.at_end(at, recording.spans))
    except StorageError:
        # It is unknown which objects are there, so no playlist names any.
        _break_off(account_region, recording, (), at)
        return
    _forget(account_region, recording)
    ended = {
        "recording_duration_ms": recording.duration_ms,
        "recording_session_stream_ids": list(recording.stream_ids),
    }
    _announce(account_region, recording, RecordingStatus.END, ended, at)


def _break_off(
    account_region: AccountRegion, recording: Recording, spans: Sequence[Span], at: datetime
) -> None:
    _forget(account_region, recording)
    reason = str(ErrorCode.INTERNAL)
    with suppress(StorageError):  # where it cannot be written, the event has to do
        _store(account_region, recording, recording.layout.at_end(at, spans, failure=reason))
    extra = {"recording_status_reason": reason}
    _announce(account_region, recording, RecordingStatus.END_FAILURE, extra, at)


def _forget(account_region: AccountRegion, recording: Recording) -> None:
    """It is over: no stream may continue it, and no timer ends it once more."""
    recording.interrupted_at = None
    channel_arn = recording.layout.channel_arn
    if account_region.recordings.get(channel_arn) is recording:
        del account_region.recordings[channel_arn]


def _store(account_region: AccountRegion, recording: Recording, objects: Objects) -> None:
    """Raises StorageError, also for a bucket that can be written to but not by IVS."""
    # Inspected each time: a storage that works in the background does not report this.
    found = flaw(account_region.storage.inspect(recording.place), recording.place)
    if found is not None:
        raise StorageError(f"bucket {recording.bucket_name}: {found}")
    for key, stored in objects.items():
        account_region.storage.put(recording.place, key, stored)


def _announce(
    account_region: AccountRegion,
    recording: Recording,
    status: RecordingStatus,
    extra: dict[str, Any],
    at: datetime,
) -> None:
    """Remembered at once; sent when the objects stored before it are there."""
    session = recording.session
    detail = {
        # As it was when the stream began: the channel may be gone before its recording ends.
        "channel_name": session.channel["name"],
        "stream_id": session.stream_id,
        "recording_status": str(status),
        "recording_status_reason": "",
        "recording_s3_bucket_name": recording.bucket_name,
        "recording_s3_key_prefix": recording.key_prefix,
        "recording_duration_ms": 0,
        "recording_session_id": recording.session_id,
        **extra,
    }
    event = account_region.remember(session, DetailType.RECORDING_STATE, status, detail, at)
    account_region.storage.when_stored(lambda: account_region.emit(event))
