"""Streams that nobody watches."""

from datetime import timedelta

from streamwarden.domain.rules.live_sessions.no_viewers import NoViewers
from testbed.builders import (
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
    pending,
)

AFTER_30M = NoViewers(limit=timedelta(minutes=30))
LIVE = stream_start(at())
UNCOUNTED = not_applicable("how many watch is not known yet; the next sweep counts them")
WATCHED = compliant("somebody watches")
NOBODY = stream_listed(at(minutes=5), viewers=0)


@each(
    (
        Case(title="an idle channel", check=AFTER_30M, now=at(), found=OFF_AIR),
        Case(
            title="never listed, however long",
            check=AFTER_30M,
            given=(LIVE,),
            now=at(9),
            found=UNCOUNTED,
        ),
        Case(
            title="listed, but IVS could not count",
            check=AFTER_30M,
            given=(LIVE, stream_listed(at(minutes=5))),
            now=at(9),
            found=UNCOUNTED,
        ),
        Case(
            title="somebody watches",
            check=AFTER_30M,
            given=(LIVE, stream_listed(at(minutes=5), viewers=1)),
            now=at(1),
            found=WATCHED,
        ),
        Case(
            title="nobody yet, a second before the limit",
            check=AFTER_30M,
            given=(LIVE, NOBODY),
            now=at(minutes=35, seconds=-1),
            found=pending("nobody has watched for 29m 59s of 30m allowed", at(minutes=35), STREAM),
        ),
        Case(
            title="nobody yet, exactly at the limit",
            check=AFTER_30M,
            given=(LIVE, NOBODY),
            now=at(minutes=35),
            found=breach(
                "nobody has watched for 30m, which is the limit",
                at(minutes=35),
                STREAM,
                recheck_at=at(1, minutes=5),
            ),
        ),
        Case(
            title="nobody an hour ago, and no count since",
            check=AFTER_30M,
            given=(LIVE, NOBODY),
            now=at(1, minutes=5),
            found=not_applicable("viewers were last counted 1h ago; the next sweep counts them"),
        ),
        Case(
            title="nobody, counted again before the count is old",
            check=AFTER_30M,
            given=(LIVE, NOBODY, stream_listed(at(minutes=50), viewers=0)),
            now=at(1, minutes=5),
            found=breach(
                "nobody has watched for 1h; 30m is allowed",
                at(minutes=35),
                STREAM,
                recheck_at=at(1, minutes=50),
            ),
        ),
        Case(
            title="counts from the first that found nobody",
            check=AFTER_30M,
            given=(LIVE, NOBODY, stream_listed(at(minutes=30), viewers=0)),
            now=at(1),
            found=breach(
                "nobody has watched for 55m; 30m is allowed",
                at(minutes=35),
                STREAM,
                recheck_at=at(1, minutes=30),
            ),
        ),
        Case(
            title="they left: not counted from when they were last reported, hours ago",
            check=AFTER_30M,
            given=(
                LIVE,
                NOBODY,
                stream_listed(at(minutes=10), viewers=7),
                stream_listed(at(5), viewers=0),
            ),
            now=at(5, minutes=10),
            found=pending("nobody has watched for 10m of 30m allowed", at(5, minutes=30), STREAM),
        ),
        Case(
            title="somebody came back",
            check=AFTER_30M,
            given=(LIVE, NOBODY, stream_listed(at(2), viewers=1)),
            now=at(2, minutes=59),
            found=WATCHED,
        ),
        Case(
            title="a start that is told after the sweep",
            check=AFTER_30M,
            given=(stream_listed(at(), start_time=at(minutes=1), viewers=0),),
            now=at(minutes=31),
            found=breach(
                "nobody has watched for 30m, which is the limit",
                at(minutes=31),
                STREAM,
                recheck_at=at(1),
            ),
        ),
        Case(
            title="the end of the stream",
            check=AFTER_30M,
            given=(LIVE, NOBODY, stream_end(at(2))),
            now=at(3),
            found=OFF_AIR,
        ),
    )
)
def test_no_viewers_finds(case: Case) -> None:
    assert_found(case)
