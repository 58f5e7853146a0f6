"""A recording that failed, until the next one starts or a day has passed."""

from streamwarden.domain.rules.recordings.recording_failed import RecordingFailed
from streamwarden.domain.verdicts import Status, Subject
from testbed.builders import (
    NEXT_RECORDING,
    RECORDING,
    STREAM,
    at,
    facts_from,
    recording_end_failure,
    recording_start,
    recording_start_failure,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

COULD_NOT_START = (
    "Recording Start Failure (ValidationException, bucket demo-vod). "
    "Check that the bucket is in eu-west-1 and in account 210987654321, that its policy does not "
    "refuse IVS, and that SSE-S3 encrypts it: IVS records to no bucket with KMS"
)
OF_THE_STREAM = Subject(RECORDING, (STREAM,))

CASES = (
    Case(
        title="never recorded",
        check=RecordingFailed(),
        given=(),
        now=at(),
        found=not_applicable("no recording of the channel is known"),
    ),
    Case(
        title="the newest is fine",
        check=RecordingFailed(),
        given=(recording_start(at()),),
        now=at(1),
        found=compliant("no recording failed"),
    ),
    Case(
        title="could not start",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(1),
        found=breach(
            COULD_NOT_START,
            at(),
            OF_THE_STREAM,
            recheck_at=at(24),
        ),
    ),
    Case(
        title="failed at its end",
        check=RecordingFailed(),
        given=(recording_start(at()), recording_end_failure(at(1))),
        now=at(2),
        found=breach(
            "Recording End Failure (InternalServerException, bucket demo-vod). "
            "IVS itself failed; what was recorded until then may be in the bucket",
            at(1),
            OF_THE_STREAM,
            recheck_at=at(25),
        ),
    ),
    Case(
        title="a second before it closes by itself",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(24, seconds=-1),
        found=breach(
            COULD_NOT_START,
            at(),
            OF_THE_STREAM,
            recheck_at=at(24),
        ),
    ),
    Case(
        title="closes by itself after exactly a day",
        check=RecordingFailed(),
        given=(recording_start_failure(at()),),
        now=at(24),
        found=not_applicable("the last recording failure is more than 24h old"),
    ),
    Case(
        title="the next recording started",
        check=RecordingFailed(),
        given=(recording_start_failure(at()), recording_start(at(1), NEXT_RECORDING)),
        now=at(2),
        found=compliant("a recording has started since the last failure"),
    ),
)


@each(CASES)
def test_recording_failed_finds(case: Case) -> None:
    assert_found(case)


def test_an_end_failure_is_found_even_when_the_next_recording_had_already_started() -> None:
    # Recordings end late, by up to the reconnect window; the lost one must not go unnoticed.
    facts = facts_from(
        recording_start(at()),
        recording_start(at(1), NEXT_RECORDING),
        recording_end_failure(at(1, minutes=5)),
    )

    finding = RecordingFailed().prepare()(facts, at(2))

    assert (finding.status, finding.subject.id) == (Status.BREACH, RECORDING)
