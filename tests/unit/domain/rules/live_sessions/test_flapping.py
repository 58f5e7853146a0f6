"""Encoders that come and go."""

from datetime import timedelta

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.rules.live_sessions.flapping import Flapping
from testbed.builders import at, session_created, session_ended, stream_start
from tests.unit.domain.rules.cases import NO_SESSION, Case, assert_found, breach, compliant, each

TWO_IN_10M = Flapping(sessions=2, window=timedelta(minutes=10))
STEADY = compliant("no more than 2 sessions began within 10m")


def begun(*minutes: float) -> tuple[Input, ...]:
    return tuple(
        session_created(at(minutes=minute), f"st-{number}") for number, minute in enumerate(minutes)
    )


@each(
    (
        Case(title="an idle channel", check=TWO_IN_10M, now=at(), found=NO_SESSION),
        Case(
            title="as many as are allowed",
            check=TWO_IN_10M,
            given=begun(0, 1),
            now=at(minutes=1),
            found=STEADY,
        ),
        Case(
            title="one too many",
            check=TWO_IN_10M,
            given=begun(0, 1, 2),
            now=at(minutes=3),
            found=breach(
                "3 sessions began within 10m; 2 are allowed",
                at(minutes=2),
                recheck_at=at(minutes=10),
            ),
        ),
        Case(
            title="a second before the window has passed",
            check=TWO_IN_10M,
            given=begun(0, 1, 2),
            now=at(minutes=10, seconds=-1),
            found=breach(
                "3 sessions began within 10m; 2 are allowed",
                at(minutes=2),
                recheck_at=at(minutes=10),
            ),
        ),
        Case(
            title="exactly when the window has passed",
            check=TWO_IN_10M,
            given=begun(0, 1, 2),
            now=at(minutes=10),
            found=STEADY,
        ),
        Case(
            title="many: it ends when no more than are allowed are left",
            check=TWO_IN_10M,
            given=begun(0, 1, 2, 3, 4),
            now=at(minutes=5),
            found=breach(
                "5 sessions began within 10m; 2 are allowed",
                at(minutes=2),
                recheck_at=at(minutes=12),
            ),
        ),
        Case(
            title="far apart",
            check=TWO_IN_10M,
            given=begun(0, 5, 10, 15),
            now=at(minutes=15),
            found=STEADY,
        ),
        Case(
            title="sessions of which only the start was told",
            check=TWO_IN_10M,
            given=tuple(stream_start(at(minutes=m), f"st-{m}") for m in (0, 1, 2)),
            now=at(minutes=2),
            found=breach(
                "3 sessions began within 10m; 2 are allowed",
                at(minutes=2),
                recheck_at=at(minutes=10),
            ),
        ),
        Case(
            title="being created and starting is one beginning",
            check=TWO_IN_10M,
            given=(
                session_created(at(minutes=-1), "st-0"),
                *(stream_start(at(minutes=m), f"st-{m}") for m in (0, 1)),
            ),
            now=at(minutes=2),
            found=STEADY,
        ),
        Case(
            title="sessions of which only the end was told",
            check=TWO_IN_10M,
            given=tuple(session_ended(at(minutes=m), f"st-{m}") for m in (0, 1, 2)),
            now=at(minutes=2),
            found=STEADY,
        ),
    )
)
def test_flapping_finds(case: Case) -> None:
    assert_found(case)


def test_at_least_one_session_is_allowed() -> None:
    with pytest.raises(ValueError, match="`sessions`: expected 1 or more, found 0"):
        Flapping(sessions=0, window=timedelta(minutes=1))


def test_the_window_is_no_longer_than_sessions_are_remembered() -> None:
    with pytest.raises(ValueError, match="`window`: expected at most 48h, found 2d 1s"):
        Flapping(sessions=1, window=timedelta(hours=48, seconds=1))

    assert Flapping(sessions=1, window=timedelta(hours=48)).window == timedelta(days=2)
