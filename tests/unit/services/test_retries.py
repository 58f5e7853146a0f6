"""The age of a message says how often it was tried, and when it has had its tries."""

from datetime import timedelta

import pytest

from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.retries import has_had_its_tries, wait_after

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
OFTEN = 900


def tries_until(age: timedelta) -> int:
    tries, at = 0, timedelta(0)
    while at < age:
        tries += 1
        at += wait_after(at)
    return tries


def test_waits_double_and_then_stay_as_they_are() -> None:
    ages = [timedelta(seconds=each) for each in (0, 5, 10, 20, 300, 600, 6_000)]

    assert [wait_after(age).total_seconds() for age in ages] == [5, 5, 10, 20, 300, 600, 600]


def test_a_message_is_tried_nine_times_before_it_is_dead_lettered() -> None:
    assert tries_until(QUARTER) == 9


def test_sqs_gives_up_no_message_that_is_tried_for_a_day() -> None:
    assert tries_until(DAY) < 1000


@pytest.mark.parametrize(
    ("error", "age", "receives", "is_over"),
    [
        (RuntimeError("broken"), QUARTER, OFTEN, True),
        (PermanentError("refused"), QUARTER, OFTEN, True),
        (RuntimeError("broken"), QUARTER - timedelta(seconds=1), OFTEN, False),
        (RuntimeError("broken, and lay in the queue"), DAY, 4, False),
        (TemporaryError("throttled"), DAY - timedelta(seconds=1), OFTEN, False),
        (TemporaryError("throttled"), DAY, OFTEN, True),
    ],
)
def test_age_decides_and_receives_alone_never_do(
    error: Exception, age: timedelta, receives: int, is_over: bool
) -> None:
    assert has_had_its_tries(error, age, receives) is is_over
