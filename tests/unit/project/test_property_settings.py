"""Property tests find the same on every machine, at whatever speed."""

import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@settings(max_examples=1)
@given(st.just(0.25))
def test_an_example_may_take_longer_than_hypothesis_likes(seconds: float) -> None:
    time.sleep(seconds)  # its own deadline is 200 ms


def test_no_speed_decides_and_no_chance() -> None:
    used = settings()

    assert (used.deadline, used.derandomize, used.database) == (None, True, None)
    assert HealthCheck.too_slow in used.suppress_health_check
