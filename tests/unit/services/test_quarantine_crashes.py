"""Quarantine and release, interrupted at any call: the same end, and no call made twice in vain."""

from typing import Any

import pytest

from streamwarden.domain.arn import Place
from streamwarden.domain.commands import (
    AnyCommand,
    QuarantineChannel,
    ReleaseChannel,
)
from testbed.builders import (
    ACCOUNT,
    CHANNEL,
    REGION,
)
from tests.unit.services.channel_stack import AUTHOR, NO_RULES, RULE, Stack, quarantined
from tests.unit.services.fakes import Calls, Crash


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 12))
def test_enforce_that_dies_at_any_call_ends_with_no_key_and_no_stream(
    crash_at: int, is_after: bool
) -> None:
    stack = Stack()
    stack.go_live(1)
    calls = Calls(crash_at, is_after)
    try:
        stack.act(calls)
    except Crash:
        stack.time.later(seconds=30)

    stack.settle()
    stack.later(minutes=5)

    assert len(calls.made) <= 11
    assert (stack.ivs.key, stack.ivs.live, stack.is_quarantined) == (None, None, True)
    assert stack.ivs.calls["DeleteStreamKey"] == stack.ivs.calls["StopStream"] == 1
    assert len(set(stack.titles)) == len(stack.titles)
    assert len(stack.breakers.load(Place(ACCOUNT, REGION), RULE).breaker.passed) == 1


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
def test_a_release_that_dies_at_any_call_ends_with_one_published_key(
    crash_at: int, is_after: bool
) -> None:
    stack = quarantined()
    stack.order(ReleaseChannel)
    try:
        stack.act(Calls(crash_at, is_after))
    except Crash:
        stack.time.later(seconds=30)

    stack.settle()
    stack.later(minutes=5)

    assert stack.ivs.made == 1
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 14))
def test_rotate_keys_that_dies_at_any_call_of_a_release_is_invoked_again(
    crash_at: int, is_after: bool
) -> None:
    stack = quarantined()
    stack.order(ReleaseChannel)
    stack.act()
    calls = Calls(crash_at, is_after)
    try:
        stack.rotator(calls).make_missing_key(CHANNEL)
    except Crash:
        stack.time.later(seconds=30)
    stack.invoked += 1  # and Lambda does not retry it

    stack.settle()
    stack.later(hours=1)

    assert len(calls.made) <= 13
    assert stack.ivs.made == 1
    assert stack.ivs.key is not None
    assert list(stack.secrets.key_arns.values()) == [stack.ivs.key.arn]
    assert stack.harness.store.load(CHANNEL).standing.orders.release is None


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", range(1, 6))
@pytest.mark.parametrize("order", [QuarantineChannel, ReleaseChannel])
def test_an_observer_that_dies_at_any_call_follows_the_command_all_the_same(
    order: type[AnyCommand], crash_at: int, is_after: bool
) -> None:
    stack = quarantined() if order is ReleaseChannel else Stack(NO_RULES)
    said: dict[str, Any] = {"resource_arn": CHANNEL, "author": AUTHOR, "reason": "a test"}
    command = order(time=stack.time.now, **said)
    try:
        stack.observe(command, Calls(crash_at, is_after))
    except Crash:
        stack.time.later(seconds=30)

    stack.observe(command)
    stack.settle()

    assert stack.is_quarantined is (order is QuarantineChannel)
    assert (stack.ivs.key is None) is stack.is_quarantined
    assert stack.ivs.made == (order is ReleaseChannel)
    assert len(set(stack.titles)) == len(stack.titles)
