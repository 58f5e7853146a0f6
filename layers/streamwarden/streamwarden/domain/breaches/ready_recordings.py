"""Recordings that are ready: told once, with their place, for what comes after.

No rule is broken, so nothing is resolved. Loaded only for a policy that asks for it.
"""

from copy import replace
from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.arn import label_of
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.decision import Decision
from streamwarden.domain.duration import format_duration
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording
from streamwarden.domain.verdicts import Notification, NotificationStatus, ReadyRecording

RULE_ID: Final = "recording"
# Events can come hours late. What ended before that was there before the policy asked for it.
_NOTIFIED_WITHIN: Final = timedelta(hours=6)
# User Guide, auto-record to S3: where the playlist of all renditions is below the prefix.
_PLAYLIST: Final = "media/hls/master.m3u8"


def with_ready_recordings(
    decision: Decision, notified: frozenset[str], facts: Facts, now: datetime
) -> Decision:
    """The decision, and what people are told of recordings. `notified` are those that were told."""
    ready = [each for each in facts.recordings if _is_ready(each, now)]
    news = [each for each in ready if each.recording_id not in notified]
    known = {each.recording_id for each in facts.recordings}
    reported = (notified & known).union(each.recording_id for each in news)
    return replace(
        decision,
        notifications=(
            *decision.notifications,
            *(_notification(each, facts, now) for each in news),
        ),
        standing=replace(decision.standing, recordings_notified=reported),
    )


def _is_ready(recording: Recording, now: datetime) -> bool:
    """A recording of no length holds nothing: its stream was too short."""
    if recording.ended_at is None or recording.failure is not None:
        return False
    duration = recording.duration_ms
    is_empty = duration is not None and duration.value == 0
    return not is_empty and now - recording.ended_at < _NOTIFIED_WITHIN


def _notification(recording: Recording, facts: Facts, now: datetime) -> Notification:
    ready = _place(recording)
    streams = sorted(recording.stream_ids)
    return Notification(
        id=f"{facts.arn}/{RULE_ID}/{recording.recording_id}",
        incident=incident_key(facts.arn, RULE_ID, recording.recording_id),
        rule_id=RULE_ID,
        severity=Severity.LOW,
        status=NotificationStatus.CHANGED,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=streams[0] if len(streams) == 1 else None,
        title=f"{label_of(facts.arn, facts.name)}: recording ready",
        text=brief(_describe(ready), LONGEST_TEXT),
        at=now,
        recording=ready,
    )


def _place(recording: Recording) -> ReadyRecording:
    prefix = recording.s3_prefix.value if recording.s3_prefix else ""
    return ReadyRecording(
        bucket=recording.s3_bucket.value if recording.s3_bucket else "",
        prefix=prefix,
        playlist=f"{prefix}/{_PLAYLIST}" if prefix else "",
        duration_ms=recording.duration_ms.value if recording.duration_ms else None,
    )


def _describe(ready: ReadyRecording) -> str:
    lasted = ""
    if ready.duration_ms is not None:
        lasted = f" of {format_duration(timedelta(milliseconds=ready.duration_ms))}"
    bucket = f" in bucket {ready.bucket}" if ready.bucket else ""
    return f"A recording{lasted} is complete{bucket}. It can be processed now."
