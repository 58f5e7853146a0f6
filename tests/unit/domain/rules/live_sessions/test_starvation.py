"""How long an ingest may deliver nothing: at the limit, and a second before it."""

from datetime import timedelta

from streamwarden.domain.rules.live_sessions.starvation import Starvation
from testbed.builders import (
    STREAM,
    at,
    starvation_end,
    starvation_start,
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
    pending,
)

STARVES_10M = Starvation(limit=timedelta(minutes=10))

CASES = (
    Case(
        title="an idle channel",
        check=STARVES_10M,
        given=(),
        now=at(),
        found=OFF_AIR,
    ),
    Case(
        title="a stream that delivers",
        check=STARVES_10M,
        given=(stream_start(at()),),
        now=at(1),
        found=compliant("the ingest delivers", STREAM),
    ),
    Case(
        title="a second before the limit",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1))),
        now=at(1, minutes=10, seconds=-1),
        found=pending(
            "the ingest has stalled for 9m 59s of 10m allowed", at(1, minutes=10), STREAM
        ),
    ),
    Case(
        title="exactly at the limit",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1))),
        now=at(1, minutes=10),
        found=breach(
            "the ingest has stalled for 10m, which is the limit", at(1, minutes=10), STREAM
        ),
    ),
    Case(
        title="delivers again",
        check=STARVES_10M,
        given=(stream_start(at()), starvation_start(at(1)), starvation_end(at(1, minutes=9))),
        now=at(2),
        found=compliant("the ingest delivers", STREAM),
    ),
    Case(
        title="only a listing saw it",
        check=STARVES_10M,
        given=(stream_listed(at(1), health="STARVING", start_time=at()),),
        now=at(1, minutes=11),
        found=breach("the ingest has stalled for 11m; 10m is allowed", at(1, minutes=10), STREAM),
    ),
)


@each(CASES)
def test_starvation_finds(case: Case) -> None:
    assert_found(case)
