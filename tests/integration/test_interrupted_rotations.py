"""A rotation may be killed around any of its calls: the next run ends with one published key."""

from collections.abc import Callable

import pytest

from ivs_simulator.wire.errors import StreamKeyRefused
from tests.integration.driver import Killed, Stack
from tests.integration.rotated_keys import key_of, published, with_old_key

CALLS = (
    "Query",  # what was begun
    "Query",  # the fleet
    "GetItem",  # the channel, what operators have set, and whether it is quarantined
    "GetItem",
    "GetItem",
    "GetItem",
    "ListStreamKeys",
    "GetStream",
    "GetItem",  # whether a brake holds it
    "GetItem",
    "GetItem",  # whether its tag makes the key young
    "PutItem",
    "SendMessageBatch",  # that it has begun
    "DeleteStreamKey",
    "CreateStreamKey",
    "GetStreamKey",
    "PutSecretValue",
    "CreateSecret",
    "SendMessageBatch",
    "GetItem",  # who is concerned
    "PutItem",  # which destinations there are, once a day
    "TransactWriteItems",  # people are told
    "SendMessage",
    "DeleteItem",
    "Query",  # channels that are gone, whose secrets go
)


@pytest.fixture
def due(stack: Stack) -> Stack:
    """A stack with one channel whose key is too old."""
    with_old_key(stack, team="news")
    return stack


def killing(stack: Stack, number: int, moment: str) -> Callable[[str, str], None]:
    seen = 0

    def on_call(operation: str, at: str) -> None:
        nonlocal seen
        seen += at == moment
        if at == moment and seen == number:
            stack.on_call = lambda operation, moment: None
            raise Killed(operation)

    return on_call


def studio_of(stack: Stack) -> str:
    records = [item["pk"]["S"] for item in stack.items() if item["sk"]["S"] == "record"]
    channel_arn: str
    (channel_arn,) = records
    return channel_arn


def is_any_rotation_begun(stack: Stack) -> bool:
    return any(item["sk"]["S"] == "rotation" for item in stack.items())


def assert_one_published_key(stack: Stack, old_value: str | None) -> None:
    studio = studio_of(stack)
    key = key_of(stack, studio)
    assert old_value is not None
    assert key["value"] != old_value
    assert published(stack, studio)["streamKey"] == key["value"]
    assert key["tags"] == {
        "team": "news",
        "streamwarden:minted-at": "2026-04-14T12:00:00+00:00",
    }
    assert not is_any_rotation_begun(stack)
    with pytest.raises(StreamKeyRefused):
        stack.world.go_live(old_value)


def test_the_calls_of_a_rotation_are_those_below(due: Stack) -> None:
    made: list[str] = []
    due.on_call = lambda operation, moment: made.append(operation) if moment == "before" else None

    due.run("RotateKeys", {})

    assert set(made) == set(CALLS)
    assert len(made) <= len(CALLS)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
def test_a_killed_rotation_is_finished_by_the_next_run(
    due: Stack, number: int, moment: str
) -> None:
    old_value = due.world.key_value(studio_of(due))
    due.on_call = killing(due, number, moment)
    try:
        due.run("RotateKeys", {})
    except Killed:
        due.start_cold()
    due.on_call = lambda operation, moment: None

    due.run("RotateKeys", {})

    assert_one_published_key(due, old_value)
    due.later(minutes=1)
    due.pump("ResourceChanges")
    assert due.run("RotateKeys", {}) == {"rotations": []}


@pytest.mark.parametrize("number", range(1, len(CALLS) + 1))
def test_two_runs_at_once_end_with_one_published_key(due: Stack, number: int) -> None:
    """The second run happens whole between two calls of the first."""
    old_value = due.world.key_value(studio_of(due))
    seen = 0

    def interleave(operation: str, moment: str) -> None:
        nonlocal seen
        seen += moment == "before"
        if moment == "before" and seen == number:
            due.on_call = lambda operation, moment: None
            due.run("RotateKeys", {})

    due.on_call = interleave

    due.run("RotateKeys", {})
    due.run("RotateKeys", {})

    assert_one_published_key(due, old_value)
