"""An operator stops exactly one stream."""

import pytest

from streamwarden.domain.commands import (
    PauseActions,
    ProtectChannel,
    StopStream,
)
from streamwarden.domain.state.controls import PROTECTED_TAG
from testbed.builders import (
    WHOLE_ACCOUNT,
    stream_end,
    stream_start,
)
from tests.unit.services.channel_stack import NO_RULES, Stack, stream


def test_an_operators_stop_stops_the_stream_of_its_moment() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    stack.order(PauseActions, WHOLE_ACCOUNT)
    stack.order(StopStream)
    stack.settle()

    assert stack.ivs.live is None
    assert stack.titles[-1] == "stop ordered"
    assert "user/alice" in stack.harness.outbox.notifications[-1].text


def test_an_operators_stop_leaves_a_later_stream_alone() -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    stack.order(StopStream)
    stack.ivs.go_live(2)
    stack.settle()
    stack.observe(stream_end(stack.time.now, stream(1)))
    stack.time.later(seconds=1)
    stack.observe(stream_start(stack.time.now, stream(2)))
    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.calls["StopStream"] == 0
    assert stack.ivs.live is not None


def test_an_operators_stop_of_nothing_says_so() -> None:
    stack = Stack(NO_RULES)
    stack.order(StopStream)
    stack.settle()
    stack.later(minutes=1)
    stack.go_live(1)
    stack.settle()
    stack.later(minutes=5)

    assert stack.ivs.live is not None
    assert stack.titles[-1] == "not stopped"
    assert "no stream was live" in stack.harness.outbox.notifications[-1].text


@pytest.mark.parametrize("is_by_tag", [False, True])
def test_an_operators_stop_obeys_protection_and_says_so(is_by_tag: bool) -> None:
    stack = Stack(NO_RULES)
    stack.go_live(1)
    stack.time.later(minutes=1)
    if is_by_tag:
        stack.ivs.tags_now = {PROTECTED_TAG: "true"}
    else:
        stack.order(ProtectChannel)
    stack.order(StopStream, stream_id=stream(1))
    stack.settle()
    stack.later(hours=1)

    assert stack.ivs.live is not None
    assert stack.titles.count("not stopped") == 1
