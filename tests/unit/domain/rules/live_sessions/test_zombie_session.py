"""Sessions that are listed as live though nothing comes any more."""

from datetime import timedelta

import pytest

from streamwarden.domain.rules.live_sessions.zombie_session import ZombieSession
from testbed.builders import (
    NEXT_STREAM,
    STOP,
    STREAM,
    at,
    channel_listed,
    compiled_rule,
    decide_on,
    limit_breach,
    policy_of,
    session_ended,
    starvation_end,
    starvation_start,
    stream_end,
    stream_listed,
    stream_not_listed,
    stream_start,
    stream_still_listed,
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

AFTER_10M = ZombieSession(limit=timedelta(minutes=10))
RUNNING = compliant("no event or listing says that the session is over")
NOT_KNOWN = not_applicable(
    "the session seems to be over; the next sweep shows whether it is still listed as live"
)
LIVE = stream_start(at())
ENDED = (LIVE, stream_end(at(1)))
LISTED = stream_listed(at(1, minutes=6), health="UNKNOWN", start_time=at())
STARVING = stream_listed(at(minutes=30), health="STARVING", start_time=at())
ENDED_BREACH = breach(
    "still listed as live after its end event, for 10m, which is the limit",
    at(1, minutes=10),
    STREAM,
)


@each(
    (
        Case(title="an idle channel", check=AFTER_10M, now=at(), found=OFF_AIR),
        Case(title="an ended stream", check=AFTER_10M, given=ENDED, now=at(9), found=OFF_AIR),
        Case(title="a running stream", check=AFTER_10M, given=(LIVE,), now=at(9), found=RUNNING),
        Case(
            title="listed while it is being drained",
            check=AFTER_10M,
            given=(*ENDED, stream_listed(at(1, minutes=4), health="UNKNOWN", start_time=at())),
            now=at(9),
            found=OFF_AIR,
        ),
        Case(
            title="listed longer than it is drained",
            check=AFTER_10M,
            given=(*ENDED, LISTED),
            now=at(1, minutes=10, seconds=-1),
            found=pending(
                "still listed as live after its end event, for 6m of 10m allowed",
                at(1, minutes=10),
                STREAM,
            ),
        ),
        Case(
            title="nobody has looked since the limit",
            check=AFTER_10M,
            given=(*ENDED, LISTED),
            now=at(1, minutes=10),
            found=NOT_KNOWN,
        ),
        Case(
            title="last seen a second before the limit",
            check=AFTER_10M,
            given=(*ENDED, LISTED, stream_still_listed(at(1, minutes=10, seconds=-1))),
            now=at(9),
            found=NOT_KNOWN,
        ),
        Case(
            title="seen exactly at the limit",
            check=AFTER_10M,
            given=(*ENDED, LISTED, stream_still_listed(at(1, minutes=10))),
            now=at(1, minutes=10, seconds=1),
            found=ENDED_BREACH,
        ),
        Case(
            title="ended by its other event",
            check=AFTER_10M,
            given=(LIVE, session_ended(at(1)), LISTED, stream_still_listed(at(1, minutes=10))),
            now=at(2),
            found=ENDED_BREACH,
        ),
        Case(
            title="healthy while it was being drained says nothing",
            check=AFTER_10M,
            given=(
                *ENDED,
                stream_listed(at(1, minutes=5), start_time=at()),
                LISTED,
                stream_still_listed(at(1, minutes=10)),
            ),
            now=at(2),
            found=ENDED_BREACH,
        ),
        Case(
            title="healthy long after its end never ended",
            check=AFTER_10M,
            given=(
                *ENDED,
                stream_listed(at(1, minutes=5, seconds=1), start_time=at()),
                stream_still_listed(at(2)),
            ),
            now=at(2),
            found=RUNNING,
        ),
        *(
            Case(
                title=f"an event long after its end, {type(event).__name__}",
                check=AFTER_10M,
                given=(*ENDED, event, stream_still_listed(at(2))),
                now=at(2),
                found=RUNNING,
            )
            for event in (starvation_end(at(1, minutes=6)), limit_breach(at(1, minutes=6)))
        ),
        Case(
            title="not listed any more",
            check=AFTER_10M,
            given=(*ENDED, LISTED, stream_still_listed(at(2)), stream_not_listed(at(3))),
            now=at(3),
            found=OFF_AIR,
        ),
        Case(
            title="followed by another stream",
            check=AFTER_10M,
            given=(*ENDED, stream_still_listed(at(2)), stream_start(at(3), NEXT_STREAM)),
            now=at(4),
            found=RUNNING,
        ),
    )
)
def test_what_has_ended_is_found(case: Case) -> None:
    assert_found(case)


@each(
    (
        Case(
            title="listed as starving, once",
            check=AFTER_10M,
            given=(LIVE, STARVING),
            now=at(minutes=31),
            found=pending(
                "listed as live, starving and without any event, for 0s of 10m allowed",
                at(minutes=40),
                STREAM,
            ),
        ),
        Case(
            title="listed as starving, and then nobody looked",
            check=AFTER_10M,
            given=(LIVE, STARVING),
            now=at(minutes=40),
            found=NOT_KNOWN,
        ),
        Case(
            title="listed ever since",
            check=AFTER_10M,
            given=(LIVE, STARVING, stream_still_listed(at(minutes=42))),
            now=at(minutes=43),
            found=breach(
                "listed as live, starving and without any event, for 12m; 10m is allowed",
                at(minutes=40),
                STREAM,
            ),
        ),
        Case(
            title="unknown health does not clear it",
            check=AFTER_10M,
            given=(LIVE, STARVING, stream_listed(at(minutes=40), health="UNKNOWN")),
            now=at(minutes=40),
            found=breach(
                "listed as live, starving and without any event, for 10m, which is the limit",
                at(minutes=40),
                STREAM,
            ),
        ),
        Case(
            title="unknown health alone says nothing",
            check=AFTER_10M,
            given=(
                stream_listed(at(), health="UNKNOWN"),
                stream_listed(at(9), health="UNKNOWN", start_time=at()),
            ),
            now=at(9),
            found=RUNNING,
        ),
        Case(
            title="a stall that an event told of is starvation",
            check=AFTER_10M,
            given=(
                LIVE,
                starvation_start(at(minutes=29)),
                STARVING,
                stream_still_listed(at(minutes=42)),
            ),
            now=at(minutes=43),
            found=RUNNING,
        ),
        Case(
            title="healthy since",
            check=AFTER_10M,
            given=(
                LIVE,
                STARVING,
                stream_listed(at(minutes=35), start_time=at()),
                stream_still_listed(at(minutes=42)),
            ),
            now=at(minutes=43),
            found=RUNNING,
        ),
        Case(
            title="an event since",
            check=AFTER_10M,
            given=(
                LIVE,
                STARVING,
                starvation_end(at(minutes=35)),
                stream_still_listed(at(minutes=42)),
            ),
            now=at(minutes=43),
            found=RUNNING,
        ),
        Case(
            title="starving again after an event",
            check=AFTER_10M,
            given=(
                LIVE,
                STARVING,
                starvation_end(at(minutes=35)),
                stream_listed(at(minutes=38), health="STARVING", start_time=at()),
                stream_still_listed(at(minutes=42)),
            ),
            now=at(minutes=43),
            found=pending(
                "listed as live, starving and without any event, for 4m of 10m allowed",
                at(minutes=48),
                STREAM,
            ),
        ),
    )
)
def test_what_nobody_hears_of_is_found(case: Case) -> None:
    assert_found(case)


def test_a_listing_with_a_clock_ahead_begins_no_breach_in_the_future() -> None:
    assert_found(
        Case(
            title="a clock ahead",
            check=AFTER_10M,
            given=(*ENDED, LISTED, stream_still_listed(at(1, minutes=10, seconds=5))),
            now=at(1, minutes=10, seconds=-1),
            found=breach(
                "still listed as live after its end event, for 10m 5s; 10m is allowed",
                at(1, minutes=10, seconds=-1),
                STREAM,
            ),
        )
    )


def test_the_limit_is_no_shorter_than_ivs_drains() -> None:
    assert ZombieSession(timedelta(minutes=5)).limit == timedelta(minutes=5)
    with pytest.raises(ValueError, match="`limit`: expected at least 5m, found 4m 59s"):
        ZombieSession(timedelta(minutes=4, seconds=59))


@pytest.mark.parametrize("tags", [{}, {"encoder": "standby"}])
def test_what_exempts_from_a_stall_exempts_from_the_stop_of_a_zombie(tags: dict[str, str]) -> None:
    unless = "channel.tags.encoder == 'standby'"
    policy = policy_of(
        compiled_rule("starvation", {"limit": "PT1H"}, STOP, unless=unless),
        compiled_rule("zombie_session", {"limit": "PT10M"}, STOP),
    )
    starving = [
        stream_listed(at(minutes=each), health="STARVING", start_time=at()) for each in (0, 30)
    ]

    decision = decide_on(policy, at(minutes=30), channel_listed(at(), tags=tags), *starving)

    verdicts = {each.rule_id: each.finding.reason for each in decision.verdicts}
    assert bool(decision.actions) is not bool(tags), verdicts
    if tags:
        assert verdicts["zombie-session"] == f"its stall is exempt: `unless: {unless}` holds"
