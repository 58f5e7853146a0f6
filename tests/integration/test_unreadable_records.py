"""A record that no decision could bear counts as never seen, and holds up nothing."""

import json
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.many_records import load_at_once
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.arn import account_arn, place_of
from streamwarden.domain.commands import PauseActions, ProtectChannel, SetMode
from streamwarden.domain.decision import Standing
from streamwarden.domain.inputs import Handling, Input
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.controls import Sender
from streamwarden.domain.state.orders import Orders, Quarantine
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Mode
from streamwarden.services.delivery_reports import Handled, report_of
from streamwarden.services.records import Record
from testbed import builders
from testbed.notified_world import news
from tests.integration.driver import ACCOUNT, REGION, Stack, arn_of
from tests.integration.messages import own
from tests.integration.stream_events import stream_start


def observed() -> Record:
    """An event of each kind whose figures or moments a rule adds up."""
    state = builders.state_from(
        builders.channel_created(builders.at(-1), tags={"since": "1999-12-31T00:00:00Z"}),
        builders.stream_start(builders.at(-1)),
        builders.limit_breach(builders.at(-1, 6)),
        builders.recording_end(builders.at(-1, 8), timedelta(minutes=7)),
    )
    return Record(state=state)


@pytest.fixture
def saved(stack: Stack) -> dict[str, Any]:
    store = DynamoRecordStore(stack.client("dynamodb"), "Table")
    record = observed()
    store.save(record, store.load(record.state.arn))
    (item, *_) = [each for each in stack.items() if each["sk"]["S"] == "record"]
    return item


def _damaged(item: dict[str, Any], member: str, damage: Any) -> dict[str, Any]:
    document = json.loads(item["document"]["S"])
    damage(document)
    return {**item, member: {"S": json.dumps(document)}}


DAMAGES = {
    "a moment at the end of the calendar": lambda state: state["sessions"][0].update(
        on_air_at="9999-12-31T23:59:59Z"
    ),
    "a moment at its beginning": lambda state: state.update(first_seen_at="0001-01-01T00:00:00Z"),
    "no number": lambda state: state["sessions"][0]["limit_hits"][0].__setitem__(3, None),
    "a duration that no calendar holds": lambda state: state["recordings"][0]["duration_ms"].insert(
        0, state["recordings"][0]["duration_ms"].pop(0) + 10**15
    ),
    "a list where the API has a text": lambda state: state["settings"]["type"].__setitem__(0, [1]),
    "a part without its id": lambda state: state["sessions"][0].pop("stream_id"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_it_counts_as_never_seen(stack: Stack, saved: dict[str, Any], damage: Any) -> None:
    client = stack.client("dynamodb")
    client.put_item(TableName="Table", Item=_damaged(saved, "document", damage))
    arn = saved["pk"]["S"]

    assert DynamoRecordStore(client, "Table").load(arn).state.sessions == {}
    assert stack.deliver("StreamEvents", stream_start(arn)) == []
    assert stack.take("StreamInboxDeadLetters") == []
    assert list(DynamoRecordStore(client, "Table").load(arn).state.sessions) == ["st-1"]


def test_what_operators_have_set_is_kept_since_no_listing_brings_it_again(
    stack: Stack, saved: dict[str, Any]
) -> None:
    """A newer version may have written the record before it was taken back."""
    client = stack.client("dynamodb")
    arn, author = saved["pk"]["S"], Sender(id="AIDAEXAMPLE")
    protect = ProtectChannel(resource_arn=arn, time=builders.at(), author=author, reason="final")
    store = DynamoRecordStore(client, "Table")
    before = store.load(arn)
    store.save(replace(before, state=apply_inputs(before.state, [protect])), before)
    (item, *_) = [each for each in stack.items() if each["sk"]["S"] == "record"]
    newer = _damaged(item, "document", lambda state: state.update(offline_at="some day"))
    client.put_item(TableName="Table", Item=newer)

    state = store.load(arn).state

    assert state.sessions == {}
    assert state.controls is not None
    assert state.controls.protection is not None


def test_a_quarantine_is_kept_and_the_log_says_once_that_the_rest_begins_anew(
    stack: Stack, saved: dict[str, Any]
) -> None:
    client, arn = stack.client("dynamodb"), saved["pk"]["S"]
    store = DynamoRecordStore(client, "Table")
    orders = Orders(quarantine=Quarantine(since=builders.at(), reason="leaked", rule_id="no-leaks"))
    before = store.load(arn)
    store.save(replace(before, standing=Standing(orders=orders)), before)
    (item, *_) = [each for each in stack.items() if each["sk"]["S"] == "record"]
    client.put_item(TableName="Table", Item=_damaged(item, "document", DAMAGES["no number"]))

    for _ in range(2):
        assert stack.deliver("StreamEvents", stream_start(arn)) == []

    quarantine = store.load(arn).standing.orders.quarantine
    assert quarantine is not None
    assert (quarantine.reason, quarantine.rule_id) == ("leaked", "no-leaks")
    (line,) = [each for each in stack.logs() if each.get("message") == "record begun anew"]
    assert (line["level"], line["resource_arn"]) == ("ERROR", arn)
    assert line["reason"].startswith("Expected `float`, got `null`")


def test_orders_that_cannot_be_read_are_none(stack: Stack, saved: dict[str, Any]) -> None:
    newer = {**saved, "orders": {"S": '{"quarantine":1}'}}
    stack.client("dynamodb").put_item(TableName="Table", Item=newer)

    record = DynamoRecordStore(stack.client("dynamodb"), "Table").load(saved["pk"]["S"])

    assert (record.standing.orders, record.unreadable != "") == (Orders(), True)


def test_an_entry_that_cannot_be_read_is_listed_again(stack: Stack, saved: dict[str, Any]) -> None:
    client = stack.client("dynamodb")
    entry = {**json.loads(saved["entry"]["S"]), "viewers": "many"}
    client.put_item(TableName="Table", Item={**saved, "entry": {"S": json.dumps(entry)}})

    (found,) = DynamoFleetIndex(client, "Table", place_of(saved["pk"]["S"])).entries()

    assert (found.resource_arn, found.digest) == (saved["pk"]["S"], "")


def test_a_tag_that_looks_like_a_moment_is_a_tag(stack: Stack, saved: dict[str, Any]) -> None:
    store = DynamoRecordStore(stack.client("dynamodb"), "Table")

    assert store.load(saved["pk"]["S"]).state == observed().state


def test_records_that_are_read_at_once_are_those_that_are_read_one_by_one(stack: Stack) -> None:
    client = stack.client("dynamodb")
    channels = [stack.channel(name, is_known=False) for name in ("one", "two", "damaged")]
    stack.sweep()
    (item,) = [each for each in stack.items() if each["pk"]["S"] == channels[-1]]
    client.put_item(TableName="Table", Item={**item, "document": {"S": "{"}})

    found = load_at_once(client, "Table", [*channels, arn_of("never-seen")])

    store = DynamoRecordStore(client, "Table")
    records = {each.state.arn: each for each in found}
    assert records == {arn: store.load(arn) for arn in channels[:2]}


def test_what_became_of_a_notification_takes_the_place_of_no_record(
    stack: Stack, saved: dict[str, Any]
) -> None:
    """Notify says so moments after a roll-back, of what the newer version has decided."""
    newer = _damaged(saved, "document", DAMAGES["no number"])
    stack.client("dynamodb").put_item(TableName="Table", Item=newer)
    given = news(1, resource_arn=saved["pk"]["S"])
    handled = report_of("topic", Handled(given, Handling.SENT, "sent"), stack.now, "")

    assert stack.deliver("ResourceChanges", own(handled)) == []

    assert newer in stack.items()


def test_a_reason_is_short_whatever_is_stored(stack: Stack, saved: dict[str, Any]) -> None:
    key = "sk_eu-west-1_abcdEFGHijkl_0123456789ab"
    damage = {"S": json.dumps([{"severity": "x" * 180 + f" {key} " + "y" * 10_000}])}
    stack.client("dynamodb").put_item(TableName="Table", Item={**saved, "breaches": damage})

    record = DynamoRecordStore(stack.client("dynamodb"), "Table").load(saved["pk"]["S"])

    assert 0 < len(record.unreadable) <= 500
    assert "sk_eu" not in record.unreadable


def test_a_pause_and_modes_that_can_be_read_are_kept_beside_one_that_cannot(stack: Stack) -> None:
    """The next command writes what is known: actions would go on that an operator has paused."""
    arn, author = account_arn(ACCOUNT, REGION), Sender(id="AIDAEXAMPLE")
    given: dict[str, Any] = {"resource_arn": arn, "time": builders.at(), "author": author}
    commands: list[Input] = [
        PauseActions(**given, reason="a derby", until=builders.at(48)),
        SetMode(**given, reason="slowly", rule_id="a", mode=Mode.OBSERVE),
        SetMode(**given, reason="slowly", rule_id="b", mode=Mode.ENFORCE),
    ]
    client = stack.client("dynamodb")
    store = DynamoRecordStore(client, "Table")
    state = apply_inputs(Resource(arn=arn), commands)
    before = store.load(arn)
    store.save(replace(before, state=state), before)
    (item,) = [e for e in stack.items() if (e["pk"]["S"], e["sk"]["S"]) == (arn, "record")]
    newer = item["document"]["S"].replace('"enforce"', '"rehearse"')
    assert newer != item["document"]["S"]
    client.put_item(TableName="Table", Item={**item, "document": {"S": newer}})

    found = store.load(arn).state.account_controls

    assert state.account_controls is not None
    assert found is not None
    assert found.pause == state.account_controls.pause
    assert found.modes == {"a": state.account_controls.modes["a"]}
