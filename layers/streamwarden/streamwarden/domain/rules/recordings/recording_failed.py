"""Recordings that fail."""

from datetime import datetime, timedelta
from typing import Final

from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.rules.check import Check, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_recording
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording, RecordingFailure
from streamwarden.domain.verdicts import Finding

# A lost recording cannot be repaired, so its breach must end by itself. After a working day the
# people who need to know have read of it.
_CLOSES_AFTER: Final = timedelta(hours=24)
_FAULT_OF_IVS: Final = "InternalServerException"


class RecordingFailed(Check, frozen=True):
    """A recording must not fail to start or to end.

    The breach ends with the next recording of the channel that starts, or after 24 hours. `stop`
    and `warn` act on the stream whose recording failed, and on no later stream.
    Data: `IVS Recording State Change` events. Costs no IVS call.
    """

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if not facts.state.recordings:
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
            _describe(failure.value, recording, facts),
            about=one_recording(recording),
            since=min(failure.at, now),
            compared={"failure": failure, "started_at": recording.started_at},
            recheck_at=closes_at,
        )


_NO_RECORDING: Final = not_applicable("no recording of the channel is known")


def _started_again_after(failed_at: datetime, facts: Facts) -> bool:
    return any(
        each.failure is None and each.started_at is not None and each.started_at > failed_at
        for each in facts.recordings
    )


def _describe(failure: RecordingFailure, recording: Recording, facts: Facts) -> str:
    bucket = f", bucket {recording.s3_bucket.value}" if recording.s3_bucket else ""
    found = f"{failure.status} ({failure.reason or 'no reason given'}{bucket})"
    return f"{found}. {_remedy(failure, place_of(facts.arn))}"


def _remedy(failure: RecordingFailure, place: Place) -> str:
    """What people can do: the bucket is theirs (User Guide, auto-record to S3, and its FAQ)."""
    if failure.reason == _FAULT_OF_IVS:
        return "IVS itself failed; what was recorded until then may be in the bucket"
    return (
        f"Check that the bucket is in {place.region} and in account {place.account}, that its "
        "policy does not refuse IVS, and that SSE-S3 encrypts it: IVS records to no bucket with KMS"
    )
