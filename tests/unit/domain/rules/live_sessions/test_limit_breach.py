"""Streams that exceed what their channel may ingest."""

import pytest

from streamwarden.domain.ivs import IngestLimit
from streamwarden.domain.rules.live_sessions.limit_breach import LimitBreach
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    limit_breach,
    session_created,
    session_ended,
    stream_end,
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
    not_applicable,
)

ANY = LimitBreach()
RESOLUTION = LimitBreach(limits=(IngestLimit.INGEST_RESOLUTION,))
LIVE = stream_start(at())
HIT = limit_breach(at(1))
UNNAMED = limit_breach(at(1), stream_id=None)
OUTPUT = "Ingest Bitrate was 9,743,700 bits per second; 8,500,000 is allowed"
WITHIN = compliant("no limit was exceeded")
FOLLOWED = compliant("a stream has started since a limit was exceeded")


@each(
    (
        Case(title="an idle channel", check=ANY, now=at(), found=NO_SESSION),
        Case(title="a stream within limits", check=ANY, given=(LIVE,), now=at(1), found=WITHIN),
        Case(
            title="the current stream exceeded a limit",
            check=ANY,
            given=(LIVE, HIT),
            now=at(1),
            found=breach(OUTPUT, at(1), STREAM),
        ),
        Case(
            title="an event that names no stream concerns the one that was live then",
            check=ANY,
            given=(LIVE, UNNAMED),
            now=at(2),
            found=breach(OUTPUT, at(1), STREAM),
        ),
        Case(
            title="and none that has begun since",
            check=ANY,
            given=(LIVE, UNNAMED, stream_end(at(1, 1)), stream_start(at(1, 2), NEXT_STREAM)),
            now=at(2),
            found=WITHIN,
        ),
        Case(
            title="nor one that ended long before",
            check=ANY,
            given=(LIVE, stream_end(at(minutes=54)), UNNAMED),
            now=at(2),
            found=WITHIN,
        ),
        Case(
            title="nor one that a sweep did not find",
            check=ANY,
            given=(LIVE, stream_not_listed(at(minutes=30)), UNNAMED),
            now=at(2),
            found=WITHIN,
        ),
        Case(
            title="after its end, for an hour",
            check=ANY,
            given=(LIVE, UNNAMED, stream_end(at(1, 1))),
            now=at(2),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(2, 1)),
        ),
        Case(
            title="an event that names no stream where none is known",
            check=ANY,
            given=(UNNAMED,),
            now=at(2),
            found=not_applicable("a stream that is not known exceeded a limit"),
        ),
        Case(
            title="an event without figures",
            check=ANY,
            given=(LIVE, limit_breach(at(1), limit=0, excess=0)),
            now=at(2),
            found=breach("Ingest Bitrate was more than is allowed", at(1), STREAM),
        ),
        Case(
            title="as long as it lasts",
            check=ANY,
            given=(LIVE, HIT),
            now=at(20),
            found=breach(OUTPUT, at(1), STREAM),
        ),
        Case(
            title="a limit that does not count",
            check=RESOLUTION,
            given=(LIVE, HIT),
            now=at(1),
            found=WITHIN,
        ),
        Case(
            title="a limit that counts",
            check=RESOLUTION,
            given=(LIVE, HIT, limit_breach(at(2), name="Ingest Resolution", limit=1e6, excess=5e5)),
            now=at(3),
            found=breach(
                "Ingest Resolution was 1,500,000 bits per second; 1,000,000 is allowed",
                at(2),
                STREAM,
            ),
        ),
        Case(
            title="again and again",
            check=ANY,
            given=(LIVE, HIT, limit_breach(at(2), excess=500_000)),
            now=at(3),
            found=breach(
                "Ingest Bitrate was 9,000,000 bits per second; 8,500,000 is allowed (2 times)",
                at(1),
                STREAM,
            ),
        ),
        Case(
            title="a session that is not on the air yet",
            check=ANY,
            given=(session_created(at()), limit_breach(at(seconds=2))),
            now=at(minutes=1),
            found=breach(OUTPUT, at(seconds=2), STREAM),
        ),
        Case(
            title="an hour is left after its end",
            check=ANY,
            given=(LIVE, HIT, stream_end(at(1, seconds=4))),
            now=at(2),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(2, seconds=4)),
        ),
        Case(
            title="the hour after its end is over",
            check=ANY,
            given=(LIVE, HIT, stream_end(at(1, seconds=4))),
            now=at(2, seconds=4),
            found=not_applicable("the stream that exceeded a limit ended more than 1h ago"),
        ),
        Case(
            title="its end was lost",
            check=ANY,
            given=(LIVE, HIT, stream_not_listed(at(1, minutes=10))),
            now=at(1, minutes=11),
            found=breach(OUTPUT, at(1), STREAM, recheck_at=at(2)),
        ),
        Case(
            title="the next stream is not stopped for it",
            check=ANY,
            given=(LIVE, HIT, session_ended(at(1)), stream_start(at(1, minutes=1), NEXT_STREAM)),
            now=at(1, minutes=2),
            found=WITHIN,
        ),
        Case(
            title="the next stream has come and gone",
            check=ANY,
            given=(
                LIVE,
                HIT,
                session_ended(at(1)),
                stream_start(at(1, minutes=1), NEXT_STREAM),
                stream_end(at(1, minutes=3), NEXT_STREAM),
            ),
            now=at(1, minutes=4),
            found=FOLLOWED,
        ),
        Case(
            title="the next stream exceeds it too",
            check=ANY,
            given=(
                LIVE,
                HIT,
                session_ended(at(1)),
                stream_start(at(1, minutes=1), NEXT_STREAM),
                limit_breach(at(1, minutes=2), NEXT_STREAM),
            ),
            now=at(1, minutes=3),
            found=breach(OUTPUT, at(1, minutes=2), NEXT_STREAM),
        ),
    )
)
def test_limit_breach_finds(case: Case) -> None:
    assert_found(case)


def test_no_limit_at_all_is_no_demand() -> None:
    with pytest.raises(ValueError, match="name at least one of Ingest Bitrate, Ingest Resolution"):
        LimitBreach(limits=())
