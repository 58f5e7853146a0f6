"""What only the table promises: small writes, and the expiry of what is over."""

from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.requests import DynamoActionLookup
from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog
from streamwarden.bootstrap.rotator import RotationsFailed
from streamwarden.domain.arn import Place
from streamwarden.domain.inputs import (
    Input,
    KeyObserved,
    Recheck,
    ResourceListed,
    ResourceNotListed,
)
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Action
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.records import FleetEntry, PendingMessages, Record
from testbed import builders
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack, arn_of
from tests.integration.messages import own
from tests.integration.rotated_keys import key_of, published, with_old_key

STUDIO = arn_of("studio")
KEPT = timedelta(days=3)
STOP = Action(
    id="an/action",
    attempt=1,
    kind="stop",
    rule_id="no-marathons",
    resource_arn=builders.CHANNEL,
    stream_id=builders.STREAM,
    reason="on the air for 5h; 4h is allowed",
    decided_at=NOON,
)


@pytest.fixture
def store(stack: Stack) -> DynamoRecordStore:
    return DynamoRecordStore(stack.client("dynamodb"), "Table")


def expiries(stack: Stack) -> dict[str, datetime | None]:
    """When each item goes, by sort key."""
    return {
        item["sk"]["S"]: datetime.fromtimestamp(int(item["expires_at"]["N"]), NOON.tzinfo)
        if "expires_at" in item
        else None
        for item in stack.items()
    }


def given(stack: Stack, store: DynamoRecordStore, after: Record) -> list[str]:
    """The sort keys that a save writes."""
    before = store.load(STUDIO)
    puts: list[str] = []

    def spy(params: dict[str, Any], **_: Any) -> None:
        writes = [each["Put"] for each in params.get("TransactItems", [])] or [params]
        puts.extend(each["Item"]["sk"]["S"] for each in writes)

    name = "provide-client-params.dynamodb"
    store.client.meta.events.register(name, spy)
    store.save(after, before)
    store.client.meta.events.unregister(name, spy)
    return sorted(puts)


def test_a_record_is_one_item_and_what_is_to_be_sent_another(
    stack: Stack, store: DynamoRecordStore
) -> None:
    stopped = PendingMessages(actions=(STOP,))
    record = Record(state=builders.state_from(builders.stream_start(NOON), arn=builders.CHANNEL))

    before = store.save(replace(record, pending=stopped), store.load(builders.CHANNEL))
    assert sorted(expiries(stack)) == ["outbox", "record"]
    assert store.load(builders.CHANNEL) == before
    sent = store.save(replace(before, pending=PendingMessages()), before)

    assert store.load(builders.CHANNEL) == sent
    assert not sent.pending
    assert sorted(expiries(stack)) == ["record"]


def test_one_item_is_written_without_a_transaction(stack: Stack) -> None:
    """A transaction costs twice as much. What operators have set is read every few seconds."""
    stack.channel("studio")
    stack.requests.clear()

    stack.go_live(STUDIO)
    stack.observe_events()

    calls = [call for service, call, _ in stack.requests if service == "dynamodb"]
    assert calls == ["BatchGetItem", "PutItem", "GetItem", "PutItem"]


def test_what_has_to_be_sent_never_expires(stack: Stack, store: DynamoRecordStore) -> None:
    state = builders.state_from(builders.stream_start(NOON), arn=builders.CHANNEL)
    record = Record(state=state, pending=PendingMessages(actions=(STOP,)))

    store.save(record, store.load(builders.CHANNEL))

    assert expiries(stack) == {"record": None, "outbox": None}


def test_what_a_newer_version_stored_is_refused_in_words_not_overwritten_and_holds_up_no_other(
    stack: Stack, store: DynamoRecordStore
) -> None:
    stack.channel("studio")
    table = stack.client("dynamodb")
    (item,) = [each for each in stack.items() if each["pk"]["S"] == STUDIO]
    newer = item["entry"]["S"].replace('"format":1', '"format":2')
    assert newer != item["entry"]["S"]
    item = {**item, "entry": {"S": newer}}
    table.put_item(TableName="Table", Item=item)

    refusal = (
        f"what is stored of {STUDIO} is in format 2, and this version .* reads format 1; deploy"
    )
    with pytest.raises(PermanentError, match=refusal):
        DynamoRecordStore(table, "Table").load(STUDIO)
    with pytest.raises(PermanentError, match=refusal):
        DynamoActionLookup(table, "Table").before(replace(STOP, resource_arn=STUDIO))
    stack.go_live(STUDIO)
    stack.go_live(stack.channel("lobby", is_known=False))
    report = stack.sweep()

    assert [store.load(arn_of("lobby")).version > 0, report["channels"]] == [True, 2]
    recheck = own(Recheck(resource_arn=STUDIO, time=NOON))
    assert len(stack.deliver("StreamEvents", recheck)) == 1, "a deployment may be under way"
    assert stack.deliver("StreamEvents", recheck, age=timedelta(days=1)) == []
    (dead,) = stack.take("StreamInboxDeadLetters")
    assert dead.attributes["reason"].startswith("PermanentError: what is stored of ")
    assert item in stack.items()


def test_a_rotation_that_a_newer_version_began_is_refused_in_words(stack: Stack) -> None:
    table = stack.client("dynamodb")
    item = {"pk": {"S": STUDIO}, "sk": {"S": "rotation"}, "format": {"N": "2"}}
    table.put_item(TableName="Table", Item=item)

    with pytest.raises(PermanentError, match="is in format 2"):
        DynamoRotationLog(table, "Table", Place(ACCOUNT, REGION)).unfinished(STUDIO)


def test_a_rotation_that_cannot_be_read_holds_up_no_other(stack: Stack) -> None:
    held, other = with_old_key(stack, "held"), with_old_key(stack, "other")
    scope = {"S": f"rotation#{ACCOUNT}#{REGION}"}
    item = {"pk": {"S": held}, "sk": {"S": "rotation"}, "scope": scope, "document": {"S": "{}"}}
    stack.client("dynamodb").put_item(TableName="Table", Item=item)
    old = key_of(stack, held)

    with pytest.raises(RotationsFailed) as failed:
        stack.run("RotateKeys", {})

    assert str(failed.value).startswith(f"{held}: what is stored of the rotation of {held} cannot")
    assert other not in str(failed.value)
    assert published(stack, other)["streamKeyArn"] == key_of(stack, other)["arn"]
    assert (key_of(stack, held), item in stack.items()) == (old, True)


def test_what_an_older_version_stored_is_listed_again(
    stack: Stack, store: DynamoRecordStore
) -> None:
    table = stack.client("dynamodb")
    item = {
        "pk": {"S": STUDIO},
        "sk": {"S": "record"},
        "scope": {"S": f"{ACCOUNT}#{REGION}"},
        "version": {"N": "7"},
        "document": {"S": '{"stream_keys": {"arn:x": {"arn": "arn:x"}}}'},
        "entry": {"S": '{"digest": "abc", "live_stream_id": "st-1"}'},
    }
    table.put_item(TableName="Table", Item=item)

    unknown = store.load(STUDIO)

    assert unknown == Record(state=Resource(arn=STUDIO), version=7)
    (entry,) = DynamoFleetIndex(table, "Table", Place(ACCOUNT, REGION)).entries()
    assert entry == FleetEntry(resource_arn=STUDIO, digest="")
    store.save(replace(unknown, timer_at=NOON), unknown)
    assert store.load(STUDIO).timer_at == NOON


def test_a_channel_that_is_gone_expires(stack: Stack, store: DynamoRecordStore) -> None:
    deleted = ResourceNotListed(resource_arn=STUDIO, time=NOON)
    gone = Record(state=apply_inputs(Resource(arn=STUDIO), [deleted]))

    before = store.save(gone, store.load(STUDIO))

    expiry = expiries(stack)["record"]
    assert expiry is not None
    assert expiry >= NOON + KEPT - timedelta(minutes=1)
    back = ResourceListed(resource_arn=STUDIO, time=NOON + KEPT, settings={}, tags={})
    store.save(replace(before, state=apply_inputs(before.state, [back])), before)
    assert expiries(stack) == {"record": None}


class TestOwnersOfStreamKeys:
    """A key's own partition names its channel, as long as events about it may come."""

    KEY, NEW_KEY = "arn:of/key", "arn:of/new-key"

    def observe(self, store: DynamoRecordStore, *inputs: Input) -> Record:
        before = store.load(STUDIO)
        return store.save(replace(before, state=apply_inputs(before.state, inputs)), before)

    def key_seen(self, key_arn: str, at: datetime) -> Input:
        return KeyObserved(resource_arn=STUDIO, time=at, key_arn=key_arn, minted_at=at, tags={})

    def owners(self, stack: Stack) -> dict[str, datetime | None]:
        """When what names the channel of each key goes."""
        return {
            item["pk"]["S"]: datetime.fromtimestamp(int(item["expires_at"]["N"]), NOON.tzinfo)
            if "expires_at" in item
            else None
            for item in stack.items()
            if item["sk"]["S"] == "owner"
        }

    def test_a_key_in_use_stays(self, stack: Stack, store: DynamoRecordStore) -> None:
        self.observe(store, self.key_seen(self.KEY, NOON))

        assert self.owners(stack) == {self.KEY: None}

    def test_a_replaced_key_goes(self, stack: Stack, store: DynamoRecordStore) -> None:
        self.observe(store, self.key_seen(self.KEY, NOON))
        self.observe(store, self.key_seen(self.NEW_KEY, NOON + KEPT))

        assert self.owners(stack) == {self.KEY: NOON + 2 * KEPT, self.NEW_KEY: None}

    def test_the_key_of_a_channel_that_is_gone_goes_and_comes_back(
        self, stack: Stack, store: DynamoRecordStore
    ) -> None:
        self.observe(store, self.key_seen(self.KEY, NOON))
        self.observe(store, ResourceNotListed(resource_arn=STUDIO, time=NOON + KEPT))
        assert self.owners(stack)[self.KEY] is not None

        back = ResourceListed(resource_arn=STUDIO, time=NOON + 2 * KEPT, settings={}, tags={})
        self.observe(store, back)

        assert self.owners(stack) == {self.KEY: None}

    def test_it_is_written_when_it_changes(self, stack: Stack, store: DynamoRecordStore) -> None:
        first = Record(state=apply_inputs(Resource(arn=STUDIO), [self.key_seen(self.KEY, NOON)]))
        assert given(stack, store, first) == ["owner", "record"]

        again = apply_inputs(first.state, [self.key_seen(self.KEY, NOON + KEPT)])
        assert given(stack, store, replace(first, state=again)) == ["record"]


def test_errors_name_the_call(stack: Stack) -> None:
    store = DynamoRecordStore(stack.client("dynamodb"), "missing")

    with pytest.raises(PermanentError, match="dynamodb:GetItem: ResourceNotFoundException"):
        store.load(STUDIO)


def test_a_table_that_cannot_be_reached_may_be_there_later(stack: Stack) -> None:
    def away(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    stack.client("dynamodb").meta.events.register("before-call", away)

    with pytest.raises(TemporaryError, match="dynamodb:GetItem: EndpointConnectionError"):
        DynamoRecordStore(stack.client("dynamodb"), "Table").load(STUDIO)
