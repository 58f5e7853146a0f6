"""Sessions that never get on the air."""

from datetime import timedelta

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.live_sessions.never_live import NeverLive
from streamwarden.domain.verdicts import Status
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    facts_from,
    session_created,
    session_ended,
    stream_end,
    stream_event,
    stream_not_listed,
    stream_start,
)
from tests.unit.domain.rules.cases import (
    NO_SESSION,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    pending,
)

AFTER_60S = NeverLive()
AFTER_2H = NeverLive(limit=timedelta(hours=2))
MINUTE = at(minutes=1)
NONE_FAILED = compliant("no session failed to get on the air of late")


def rejected(seconds: float, stream_id: str = STREAM) -> Input:
    code = "MultitrackInputRequired"
    return stream_event("Session Ended", at(seconds=seconds), stream_id, code=code)


@each(
    (
        Case(title="an idle channel", check=AFTER_60S, now=at(), found=NO_SESSION),
        Case(
            title="a second before the limit",
            check=AFTER_60S,
            given=(session_created(at()),),
            now=at(seconds=59),
            found=pending("the session waits for its Stream Start", MINUTE),
        ),
        Case(
            title="still connected, exactly at the limit",
            check=AFTER_60S,
            given=(session_created(at()),),
            now=MINUTE,
            found=breach("the session got no Stream Start; it is still connected after 1m", MINUTE),
        ),
        Case(
            title="it started",
            check=AFTER_60S,
            given=(session_created(at()), stream_start(at(seconds=5))),
            now=at(1),
            found=NONE_FAILED,
        ),
        Case(
            title="it started late",
            check=AFTER_60S,
            given=(session_created(at()), stream_start(at(minutes=5))),
            now=at(1),
            found=NONE_FAILED,
        ),
        Case(
            title="it ended at once; its start may still be told of",
            check=AFTER_60S,
            given=(session_created(at()), rejected(3)),
            now=at(seconds=30),
            found=pending("the session waits for its Stream Start", MINUTE),
        ),
        Case(
            title="it was rejected",
            check=AFTER_60S,
            given=(session_created(at()), rejected(3)),
            now=at(minutes=2),
            found=breach(
                "the session got no Stream Start; it ended with MultitrackInputRequired",
                MINUTE,
                recheck_at=at(1, minutes=1),
            ),
        ),
        Case(
            title="it failed",
            check=AFTER_60S,
            given=(
                session_created(at()),
                stream_event("Stream Failure", at(seconds=9), reason="no capacity left"),
            ),
            now=at(minutes=2),
            found=breach(
                "the session got no Stream Start; it failed (no capacity left)",
                MINUTE,
                recheck_at=None,
            ),
        ),
        Case(
            title="it ended without a word",
            check=AFTER_60S,
            given=(session_created(at()), session_ended(at(minutes=10))),
            now=at(minutes=11),
            found=breach(
                "the session got no Stream Start; it ended",
                MINUTE,
                recheck_at=at(1, minutes=10),
            ),
        ),
        Case(
            title="an hour after it ended",
            check=AFTER_60S,
            given=(session_created(at()), session_ended(at(minutes=10))),
            now=at(1, minutes=10),
            found=NONE_FAILED,
        ),
        Case(
            title="its end was lost and a sweep does not find it",
            check=AFTER_60S,
            given=(session_created(at()), stream_not_listed(at(minutes=30))),
            now=at(minutes=31),
            found=breach(
                "the session got no Stream Start; it ended", MINUTE, recheck_at=at(1, minutes=1)
            ),
        ),
        Case(
            title="a limit longer than an hour still shows",
            check=AFTER_2H,
            given=(session_created(at()), rejected(3)),
            now=at(2, minutes=59),
            found=breach(
                "the session got no Stream Start; it ended with MultitrackInputRequired",
                at(2),
                recheck_at=at(3),
            ),
        ),
        Case(
            title="an encoder that tries again",
            check=AFTER_60S,
            given=(
                session_created(at()),
                rejected(3),
                session_created(at(seconds=33), NEXT_STREAM),
                rejected(36, NEXT_STREAM),
                session_created(at(minutes=2), "st-third"),
            ),
            now=at(minutes=2, seconds=5),
            found=breach(
                "2 sessions in a row got no Stream Start; "
                "the last one ended with MultitrackInputRequired",
                MINUTE,
                recheck_at=at(1, minutes=1, seconds=33),
            ),
        ),
        Case(
            title="the next stream that starts ends it",
            check=AFTER_60S,
            given=(
                session_created(at()),
                rejected(3),
                session_created(at(minutes=5), NEXT_STREAM),
                stream_start(at(minutes=5), NEXT_STREAM),
            ),
            now=at(minutes=6),
            found=NONE_FAILED,
        ),
        Case(
            title="also when that stream has ended since",
            check=AFTER_60S,
            given=(
                session_created(at()),
                rejected(3),
                stream_start(at(minutes=5), NEXT_STREAM),
                stream_end(at(minutes=7), NEXT_STREAM),
            ),
            now=at(minutes=8),
            found=NONE_FAILED,
        ),
        Case(
            title="a stream that started before does not end it",
            check=AFTER_60S,
            given=(
                stream_start(at(-1), NEXT_STREAM),
                stream_end(at(minutes=-1), NEXT_STREAM),
                session_created(at()),
            ),
            now=at(minutes=2),
            found=breach("the session got no Stream Start; it is still connected after 2m", MINUTE),
        ),
        Case(
            title="its start was lost, but a stream that ends had started",
            check=AFTER_60S,
            given=(session_created(at()), stream_end(at(minutes=10))),
            now=at(minutes=11),
            found=NONE_FAILED,
        ),
        Case(
            title="a session whose creation nobody saw",
            check=AFTER_60S,
            given=(session_ended(at()),),
            now=at(minutes=11),
            found=NONE_FAILED,
        ),
    )
)
def test_never_live_finds(case: Case) -> None:
    assert_found(case)


def test_attempts_in_a_row_are_one_breach() -> None:
    judge, inputs = AFTER_60S.prepare(), [session_created(at()), rejected(3)]
    first = judge(facts_from(*inputs), at(minutes=2))
    inputs += [session_created(at(minutes=3), NEXT_STREAM), rejected(183, NEXT_STREAM)]

    second = judge(facts_from(*inputs), at(minutes=5))

    assert (first.status, second.status) == (Status.BREACH, Status.BREACH)
    assert (first.subject, first.since) == (second.subject, second.since)
