"""What operators order while an action is on its way counts before each call of IVS."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta

import pytest

from streamwarden.domain.commands import (
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
)
from streamwarden.domain.verdicts import Mode
from tests.unit.domain.builders import WHOLE_ACCOUNT
from tests.unit.services.channel_stack import RULE, Stack
from tests.unit.services.fakes import begun_at_once

type Order = Callable[[Stack], None]


def pause(stack: Stack) -> None:
    stack.order(PauseActions, WHOLE_ACCOUNT)


def turn_down(stack: Stack) -> None:
    stack.order(LimitMode, WHOLE_ACCOUNT, rule_id=RULE, mode=Mode.NOTIFY)


def protect(stack: Stack) -> None:
    stack.order(ProtectChannel)


def exempt(stack: Stack) -> None:
    stack.order(ExemptChannel, rule_id=RULE, until=stack.time.now + timedelta(hours=4))


def wait_too_long(stack: Stack) -> None:
    stack.time.later(minutes=11)


@pytest.mark.parametrize("order", [pause, turn_down, protect, exempt, wait_too_long])
def test_ivs_is_asked_nothing_for_what_the_table_does_not_let_pass(order: Order) -> None:
    """Each question takes its turn, and whatever waits behind it is a stop that is late."""
    stack = Stack()
    stack.first = replace(stack.first, in_background=begun_at_once)
    stack.go_live(1)
    order(stack)

    stack.act()

    assert not stack.ivs.calls
