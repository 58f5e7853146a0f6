"""Streams that more people watch than may."""

import pytest

from streamwarden.domain.rules.live_sessions.viewer_ceiling import ViewerCeiling
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
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
)

AT_MOST_1000 = ViewerCeiling(viewers=1000)
UNCOUNTED = not_applicable("how many watch is not known yet; the next sweep counts them")
WITHIN = compliant("watched by no more than the 1,000 viewers that are allowed", STREAM)
TOO_MANY = breach("watched by 1,203 viewers; 1,000 are allowed", at(1), STREAM, recheck_at=at(2))


@each(
    (
        Case(title="an idle channel", check=AT_MOST_1000, now=at(), found=OFF_AIR),
        Case(
            title="not counted yet",
            check=AT_MOST_1000,
            given=(stream_start(at()),),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="listed, but IVS could not count",
            check=AT_MOST_1000,
            given=(stream_listed(at()),),
            now=at(1),
            found=UNCOUNTED,
        ),
        Case(
            title="exactly as many as may",
            check=AT_MOST_1000,
            given=(stream_listed(at(), viewers=1000),),
            now=at(0, minutes=59),
            found=WITHIN,
        ),
        Case(
            title="more than may",
            check=AT_MOST_1000,
            given=(stream_listed(at(1), start_time=at(), viewers=1203),),
            now=at(1, minutes=59),
            found=TOO_MANY,
        ),
        Case(
            title="the last count counts",
            check=AT_MOST_1000,
            given=(stream_listed(at(), viewers=900), stream_listed(at(1), viewers=1203)),
            now=at(1, minutes=59),
            found=TOO_MANY,
        ),
        Case(
            title="a reading that timed out changes nothing",
            check=AT_MOST_1000,
            given=(stream_listed(at(1), start_time=at(), viewers=1203), stream_listed(at(1, 30))),
            now=at(1, minutes=59),
            found=TOO_MANY,
        ),
        Case(
            title="too many an hour ago, and no count since",
            check=AT_MOST_1000,
            given=(stream_listed(at(1), start_time=at(), viewers=1203),),
            now=at(2),
            found=not_applicable("viewers were last counted 1h ago; the next sweep counts them"),
        ),
        Case(
            title="they left",
            check=AT_MOST_1000,
            given=(stream_listed(at(), viewers=1203), stream_listed(at(1), viewers=3)),
            now=at(1, minutes=30),
            found=WITHIN,
        ),
        Case(
            title="the end of the stream",
            check=AT_MOST_1000,
            given=(stream_listed(at(), viewers=1203), stream_end(at(1))),
            now=at(2),
            found=OFF_AIR,
        ),
        Case(
            title="the next stream has viewers of its own",
            check=AT_MOST_1000,
            given=(stream_listed(at(), viewers=1203), stream_start(at(1), NEXT_STREAM)),
            now=at(2),
            found=UNCOUNTED,
        ),
    )
)
def test_viewer_ceiling_finds(case: Case) -> None:
    assert_found(case)


def test_a_ceiling_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="`viewers`: expected 1 or more, found 0"):
        ViewerCeiling(viewers=0)
