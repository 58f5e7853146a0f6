"""Streams that IVS failed to process."""

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.live_sessions.stream_failure import StreamFailure
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    session_created,
    session_ended,
    stream_event,
    stream_start,
)
from tests.unit.domain.rules.cases import (
    NO_SESSION,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

ANY = StreamFailure()
OUTPUT = "IVS could not process the stream (no capacity left)"
STARTED_AGAIN = compliant("a stream has started since the last failure")


def failed(hours: float, stream_id: str = STREAM, reason: str = "no capacity left") -> Input:
    return stream_event("Stream Failure", at(hours), stream_id, reason=reason)


@each(
    (
        Case(title="an idle channel", check=ANY, now=at(), found=NO_SESSION),
        Case(
            title="a stream that runs",
            check=ANY,
            given=(stream_start(at()),),
            now=at(1),
            found=compliant("IVS reported no failure of a stream"),
        ),
        Case(
            title="a stream that failed",
            check=ANY,
            given=(session_created(at()), failed(1), session_ended(at(1))),
            now=at(2),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="without a reason",
            check=ANY,
            given=(failed(1, reason=""),),
            now=at(1),
            found=breach(
                "IVS could not process the stream (no reason given)",
                at(1),
                STREAM,
                recheck_at=at(25),
            ),
        ),
        Case(
            title="the next one failed too",
            check=ANY,
            given=(failed(1), failed(2, NEXT_STREAM, "still none")),
            now=at(3),
            found=breach(
                "IVS could not process the stream (still none)",
                at(2),
                NEXT_STREAM,
                recheck_at=at(26),
            ),
        ),
        Case(
            title="the next one waits",
            check=ANY,
            given=(failed(1), session_created(at(2), NEXT_STREAM)),
            now=at(3),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="the next one started",
            check=ANY,
            given=(failed(1), stream_start(at(2), NEXT_STREAM)),
            now=at(3),
            found=STARTED_AGAIN,
        ),
        Case(
            title="it failed after it had started",
            check=ANY,
            given=(stream_start(at()), failed(1)),
            now=at(2),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="a second before a day has passed",
            check=ANY,
            given=(failed(1),),
            now=at(25, seconds=-1),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(25)),
        ),
        Case(
            title="after a day",
            check=ANY,
            given=(failed(1),),
            now=at(25),
            found=not_applicable("the last stream failure is more than 24h old"),
        ),
    )
)
def test_stream_failure_finds(case: Case) -> None:
    assert_found(case)
