"""No operation is called more often than its limit allows, and none waits for another."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

from streamwarden.adapters.rate_limit import RateLimit

GET_STREAM, LIST_TAGS = "before-send.ivs.GetStream", "before-send.ivs.ListTagsForResource"


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


def test_two_threads_take_one_turn_after_the_other() -> None:
    """Else both could take the same turn, and IVS would throttle one."""
    meeting, met, waits = Barrier(2, timeout=0.1), list[int](), list[float]()

    def monotonic() -> float:
        with suppress(BrokenBarrierError):  # after a while in which nobody else came
            met.append(meeting.wait())
        return 0

    limit = RateLimit(0.5, monotonic, waits.append)
    with ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(limit.before_send, event_name=GET_STREAM) for _ in range(2)]
    assert [call.result() for call in calls] == [None, None]

    assert met == []
    assert waits == [0.5]


def test_no_thread_waits_for_the_turn_of_another_operation() -> None:
    with ThreadPoolExecutor(1) as threads:

        def wait(_: float) -> None:
            threads.submit(limit.before_send, event_name=LIST_TAGS).result(timeout=1)

        limit = RateLimit(0.5, lambda: 0, wait)
        for _ in range(2):
            limit.before_send(event_name=GET_STREAM)
