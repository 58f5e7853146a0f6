"""What operators order while an action is on its way counts before each call of IVS."""

from collections.abc import Callable, Mapping
from copy import replace
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden.domain.commands import (
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    ResumeActions,
)
from streamwarden.domain.inputs import ActionFinished
from streamwarden.domain.state.controls import PROTECTED_TAG, PROTECTED_VALUE
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.domain.verdicts import Mode
from testbed.builders import WHOLE_ACCOUNT, channel_listed
from tests.unit.services.channel_stack import RULE, Stack
from tests.unit.services.fakes import Calls, begun_at_once

type Order = Callable[[Stack], None]


def pause(stack: Stack) -> None:
    stack.order(PauseActions, WHOLE_ACCOUNT)


def turn_down(stack: Stack) -> None:
    stack.order(LimitMode, WHOLE_ACCOUNT, rule_id=RULE, mode=Mode.NOTIFY)


def protect(stack: Stack) -> None:
    stack.order(ProtectChannel)


def exempt(stack: Stack) -> None:
    stack.order(ExemptChannel, rule_id=RULE, until=stack.time.now + timedelta(hours=4))


def set_the_tag(stack: Stack) -> None:
    stack.ivs.tags_now = {PROTECTED_TAG: PROTECTED_VALUE}


ORDERS: Final = (pause, turn_down, protect, exempt, set_the_tag)


def wait_too_long(stack: Stack) -> None:
    stack.time.later(minutes=11)


@dataclass
class Meanwhile(Calls):
    """Something happens while a port answers the call of this name, the first time."""

    name: str = ""
    happen: Callable[[], None] = lambda: None

    def around(self, name: str, call: Callable[[], Any]) -> Any:
        is_first = name == self.name and name not in self.made
        answer = super().around(name, call)
        if is_first:
            self.happen()
        return answer


@pytest.mark.parametrize("order", [pause, turn_down, protect, exempt, wait_too_long])
def test_ivs_is_asked_nothing_for_what_the_table_does_not_let_pass(order: Order) -> None:
    """Each question takes its turn, and whatever waits behind it is a stop that is late."""
    stack = Stack()
    stack.first = replace(stack.first, in_background=begun_at_once)
    stack.go_live(1)
    order(stack)

    stack.act()

    assert not stack.ivs.calls


def interrupted_by(order: Order) -> Stack:
    """A quarantine, with an order that comes between its two calls, and what follows from it."""
    stack = Stack()
    stack.time.later(minutes=1)
    stack.go_live(1)
    stack.act(Meanwhile(name="make", happen=lambda: order(stack)))
    stack.settle()
    stack.later(minutes=30)
    return stack


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_that_comes_when_the_key_is_revoked_keeps_the_stream_on_the_air(
    order: Order,
) -> None:
    stack = interrupted_by(order)

    assert stack.ivs.live is not None
    assert stack.ivs.calls["StopStream"] == 0
    assert stack.outcomes[0][1].startswith("revoked the stream key; went no further: ")


@pytest.mark.parametrize("order", ORDERS)
def test_a_channel_whose_quarantine_is_withdrawn_in_the_middle_gets_another_key(
    order: Order,
) -> None:
    stack = interrupted_by(order)

    is_withdrawn = order in (turn_down, exempt)
    assert stack.is_quarantined is not is_withdrawn
    assert (stack.ivs.key is not None) is is_withdrawn
    assert stack.ivs.made == is_withdrawn


def test_observers_hear_of_a_tag_that_has_kept_the_stream_on_the_air() -> None:
    stack = Stack()
    stack.go_live(1)

    stack.act(Meanwhile(name="make", happen=lambda: set_the_tag(stack)))

    *_, finished = stack.inbox.inputs
    assert isinstance(finished, ActionFinished)
    assert (finished.key_arn, finished.tags) == (None, {PROTECTED_TAG: PROTECTED_VALUE})


def test_what_an_order_has_kept_on_the_air_is_stopped_when_that_ends() -> None:
    stack = Stack()
    stack.go_live(1)
    stack.act(Meanwhile(name="make", happen=lambda: pause(stack)))
    stack.settle()
    stack.later(minutes=1)
    stack.order(ResumeActions, WHOLE_ACCOUNT)

    stack.observe(channel_listed(stack.time.now, insecureIngest=True))
    stack.settle()

    assert [each for each, _ in stack.outcomes] == [OutcomeStatus.HELD, OutcomeStatus.DONE]
    assert (stack.ivs.live, stack.is_quarantined) == (None, True)


@pytest.mark.parametrize("slow", ["before", "find", "tags", "save"])
@pytest.mark.parametrize("order", ORDERS)
def test_an_order_that_comes_while_a_read_or_the_breaker_is_slow_counts(
    order: Order, slow: str
) -> None:
    stack = Stack()
    stack.first = replace(stack.first, in_background=begun_at_once)
    stack.go_live(1)

    def happen() -> None:
        stack.time.later(seconds=1.5)
        order(stack)

    stack.act(Meanwhile(name=slow, happen=happen))

    assert stack.ivs.key is not None
    assert {each for each, _ in stack.outcomes} <= {OutcomeStatus.HELD, OutcomeStatus.SKIPPED}


def test_what_is_skipped_after_a_slow_read_is_not_reported() -> None:
    stack = Stack()
    stack.go_live(1)

    def happen() -> None:
        stack.time.later(seconds=1.5)
        exempt(stack)

    stack.act(Meanwhile(name="tags", happen=happen))

    assert stack.outcomes[0][0] is OutcomeStatus.SKIPPED
    assert not stack.inbox.inputs


def test_what_is_slow_each_time_is_read_twice_and_no_more() -> None:
    stack = Stack()
    stack.go_live(1)
    tags = stack.ivs.tags

    def slow(resource_arn: str) -> Mapping[str, str]:
        stack.time.later(seconds=1.5)
        return tags(resource_arn)

    stack.ivs.tags = slow  # type: ignore[method-assign]
    stack.act()

    assert stack.outcomes[0][0] is OutcomeStatus.DONE
    assert stack.ivs.calls == {
        "ListStreamKeys": 2,
        "GetStream": 2,
        "ListTagsForResource": 4,
        "DeleteStreamKey": 1,
        "StopStream": 1,
    }
