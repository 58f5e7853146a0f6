"""Whatever interrupts an observer, nothing is lost and nothing happens twice."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.inputs import Recheck
from tests.integration.driver import Killed, Stack
from tests.integration.messages import own


@pytest.fixture
def marathon(stack: Stack) -> Stack:
    """A stream that has been on for too long, of which nobody has heard yet."""
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    return stack


def observed(stack: Stack) -> list[dict[str, object]]:
    events = list(stack.events)
    return [each for each in events if each["detail-type"] == "IVS Stream State Change"]


def killing(stack: Stack, number: int, moment: str) -> Callable[[str, str], None]:
    """Kills the function at its n-th call, before or after its effect."""
    seen = 0

    def on_call(operation: str, at: str) -> None:
        nonlocal seen
        if at == moment:
            seen += 1
        if at == moment and seen == number:
            stack.on_call = lambda operation, moment: None
            raise Killed(operation)

    return on_call


def calls_of(stack: Stack) -> int:
    """How many calls the observer makes for the news."""
    made: list[str] = []
    stack.on_call = lambda operation, moment: made.append(operation) if moment == "before" else None
    stack.deliver("StreamEvents", *observed(stack))
    return len(made)


def test_an_observer_makes_few_calls(marathon: Stack) -> None:
    """Record, controls, save, action, notification, wake, timer (two calls at most), save again."""
    assert calls_of(marathon) <= 9


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", range(1, 8))
def test_a_killed_observer_is_finished_by_the_next_delivery(
    marathon: Stack, number: int, moment: str
) -> None:
    marathon.on_call = killing(marathon, number, moment)
    try:
        marathon.deliver("StreamEvents", *observed(marathon))
    except Killed:
        marathon.start_cold()

    assert marathon.deliver("StreamEvents", *observed(marathon)) == []

    (action,) = marathon.take("ActionQueue")
    (notification,) = marathon.take_notifications()
    assert action.body["attempt"] == 1
    assert notification.body["status"] == "opened"
    assert len(marathon.schedules()) == 1
    assert not _is_anything_pending(marathon)


def test_a_message_delivered_twice_writes_nothing_the_second_time(marathon: Stack) -> None:
    marathon.deliver("StreamEvents", *observed(marathon))
    before = marathon.items()

    writes: list[str] = []
    marathon.on_call = lambda operation, moment: writes.append(operation)
    marathon.deliver("StreamEvents", *observed(marathon))

    assert set(writes) == {"GetItem"}
    assert marathon.items() == before


def test_what_was_not_handed_over_is_handed_over_by_the_sweep(marathon: Stack) -> None:
    def kill_the_sending(operation: str, moment: str) -> None:
        if (operation, moment) == ("SendMessageBatch", "before"):
            raise Killed

    marathon.on_call = kill_the_sending
    with pytest.raises(Killed):
        marathon.deliver("StreamEvents", *observed(marathon))
    marathon.on_call = lambda operation, moment: None
    marathon.start_cold()

    marathon.sweep()

    assert len(marathon.take("ActionQueue")) == 1
    assert len(marathon.take_notifications()) == 1
    assert not _is_anything_pending(marathon)


def _left_behind(stack: Stack) -> dict[str, Any]:
    """The outbox of an observer that died before it handed anything over."""

    def kill_the_sending(operation: str, moment: str) -> None:
        if (operation, moment) == ("SendMessageBatch", "before"):
            raise Killed

    stack.on_call = kill_the_sending
    with pytest.raises(Killed):
        stack.deliver("StreamEvents", *observed(stack))
    stack.on_call = lambda operation, moment: None
    stack.start_cold()
    (item,) = [each for each in stack.items() if each["sk"]["S"] == "outbox"]
    return item


@pytest.mark.parametrize(
    ("known", "newer", "handed_over"),
    [
        ('"status":"opened"', '"status":"foreseen"', (1, 0)),
        ('"authority":"rule"', '"authority":"oracle"', (0, 1)),
        ("{", "", (0, 0)),
    ],
    ids=["notification", "action", "damaged"],
)
def test_of_what_was_not_handed_over_what_cannot_be_read_is_dead_lettered(
    marathon: Stack, known: str, newer: str, handed_over: tuple[int, int]
) -> None:
    item = _left_behind(marathon)
    text = item["document"]["S"].replace(known, newer)
    assert text != item["document"]["S"]
    marathon.client("dynamodb").put_item(TableName="Table", Item={**item, "document": {"S": text}})

    marathon.sweep()

    actions, notified = marathon.take("ActionQueue"), marathon.take_notifications()
    assert (len(actions), len(notified)) == handed_over
    (dead,) = marathon.take("StreamInboxDeadLetters")
    assert dead.text in text
    assert "cannot be read" in dead.attributes["reason"]
    assert not _is_anything_pending(marathon)
    record = DynamoRecordStore(marathon.client("dynamodb"), "Table").load(_studio(marathon))
    assert len(record.standing.incidents) == 1


def test_people_are_told_what_was_decided_although_the_record_begins_anew(marathon: Stack) -> None:
    _left_behind(marathon)
    (record,) = [
        each
        for each in marathon.items()
        if (each["pk"]["S"], each["sk"]["S"]) == (_studio(marathon), "record")
    ]
    newer = {**record, "incidents": {"S": '{"of":"another shape"}'}}
    marathon.client("dynamodb").put_item(TableName="Table", Item=newer)

    recheck = Recheck(resource_arn=_studio(marathon), time=marathon.now)
    marathon.deliver("StreamEvents", own(recheck))

    assert len(marathon.take_notifications()) == 1
    assert marathon.take("ActionQueue") == [], "the record holds no request of it any more"
    assert [each for each in marathon.items() if each["sk"]["S"] == "outbox"] == []


def test_a_channel_changed_meanwhile_is_looked_at_again(marathon: Stack) -> None:
    """Another function saves the channel between this one's load and save."""
    first, second = observed(marathon)

    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("PutItem", "before"):
            marathon.on_call = lambda operation, moment: None
            marathon.deliver("StreamEvents", second)

    marathon.on_call = meanwhile

    assert marathon.deliver("StreamEvents", first) == []

    assert len(marathon.take("ActionQueue")) == 1
    assert not _is_anything_pending(marathon)
    record = next(item for item in marathon.items() if item["sk"]["S"] == "record")
    (session,) = json.loads(record["document"]["S"])["sessions"]
    assert {"created_at", "on_air_at"} <= session.keys()


def test_a_channel_that_is_always_changed_is_wanted_again(marathon: Stack) -> None:
    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("TransactWriteItems", "before"):
            marathon.client("dynamodb").update_item(
                TableName="Table",
                Key={"pk": {"S": _studio(marathon)}, "sk": {"S": "record"}},
                UpdateExpression="ADD version :one",
                ExpressionAttributeValues={":one": {"N": "1"}},
            )

    marathon.on_call = meanwhile

    assert len(marathon.deliver("StreamEvents", *observed(marathon))) == 2

    assert marathon.take("ActionQueue") == []


def _studio(stack: Stack) -> str:
    channel_arn: str = next(item["pk"]["S"] for item in stack.items())
    return channel_arn


def _is_anything_pending(stack: Stack) -> bool:
    return any(
        json.loads(item["entry"]["S"]).get("has_pending")
        for item in stack.items()
        if item["sk"]["S"] == "record"
    )
