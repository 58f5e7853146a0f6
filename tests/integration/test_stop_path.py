"""A stop waits for few calls of AWS, each of which is a round trip, and for none that can wait."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.integration.driver import Stack

OBSERVER = ["BatchGetItem", "TransactWriteItems", "SendMessageBatch"]
# The destination is noted by its name, as once a day in each process. The notification is handed to
# it, the timer is moved, what was sent is removed.
AFTERWARDS = [
    "PutItem",
    "TransactWriteItems",
    "SendMessage",
    "CreateSchedule",
    "UpdateSchedule",
    "TransactWriteItems",
]
ENFORCE = ["BatchGetItem", "GetStream", "ListTagsForResource", "PutItem", "StopStream"]


@pytest.fixture
def marathon(stack: Stack) -> Stack:
    """A stream that has been on for too long, of which nobody has heard yet."""
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    return stack


@contextmanager
def calls_of(stack: Stack) -> Iterator[list[str]]:
    made: list[str] = []
    stack.on_call = lambda operation, moment: made.append(operation) if moment == "before" else None
    yield made
    stack.on_call = lambda operation, moment: None


def test_an_observer_hands_a_stop_over_before_anything_else_that_follows(marathon: Stack) -> None:
    """It reads the record with what operators have set, saves the decision, and sends the stop."""
    with calls_of(marathon) as made:
        assert marathon.deliver("StreamEvents", *marathon.events) == []

    assert made[: len(OBSERVER)] == OBSERVER
    assert made[len(OBSERVER) :] == AFTERWARDS


def test_enforce_reads_what_it_must_and_stops(marathon: Stack) -> None:
    """It reads what the table says, then the stream and the tags at the same time. It counts the
    stop for the breaker, makes it, and says so."""
    marathon.observe_events()

    with calls_of(marathon) as made:
        assert marathon.pump("Enforce") == []

    assert made[0] == ENFORCE[0]
    assert sorted(made[1:3]) == ENFORCE[1:3]
    assert made[3:] == [*ENFORCE[3:], "SendMessageBatch"]
