"""Rules about what should end up in the bucket."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.channel import Recording
from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import compliant, not_applicable
from streamwarden.domain.verdicts import ActionKind, Finding, Status

# A lost recording cannot be repaired, so its breach must end by itself: a working day later
# everybody who needs to know has been told.
_CLOSES_AFTER: Final = timedelta(hours=24)


@dataclass(frozen=True)
class RecordingFailed:
    """A recording must not fail to start or to end.

    The breach ends with the next recording of the channel that starts, or after 24 hours.
    Data: `IVS Recording State Change` events. Costs no IVS call.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar = False
    stops_only_if_stalled: ClassVar = False

    def assess(self, facts: Facts, now: datetime) -> Finding:
        if not facts.recordings:
            return not_applicable("no recording of the channel is known")
        newest = facts.recordings[-1]
        if newest.failure is None:
            return compliant("the newest recording did not fail", subject=newest.recording_id)
        closes_at = newest.failure.at + _CLOSES_AFTER
        if now >= closes_at:
            return not_applicable("the last recording failure is more than 24h old")
        return Finding(
            status=Status.BREACH,
            reason=_say(newest),
            subject=newest.recording_id,
            since=newest.failure.at,
            next_check=closes_at,
        )


def _say(recording: Recording) -> str:
    if recording.failure is None:
        return "the recording did not fail"
    failure = recording.failure.value
    bucket = f", bucket {recording.s3_bucket.value}" if recording.s3_bucket else ""
    return f"{failure.status} ({failure.reason or 'no reason given'}{bucket})"
