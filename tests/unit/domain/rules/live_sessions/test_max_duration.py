"""How long a stream may be on the air: at the limit, and a second before it."""

from datetime import timedelta

from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    session_created,
    stream_end,
    stream_listed,
    stream_start,
    stream_still_listed,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    each,
    not_applicable,
    pending,
)

MAX_4H = MaxDuration(limit=timedelta(hours=4))

CASES = (
    Case(
        title="an idle channel",
        check=MAX_4H,
        given=(),
        now=at(),
        found=OFF_AIR,
    ),
    Case(
        title="a session that is not on the air yet",
        check=MAX_4H,
        given=(session_created(at()),),
        now=at(5),
        found=OFF_AIR,
    ),
    Case(
        title="an ended stream",
        check=MAX_4H,
        given=(stream_start(at()), stream_end(at(1))),
        now=at(5),
        found=OFF_AIR,
    ),
    *(
        Case(
            title=f"an ended stream that IVS still lists as {health}",
            check=MAX_4H,
            given=(
                stream_start(at()),
                stream_end(at(1)),
                stream_listed(at(5), start_time=at(), health=health),
                stream_still_listed(at(6)),
            ),
            now=at(6),
            found=not_applicable("the stream has ended; IVS still lists it"),
        )
        for health in ("STARVING", "UNKNOWN")
    ),
    Case(
        title="a stream that runs after what was reported as its end",
        check=MAX_4H,
        given=(stream_start(at()), stream_end(at(1)), stream_listed(at(5), start_time=at())),
        now=at(5),
        found=breach("on the air for 5h; 4h is allowed", at(4), STREAM),
    ),
    Case(
        title="at its start",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(),
        found=pending("on the air for 0s of 4h allowed", at(4), STREAM),
    ),
    Case(
        title="a second before the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(4, seconds=-1),
        found=pending("on the air for 3h 59m of 4h allowed", at(4), STREAM),
    ),
    Case(
        title="exactly at the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(4),
        found=breach("on the air for 4h, which is the limit", at(4), STREAM),
    ),
    Case(
        title="beyond the limit",
        check=MAX_4H,
        given=(stream_start(at()),),
        now=at(5, minutes=30),
        found=breach("on the air for 5h 30m; 4h is allowed", at(4), STREAM),
    ),
    Case(
        title="a start in the future of a slow clock",
        check=MAX_4H,
        given=(stream_start(at(seconds=2)),),
        now=at(),
        found=pending("on the air for 0s of 4h allowed", at(4, seconds=2), STREAM),
    ),
    Case(
        title="counts again for a new stream",
        check=MAX_4H,
        given=(stream_start(at()), stream_start(at(3), NEXT_STREAM)),
        now=at(5),
        found=pending("on the air for 2h of 4h allowed", at(7), NEXT_STREAM),
    ),
)


@each(CASES)
def test_max_duration_finds(case: Case) -> None:
    assert_found(case)
