"""A recording holds most of what was on the air."""

from datetime import timedelta

import pytest

from streamwarden.domain.rules.recordings.recording_integrity import RecordingIntegrity
from streamwarden.domain.verdicts import Subject
from testbed.builders import (
    NEXT_RECORDING,
    NEXT_STREAM,
    RECORDING,
    STREAM,
    at,
    recording_end,
    recording_start,
    stream_end,
    stream_start,
)
from tests.unit.domain.rules.cases import (
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

CHECK = RecordingIntegrity()
UNKNOWN = not_applicable("no recording has a known duration and known times of all its streams")
BOTH = tuple(sorted((STREAM, NEXT_STREAM)))
WHOLE = compliant("the last recording holds what was on the air")
ON_AIR = (stream_start(at()), stream_end(at(1)))
AGAIN = (stream_start(at(1, minutes=1), NEXT_STREAM), stream_end(at(1, minutes=31), NEXT_STREAM))
SHORT = breach(
    "30m recorded of 1h on the air; at least 54m are expected",
    at(1),
    Subject(RECORDING, (STREAM,)),
    recheck_at=at(25),
)

CASES = (
    Case(
        title="no recording",
        check=CHECK,
        given=ON_AIR,
        now=at(2),
        found=not_applicable("no recording of the channel is known"),
    ),
    Case(
        title="a recording that goes on",
        check=CHECK,
        given=(*ON_AIR, recording_start(at())),
        now=at(2),
        found=UNKNOWN,
    ),
    Case(
        title="exactly the share that is expected",
        check=CHECK,
        given=(*ON_AIR, recording_end(at(1), timedelta(minutes=54))),
        now=at(2),
        found=WHOLE,
    ),
    Case(
        title="a second less",
        check=CHECK,
        given=(*ON_AIR, recording_end(at(1), timedelta(minutes=53, seconds=59))),
        now=at(2),
        found=breach(
            "53m 59s recorded of 1h on the air; at least 54m are expected",
            at(1),
            Subject(RECORDING, (STREAM,)),
            recheck_at=at(25),
        ),
    ),
    Case(
        title="a second before it is a day old",
        check=CHECK,
        given=(*ON_AIR, recording_end(at(1), timedelta(minutes=30))),
        now=at(25, seconds=-1),
        found=SHORT,
    ),
    Case(
        title="a day old",
        check=CHECK,
        given=(*ON_AIR, recording_end(at(1), timedelta(minutes=30))),
        now=at(25),
        found=not_applicable("the last recording that fell short is more than 24h old"),
    ),
    Case(
        title="a smaller share is enough",
        check=RecordingIntegrity(at_least=0.5),
        given=(*ON_AIR, recording_end(at(1), timedelta(minutes=30))),
        now=at(2),
        found=WHOLE,
    ),
    Case(
        title="a stream whose start is not known",
        check=CHECK,
        given=(stream_end(at(1)), recording_end(at(1), timedelta(minutes=30))),
        now=at(2),
        found=UNKNOWN,
    ),
    Case(
        title="a stream whose end is not known",
        check=CHECK,
        given=(stream_start(at()), recording_end(at(1), timedelta(minutes=30))),
        now=at(2),
        found=UNKNOWN,
    ),
    Case(
        title="two streams, of which one is not known",
        check=CHECK,
        given=(*ON_AIR, recording_end(at(2), timedelta(minutes=9), RECORDING, NEXT_STREAM, STREAM)),
        now=at(2),
        found=UNKNOWN,
    ),
    Case(
        title="two streams in one recording",
        check=CHECK,
        given=(
            *ON_AIR,
            *AGAIN,
            recording_end(at(2), timedelta(minutes=60), RECORDING, STREAM, NEXT_STREAM),
        ),
        now=at(2),
        found=breach(
            "1h recorded of 1h 30m on the air; at least 1h 21m are expected",
            at(2),
            Subject(RECORDING, BOTH),
            recheck_at=at(26),
        ),
    ),
    Case(
        title="a stream too short to judge",
        check=CHECK,
        given=(stream_start(at()), stream_end(at(seconds=59)), recording_end(at(1), timedelta(0))),
        now=at(2),
        found=UNKNOWN,
    ),
    Case(
        title="until the next recording ends well",
        check=CHECK,
        given=(
            *ON_AIR,
            recording_end(at(1), timedelta(minutes=30)),
            *AGAIN,
            recording_end(at(2), timedelta(minutes=30), NEXT_RECORDING, NEXT_STREAM),
        ),
        now=at(3),
        found=WHOLE,
    ),
    Case(
        title="not until the next recording has ended",
        check=CHECK,
        given=(
            *ON_AIR,
            recording_end(at(1), timedelta(minutes=30)),
            *AGAIN,
            recording_start(at(2), NEXT_RECORDING, NEXT_STREAM),
        ),
        now=at(3),
        found=SHORT,
    ),
    Case(
        title="a recording that fell short after one that did not",
        check=CHECK,
        given=(
            *AGAIN,
            recording_end(at(0), timedelta(minutes=30), NEXT_RECORDING, NEXT_STREAM),
            *ON_AIR,
            recording_end(at(1), timedelta(minutes=30)),
        ),
        now=at(3),
        found=SHORT,
    ),
)

LONG = (stream_start(at()), recording_start(at()))
FIRST_PART = recording_end(at(48), timedelta(hours=48))
SECOND_PART = (
    recording_start(at(48), NEXT_RECORDING),
    recording_end(at(72), timedelta(hours=24), NEXT_RECORDING),
)
PARTS = (
    Case(
        title="a stream of three days, recorded in two parts",
        check=CHECK,
        given=(*LONG, FIRST_PART, *SECOND_PART, stream_end(at(72))),
        now=at(72),
        found=UNKNOWN,
    ),
    Case(
        title="the second part, of which the first is forgotten",
        check=CHECK,
        given=(stream_start(at()), *SECOND_PART, stream_end(at(72))),
        now=at(72),
        found=UNKNOWN,
    ),
    Case(
        title="two streams of 60 hours together, recorded in two parts",
        check=CHECK,
        given=(
            *(stream_start(at()), stream_end(at(30)), recording_start(at())),
            *(stream_start(at(30), NEXT_STREAM), stream_end(at(60), NEXT_STREAM)),
            recording_end(at(48), timedelta(hours=48), RECORDING, STREAM, NEXT_STREAM),
            recording_start(at(48), NEXT_RECORDING, NEXT_STREAM),
            recording_end(at(60), timedelta(hours=12), NEXT_RECORDING, NEXT_STREAM),
        ),
        now=at(60),
        found=UNKNOWN,
    ),
)


@each((*CASES, *PARTS))
def test_recording_integrity_finds(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_is_above_nothing_and_at_most_all(share: float) -> None:
    with pytest.raises(ValueError, match="expected `at_least` above 0 and at most 1"):
        RecordingIntegrity(at_least=share)
