"""What is on the air is recorded, where the channel records."""

from datetime import datetime, timedelta

from streamwarden.domain.rules.recordings.not_recording import NotRecording
from streamwarden.domain.verdicts import Finding
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    channel_listed,
    recording_end,
    recording_start,
    recording_start_failure,
    stream_end,
    stream_listed,
    stream_start,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
    pending,
)

CHECK = NotRecording()
RECORDS = channel_listed(
    at(-1), recordingConfigurationArn="arn:aws:ivs:::recording-configuration/r"
)
UNSET = channel_listed(at(-1), recordingConfigurationArn="")
RECORDED = compliant("the stream is recorded", STREAM)
MAY_GO_ON = not_applicable("the recording of the previous stream may still go on")


def late(lasted: str, stream_id: str, since: datetime) -> Finding:
    output = f"on the air for {lasted} and not recorded; a recording should start in 1m"
    return breach(output, since, stream_id)


CASES = (
    Case(
        title="an idle channel",
        check=CHECK,
        given=(RECORDS,),
        now=at(),
        found=OFF_AIR,
    ),
    Case(
        title="whether it records is not known",
        check=CHECK,
        given=(channel_listed(at(-1)), stream_start(at())),
        now=at(1),
        found=not_applicable("whether the channel records is not known yet"),
    ),
    Case(
        title="a channel that does not record",
        check=CHECK,
        given=(UNSET, stream_start(at())),
        now=at(1),
        found=not_applicable("the channel has no recording configuration"),
    ),
    Case(
        title="a second before the limit",
        check=CHECK,
        given=(RECORDS, stream_start(at())),
        now=at(seconds=59),
        found=pending(
            "not recorded yet, 59s of 1m allowed after the stream began", at(minutes=1), STREAM
        ),
    ),
    Case(
        title="exactly at the limit",
        check=CHECK,
        given=(RECORDS, stream_start(at())),
        now=at(minutes=1),
        found=late("1m", STREAM, at(minutes=1)),
    ),
    Case(
        title="another limit",
        check=NotRecording(limit=timedelta(hours=2)),
        given=(RECORDS, stream_start(at())),
        now=at(1),
        found=pending("not recorded yet, 1h of 2h allowed after the stream began", at(2), STREAM),
    ),
    Case(
        title="a stream that is recorded",
        check=CHECK,
        given=(RECORDS, stream_start(at()), recording_start(at(seconds=4))),
        now=at(1),
        found=RECORDED,
    ),
    Case(
        title="a recording that started late",
        check=CHECK,
        given=(RECORDS, stream_start(at()), recording_start(at(minutes=30))),
        now=at(1),
        found=RECORDED,
    ),
    Case(
        title="a recording that failed to start",
        check=CHECK,
        given=(RECORDS, stream_start(at()), recording_start_failure(at(seconds=4))),
        now=at(1),
        found=late("1h", STREAM, at(minutes=1)),
    ),
    Case(
        title="a recording of an earlier stream",
        check=CHECK,
        given=(
            RECORDS,
            stream_start(at()),
            recording_start(at(seconds=4)),
            stream_end(at(1)),
            stream_start(at(2), NEXT_STREAM),
        ),
        now=at(3),
        found=late("1h", NEXT_STREAM, at(2, minutes=1)),
    ),
    Case(
        title="an earlier stream that ended as long ago as a recording may wait",
        check=CHECK,
        given=(
            RECORDS,
            stream_start(at()),
            recording_start(at(seconds=4)),
            stream_end(at(1)),
            stream_start(at(1, minutes=5), NEXT_STREAM),
        ),
        now=at(3),
        found=MAY_GO_ON,
    ),
    Case(
        title="an earlier stream whose end is not known",
        check=CHECK,
        given=(RECORDS, recording_start(at(seconds=4)), stream_start(at(2), NEXT_STREAM)),
        now=at(3),
        found=MAY_GO_ON,
    ),
    Case(
        title="a recording that began too long ago to go on",
        check=CHECK,
        given=(RECORDS, recording_start(at()), stream_start(at(48, seconds=1), NEXT_STREAM)),
        now=at(49),
        found=late("59m 59s", NEXT_STREAM, at(48, minutes=1, seconds=1)),
    ),
    Case(
        title="an earlier stream whose recording has ended",
        check=CHECK,
        given=(
            RECORDS,
            recording_start(at(seconds=4)),
            recording_end(at(1), timedelta(hours=1)),
            stream_start(at(1, minutes=1), NEXT_STREAM),
        ),
        now=at(3),
        found=late("1h 59m", NEXT_STREAM, at(1, minutes=2)),
    ),
    Case(
        title="a stream that began before the channel was first seen",
        check=CHECK,
        given=(
            channel_listed(at(), recordingConfigurationArn="arn:aws:ivs:::r"),
            stream_listed(at(), start_time=at(-1)),
        ),
        now=at(1),
        found=not_applicable(
            "the stream began before the channel was first seen; "
            "its recording may have started unseen"
        ),
    ),
    Case(
        title="such a stream whose recording was seen",
        check=CHECK,
        given=(
            channel_listed(at(), recordingConfigurationArn="arn:aws:ivs:::r"),
            stream_listed(at(), start_time=at(-1)),
            recording_start(at(1)),
        ),
        now=at(2),
        found=RECORDED,
    ),
)


@each(CASES)
def test_not_recording_finds(case: Case) -> None:
    assert_found(case)
