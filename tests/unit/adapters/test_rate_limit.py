"""No operation is called more often than its limit allows, and none waits for another."""

from streamwarden.adapters.rate_limit import RateLimit


class Watch:
    """A clock that goes on by waiting alone."""

    def __init__(self) -> None:
        self.now = 0.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


def calls_at(*names: str, gap: float = 0.0, at_once: int = 1) -> list[float]:
    """When each of the calls is made, if the caller takes `gap` seconds between them."""
    watch, made = Watch(), list[float]()
    limit = RateLimit(0.5, lambda: watch.now, watch.wait, at_once)
    for name in names:
        limit.before_send(event_name=f"before-send.ivs.{name}", request=None)
        made.append(watch.now)
        watch.wait(gap)
    return made


def test_calls_of_one_operation_are_spread() -> None:
    assert calls_at("ListChannels", "ListChannels", "ListChannels") == [0, 0.5, 1]


def test_operations_have_a_pace_of_their_own() -> None:
    assert calls_at("ListStreams", "ListChannels", "ListStreams") == [0, 0, 0.5]


def test_a_slow_caller_does_not_wait() -> None:
    assert calls_at("ListChannels", "ListChannels", gap=2) == [0, 2]


def test_some_calls_are_made_at_once_and_again_after_a_while() -> None:
    assert calls_at(*["StopStream"] * 4, at_once=2) == [0, 0, 0.5, 1]
    assert calls_at(*["StopStream"] * 4, at_once=2, gap=0.25) == [0, 0.25, 0.5, 1]
    assert calls_at(*["StopStream"] * 3, at_once=2, gap=9) == [0, 9, 18]
