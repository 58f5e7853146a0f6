"""A version that was rolled back to tells the truth of what a newer one has begun to tell."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.verdicts import Notification, NotificationStatus
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to
from tests.integration.driver import Stack

OPENED, RESOLVED = NotificationStatus.OPENED, NotificationStatus.RESOLVED
CHANGED = NotificationStatus.CHANGED
BASELINE = "arn:aws:ivs:eu-west-1:111122223333:account/111122223333/baseline/no-marathons"
# A severity that only the newer version has.
KNOWN, NEWER = '"severity":"low"', '"severity":"dire"'


@pytest.fixture
def world(stack: Stack) -> NotifiedWorld:
    """People who are told from the table, and reminded each hour."""
    people = NotifiedWorld(routing=routing_to(CHAT, repeat=timedelta(hours=1)))
    table: Any = DynamoDeliveries(stack.client("dynamodb"), "Table", people.clock)
    people.deliveries = table
    people.deploy(people.routing)
    return people


def _rewrite(stack: Stack, is_meant: Callable[[Any], bool], before: str, after: str) -> None:
    meant = [each for each in stack.items() if "document" in each and is_meant(each)]
    changed = [(each, each["document"]["S"].replace(before, after)) for each in meant]
    assert any(text != each["document"]["S"] for each, text in changed)
    for each, text in changed:
        item = {**each, "document": {"S": text}}
        stack.client("dynamodb").put_item(TableName="Table", Item=item)


def roll_back(stack: Stack, given: Notification) -> None:
    """The older version cannot read what is stored of a notification."""
    mark = f'"id":"{given.id}"'
    _rewrite(stack, lambda each: mark in each["document"]["S"], KNOWN, NEWER)


def roll_forward(stack: Stack) -> None:
    _rewrite(stack, lambda each: True, NEWER, KNOWN)


def notified(world: NotifiedWorld) -> list[tuple[str, NotificationStatus]]:
    """The key and the status of all that the service took, without reminders."""
    return [
        (each.incident, each.status)
        for message in world.chat.messages
        for each in message.notifications
        if not message.is_reminder
    ]


def test_an_end_does_not_overtake_its_beginning_which_cannot_be_read_yet(
    stack: Stack, world: NotifiedWorld
) -> None:
    world.tell(news(1))
    roll_back(stack, news(1))
    world.tell(news(1, RESOLVED))
    world.pass_time(minutes=5)
    before = notified(world)
    roll_forward(stack)
    world.wakes.wake(CHAT, timedelta(0))
    world.pass_time(hours=5)

    assert before == []
    assert notified(world) == [("incident-1", OPENED), ("incident-1", RESOLVED)]
    assert len(world.deliveries.opens(CHAT)) == 0, "or people are reminded of what is over"


def test_nobody_is_told_the_end_of_what_was_dead_lettered_before_anybody_knew_of_it(
    stack: Stack, world: NotifiedWorld
) -> None:
    world.tell(news(1))
    roll_back(stack, news(1))
    world.tell(news(1, RESOLVED))
    world.pass_time(minutes=20)
    assert len(world.dead) == 1
    assert [notified(world), *world.deliveries.opens(CHAT)] == [[]]
    assert [*world.deliveries.waiting(CHAT)] == []

    roll_forward(stack)
    world.revive(news(1))
    world.pass_time(minutes=5)

    assert notified(world) == [("incident-1", CHANGED)]


def test_an_end_that_is_dead_lettered_ends_the_reminders_and_is_told_as_such_after_all(
    stack: Stack, world: NotifiedWorld
) -> None:
    world.tell(news(1))
    world.pass_time(minutes=5)
    world.tell(news(1, RESOLVED))
    roll_back(stack, news(1, RESOLVED))
    world.pass_time(hours=5)
    assert len(world.dead) == 1
    assert [each.is_reminder for each in world.chat.messages] == [False]

    roll_forward(stack)
    world.revive(news(1, RESOLVED))
    world.pass_time(minutes=5)

    assert notified(world)[1:] == [("incident-1", RESOLVED)]
    assert [*world.deliveries.opens(CHAT)] == []


def _as_one(world: NotifiedWorld) -> None:
    """A first look has found two, which are told as one incident."""
    world.limits[CHAT] = Limits(largest=1, interval=timedelta(milliseconds=500))
    world.tell(news(1, is_baseline=True), news(2, is_baseline=True))
    world.pass_time(hours=1)
    assert notified(world) == [(BASELINE, OPENED)]


def test_a_baseline_is_not_over_while_one_that_cannot_be_read_is_left_in_it(
    stack: Stack, world: NotifiedWorld
) -> None:
    _as_one(world)
    roll_back(stack, news(2))

    world.tell(news(1, RESOLVED, world.now))
    world.pass_time(minutes=30)
    assert notified(world)[1:] == []
    world.tell(news(2, RESOLVED, world.now))
    world.pass_time(minutes=30)

    assert notified(world)[1:] == [(BASELINE, RESOLVED)]
    assert [*world.deliveries.opens(CHAT)] == []


def test_many_that_are_dead_lettered_are_read_once(stack: Stack, world: NotifiedWorld) -> None:
    numbers = range(20)
    world.tell(*(news(each) for each in numbers))
    world.pass_time(minutes=5)
    world.tell(*(news(each, RESOLVED) for each in numbers))
    for each in numbers:
        roll_back(stack, news(each, RESOLVED))
    world.pass_time(minutes=5)
    counted = Mock(wraps=world.deliveries)
    world.deliveries = counted
    world.pass_time(minutes=6)

    assert (len(world.dead), len(world.deliveries.opens(CHAT))) == (20, 0)
    assert 0 < counted.waiting.call_count < 20
