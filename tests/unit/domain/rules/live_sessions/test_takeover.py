"""Streams that somebody else takes over, or tries to."""

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.live_sessions.takeover import Takeover
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    stream_end,
    stream_event,
    stream_start,
)
from tests.unit.domain.rules.cases import OFF_AIR, Case, assert_found, breach, compliant, each

ANY = Takeover()
ONLY_DONE = Takeover(attempts=False)
LIVE = stream_start(at())
UNTOUCHED = compliant("nobody took the stream over")


def taken(hours: float) -> Input:
    return stream_event("Stream Takeover", at(hours))


def refused(hours: float, code: str = "StreamTakeoverInvalidPriority") -> Input:
    return stream_event("Stream Takeover Failure", at(hours), code=code)


@each(
    (
        Case(title="an idle channel", check=ANY, now=at(), found=OFF_AIR),
        Case(
            title="an attempt off the air", check=ANY, given=(refused(1),), now=at(1), found=OFF_AIR
        ),
        Case(title="a stream of one's own", check=ANY, given=(LIVE,), now=at(1), found=UNTOUCHED),
        Case(
            title="taken over",
            check=ANY,
            given=(LIVE, taken(1)),
            now=at(2),
            found=breach(
                "taken over once, last at 2026-03-14 13:00 UTC", at(1), STREAM, recheck_at=at(25)
            ),
        ),
        Case(
            title="attempts count",
            check=ANY,
            given=(LIVE, refused(1), refused(2), refused(3, "StreamTakeoverMediaMismatch")),
            now=at(3),
            found=breach(
                "attempts to take over were refused "
                "(StreamTakeoverInvalidPriority 2 times, StreamTakeoverMediaMismatch once)",
                at(1),
                STREAM,
                recheck_at=at(27),
            ),
        ),
        Case(
            title="attempts do not count",
            check=ONLY_DONE,
            given=(LIVE, refused(1)),
            now=at(2),
            found=UNTOUCHED,
        ),
        Case(
            title="only what was done counts",
            check=ONLY_DONE,
            given=(LIVE, refused(1), taken(2), taken(3), refused(4)),
            now=at(5),
            found=breach(
                "taken over 2 times, last at 2026-03-14 15:00 UTC", at(2), STREAM, recheck_at=at(27)
            ),
        ),
        Case(
            title="both are said",
            check=ANY,
            given=(LIVE, refused(1), taken(2)),
            now=at(2),
            found=breach(
                "taken over once, last at 2026-03-14 14:00 UTC; "
                "attempts to take over were refused (StreamTakeoverInvalidPriority once)",
                at(1),
                STREAM,
                recheck_at=at(26),
            ),
        ),
        Case(
            title="a day after the last",
            check=ANY,
            given=(LIVE, taken(1)),
            now=at(25),
            found=compliant("the last takeover of the stream was more than 24h ago"),
        ),
        Case(
            title="the end of the stream",
            check=ANY,
            given=(LIVE, taken(1), stream_end(at(2))),
            now=at(2),
            found=OFF_AIR,
        ),
        Case(
            title="the next stream",
            check=ANY,
            given=(LIVE, taken(1), stream_start(at(2), NEXT_STREAM)),
            now=at(2),
            found=UNTOUCHED,
        ),
    )
)
def test_takeover_finds(case: Case) -> None:
    assert_found(case)
