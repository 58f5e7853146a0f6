"""Recordings that fail."""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.rules.check import Check, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_recording
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording, RecordingFailure
from streamwarden.domain.verdicts import Finding

# A lost recording cannot be repaired, so its breach must end by itself. After a working day the
# people who need to know have read of it.
_CLOSES_AFTER: Final = timedelta(hours=24)


class RecordingFailed(Check, frozen=True):
    """A recording must not fail to start or to end.

    The breach ends with the next recording of the channel that starts, or after 24 hours. `stop`
    and `warn` act on the stream whose recording failed, and on no later stream.
    Data: `IVS Recording State Change` events. Costs no IVS call.
    """

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if not facts.recordings:
            return _NO_RECORDING
        failed = max(
            ((each.failure, each) for each in facts.recordings if each.failure is not None),
            key=lambda failed: (failed[0].at, failed[1].recording_id),
            default=None,
        )
        if failed is None:
            return compliant("no recording failed")
        failure, recording = failed
        if _started_again_after(failure.at, facts):
            return compliant("a recording has started since the last failure")
        closes_at = failure.at + _CLOSES_AFTER
        if now >= closes_at:
            return not_applicable("the last recording failure is more than 24h old")
        return breach(
            _describe(failure.value, recording),
            about=one_recording(recording),
            since=min(failure.at, now),
            recheck_at=closes_at,
        )


_NO_RECORDING: Final = not_applicable("no recording of the channel is known")


def _started_again_after(failed_at: datetime, facts: Facts) -> bool:
    return any(
        each.failure is None and each.started_at is not None and each.started_at > failed_at
        for each in facts.recordings
    )


def _describe(failure: RecordingFailure, recording: Recording) -> str:
    bucket = f", bucket {recording.s3_bucket.value}" if recording.s3_bucket else ""
    return f"{failure.status} ({failure.reason or 'no reason given'}{bucket})"
