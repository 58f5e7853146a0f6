"""The real handlers write the ledger, in the transaction of the record, and only ever add to it."""

from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.inputs import StreamNotListed
from streamwarden.domain.ledger.entry import Entry, Noted, What
from streamwarden.domain.ledger.verification import faults_of, read_entry
from streamwarden.services.records import Record
from testbed import builders
from testbed.key_wrappings import KEY, holds_secret
from tests.integration.conftest import Deploy
from tests.integration.driver import NOON, Stack, arn_of
from tests.integration.messages import own

STUDIO = arn_of("studio")


def entries(stack: Stack) -> list[Entry]:
    """All of a ledger that is whole."""
    client = stack.client("dynamodb")
    stored = list(DynamoLedger(client, "Table").entries(STUDIO))
    end = DynamoRecordStore(client, "Table").load(STUDIO).ledger.last
    assert faults_of(STUDIO, stored, end, stack.now) == []
    found = [read_entry(each) for each in stored]
    assert None not in found
    return [each for each in found if each]


def noted(stack: Stack) -> list[What]:
    return [each.what for entry in entries(stack) for each in entry.noted]


def items(stack: Stack) -> list[dict[str, Any]]:
    return [item for item in stack.items() if item["pk"]["S"] == f"ledger/{STUDIO}"]


@pytest.fixture
def marathon(stack: Stack) -> Stack:
    """A stream that has been on for too long, as the observer finds out."""
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()
    return stack


def writes(stack: Stack) -> Iterator[str]:
    """The calls that write to the table, with what they ask for."""
    for service, call, params in stack.requests:
        if service == "dynamodb" and call not in ("BatchGetItem", "GetItem", "Query"):
            yield f"{call} {params}"


def test_a_stop_is_told_from_its_breach_to_its_end(marathon: Stack) -> None:
    marathon.pump("Enforce")
    marathon.pump("StreamEvents")
    marathon.observe_events()

    expected = [What.OPENED, What.REQUESTED, What.FINISHED, What.RESOLVED]
    assert noted(marathon) == expected
    first = entries(marathon)[0]
    assert {each.name for each in first.causes} <= {"Session Created", "Stream Start"}
    assert first.decided_under.startswith("enforce:")


def test_the_entry_is_saved_with_the_record_and_replaces_none(marathon: Stack) -> None:
    (saving,) = [each for each in writes(marathon) if f"ledger/{STUDIO}" in each]

    assert saving.startswith("TransactWriteItems")
    assert f"'pk': {{'S': '{STUDIO}'}}, 'sk': {{'S': 'record'}}" in saving
    assert saving.count("'ConditionExpression': 'attribute_not_exists(pk)'") == 1


def test_what_keeps_to_the_policy_is_written_as_before(stack: Stack) -> None:
    stack.channel("studio")
    stack.requests.clear()
    live = stack.go_live(STUDIO)
    live.stall()
    live.resume()
    live.leave()

    stack.observe_events()

    assert {each.partition(" ")[0] for each in writes(stack)} == {"PutItem"}
    assert items(stack) == []


def test_a_ledger_is_read_only_for_a_record_that_is_new(marathon: Stack) -> None:
    queries = [params for _, call, params in marathon.requests if call == "Query"]

    assert not [each for each in queries if "ledger/" in each]


def test_entries_are_kept_as_long_as_the_parameter_says(deploy: Deploy) -> None:
    stack = deploy(LedgerRetentionDays="30")
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()

    (item,) = items(stack)
    assert int(item["expires_at"]["N"]) == int((stack.now + timedelta(days=30)).timestamp())


def opened() -> Entry:
    noted = (Noted(what=What.OPENED, reason=f"the tag note is {KEY}", rule_id="r"),)
    return Entry(resource_arn=STUDIO, at=NOON, decided_under="", causes=(), inputs=1, noted=noted)


def test_a_save_whose_answer_was_lost_adds_one_entry(stack: Stack) -> None:
    def lose(operation: str, moment: str) -> None:
        if (operation, moment) == ("TransactWriteItems", "after"):
            stack.on_call = lambda operation, moment: None
            raise ReadTimeoutError(endpoint_url="https://dynamodb")

    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    events = [each for each in stack.events if each["detail-type"] == "IVS Stream State Change"]
    stack.on_call = lose

    again = stack.deliver("StreamEvents", *events)
    assert again
    assert stack.deliver("StreamEvents", *events) == []

    assert noted(stack) == [What.OPENED, What.REQUESTED]
    assert len(stack.take("ActionQueue")) == 1


def test_two_observers_at_once_add_what_each_of_them_decided(marathon: Stack) -> None:
    """Another function saves between this one's load and save, so this one decides again."""
    (stop,) = marathon.take("ActionQueue")
    marathon.take_notifications()
    decided_at = datetime.fromisoformat(stop.body["decided_at"])
    done = own(builders.action_finished(NOON, stop.body["id"], arn=STUDIO, decided_at=decided_at))
    over = own(StreamNotListed(resource_arn=STUDIO, time=marathon.now + timedelta(minutes=5)))
    marathon.later(minutes=5)

    def meanwhile(operation: str, moment: str) -> None:
        if (operation, moment) == ("TransactWriteItems", "before"):
            marathon.on_call = lambda operation, moment: None
            marathon.deliver("ResourceChanges", over)

    marathon.on_call = meanwhile

    assert marathon.deliver("StreamEvents", done) == []

    assert noted(marathon) == [What.OPENED, What.REQUESTED, What.RESOLVED, What.FINISHED]


def test_a_new_record_goes_on_with_the_ledger_of_the_earlier_one(marathon: Stack) -> None:
    """Records expire days after their resource is gone, and their ledgers later."""
    table = marathon.client("dynamodb")
    table.delete_item(TableName="Table", Key={"pk": {"S": STUDIO}, "sk": {"S": "record"}})
    store = DynamoRecordStore(table, "Table")
    new = store.load(STUDIO)
    assert new.version == 0

    store.save(replace(new, timer_at=NOON, entries=(opened(),)), new)

    assert [each.sequence for each in entries(marathon)] == [1, 2]


def test_a_record_that_cannot_be_read_keeps_its_ledger(marathon: Stack) -> None:
    table = marathon.client("dynamodb")
    (item,) = [each for each in marathon.items() if each["sk"]["S"] == "record"]
    table.put_item(TableName="Table", Item={**item, "document": {"S": '{"settings": 1}'}})
    store = DynamoRecordStore(table, "Table")
    unknown = store.load(STUDIO)

    store.save(replace(unknown, timer_at=NOON, entries=(opened(),)), unknown)

    assert [each.sequence for each in entries(marathon)] == [1, 2]


def test_an_entry_that_somebody_put_in_is_neither_overwritten_nor_in_the_way(
    marathon: Stack,
) -> None:
    table = marathon.client("dynamodb")
    (first,) = items(marathon)
    forged = {**first, "sk": {"S": "000000000002"}}
    table.put_item(TableName="Table", Item=forged)
    store = DynamoRecordStore(table, "Table")
    before = store.load(STUDIO)

    saved = store.save(replace(before, timer_at=NOON, entries=(opened(),)), before)

    stored = list(DynamoLedger(table, "Table").entries(STUDIO))
    assert [each.sequence for each in stored] == [1, 2, 3]
    assert forged in items(marathon)
    faults = faults_of(STUDIO, stored, saved.ledger.last, marathon.now)
    assert {each.sequence for each in faults} == {2}


def test_no_entry_holds_a_stream_key(stack: Stack) -> None:
    store = DynamoRecordStore(stack.client("dynamodb"), "Table")
    before: Record = store.load(STUDIO)

    store.save(replace(before, entries=(opened(),)), before)

    assert not holds_secret(str(stack.items()))
    assert len(entries(stack)) == 1


def test_every_ledger_of_the_table_is_found(marathon: Stack) -> None:
    table = marathon.client("dynamodb")

    assert list(DynamoLedger(table, "Table").resources()) == [STUDIO]
    for item in items(marathon):
        table.delete_item(TableName="Table", Key={"pk": item["pk"], "sk": item["sk"]})
    assert list(DynamoLedger(table, "Table").resources()) == [STUDIO], "its record names one"
