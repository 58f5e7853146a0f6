"""What only the table promises: small writes, and the expiry of what is over."""

from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from streamwarden.adapters.dynamodb import DynamoRecordStore
from streamwarden.domain.inputs import (
    Health,
    Input,
    KeyObserved,
    ResourceListed,
    ResourceNotListed,
    StreamListed,
    StreamNotListed,
)
from streamwarden.domain.knowledge.resource import Recording, Resource, Session
from streamwarden.domain.learn import learn
from streamwarden.services.ports import Record, Refused, TryAgain
from tests.integration.driver import NOON, Stack, arn_of

STUDIO = arn_of("studio")
KEPT = timedelta(days=3)


@pytest.fixture
def store(stack: Stack) -> DynamoRecordStore:
    return DynamoRecordStore(stack.client("dynamodb"), "Table")


def record_of(*sessions: Session, **more: Any) -> Record:
    known = Resource(arn=STUDIO, sessions={each.stream_id: each for each in sessions}, **more)
    return Record(known=known)


def live(stream_id: str, start: datetime) -> Session:
    return Session(stream_id=stream_id, on_air_at=start, last_seen_at=start)


def expiries(stack: Stack) -> dict[str, datetime | None]:
    """When each item goes, by sort key."""
    return {
        item["sk"]["S"]: datetime.fromtimestamp(int(item["expires_at"]["N"]), NOON.tzinfo)
        if "expires_at" in item
        else None
        for item in stack.items()
    }


def written(stack: Stack, store: DynamoRecordStore, after: Record) -> list[str]:
    """The sort keys that a save writes."""
    before = store.load(STUDIO)
    puts: list[str] = []

    def spy(params: dict[str, Any], **_: Any) -> None:
        puts.extend(each["Put"]["Item"]["sk"]["S"] for each in params["TransactItems"])

    name = "provide-client-params.dynamodb.TransactWriteItems"
    store.client.meta.events.register(name, spy)
    store.save(after, before)
    store.client.meta.events.unregister(name, spy)
    return sorted(puts)


def test_only_the_parts_that_changed_are_written(stack: Stack, store: DynamoRecordStore) -> None:
    old = replace(live("st-old", NOON), ended_at=NOON)
    recording = Recording(recording_id="r-1", started_at=NOON)
    first = record_of(old, live("st-new", NOON + KEPT), recordings={"r-1": recording})
    store.save(first, store.load(STUDIO))
    recovered = replace(live("st-new", NOON + KEPT), recovered_at=NOON + KEPT)

    after = record_of(old, recovered, recordings={"r-1": recording})

    assert written(stack, store, after) == ["record", "session#st-new"]


def test_what_goes_on_does_not_expire(stack: Stack, store: DynamoRecordStore) -> None:
    recording = Recording(recording_id="r-1", started_at=NOON)

    store.save(record_of(live("st-1", NOON), recordings={"r-1": recording}), store.load(STUDIO))

    assert expiries(stack) == {"record": None, "session#st-1": None, "recording#r-1": None}


def test_what_is_over_expires(stack: Stack, store: DynamoRecordStore) -> None:
    end = NOON + timedelta(hours=1)
    ended = replace(live("st-1", NOON), ended_at=end, last_ended_at=end)
    recording = Recording(recording_id="r-1", started_at=NOON, ended_at=NOON)

    store.save(record_of(ended, recordings={"r-1": recording}), store.load(STUDIO))

    assert expiries(stack) == {
        "record": None,
        "session#st-1": NOON + timedelta(hours=1) + KEPT,
        "recording#r-1": NOON + KEPT,
    }


def test_a_session_that_the_next_one_ends_expires(stack: Stack, store: DynamoRecordStore) -> None:
    first, second = live("st-1", NOON), live("st-2", NOON + KEPT)
    before = store.save(record_of(first), store.load(STUDIO))

    store.save(record_of(first, second), before)

    assert expiries(stack)["session#st-1"] == NOON + KEPT
    assert expiries(stack)["session#st-2"] is None


def test_a_session_whose_end_was_lost_expires(stack: Stack, store: DynamoRecordStore) -> None:
    before = store.save(record_of(live("st-1", NOON)), store.load(STUDIO))
    absent = StreamNotListed(resource_arn=STUDIO, time=NOON + KEPT)

    store.save(replace(before, known=learn(before.known, [absent])), before)

    assert expiries(stack)["session#st-1"] == NOON + KEPT


def test_a_session_seen_again_no_longer_expires(stack: Stack, store: DynamoRecordStore) -> None:
    absent = StreamNotListed(resource_arn=STUDIO, time=NOON + KEPT)
    known = learn(record_of(live("st-1", NOON)).known, [absent])
    before = store.save(Record(known=known), store.load(STUDIO))
    assert expiries(stack)["session#st-1"] is not None
    listed = StreamListed(
        resource_arn=STUDIO,
        time=NOON + 2 * KEPT,
        stream_id="st-1",
        health=Health.HEALTHY,
        start_time=NOON,
    )

    store.save(replace(before, known=learn(known, [listed])), before)

    assert expiries(stack)["session#st-1"] is None


def test_a_channel_that_is_gone_expires(stack: Stack, store: DynamoRecordStore) -> None:
    deleted = ResourceNotListed(resource_arn=STUDIO, time=NOON)
    gone = Record(known=learn(Resource(arn=STUDIO), [deleted]))

    before = store.save(gone, store.load(STUDIO))

    expiry = expiries(stack)["record"]
    assert expiry is not None
    assert expiry >= NOON + KEPT - timedelta(minutes=1)
    back = ResourceListed(resource_arn=STUDIO, time=NOON + KEPT, settings={}, tags={})
    store.save(replace(before, known=learn(before.known, [back])), before)
    assert expiries(stack) == {"record": None}


class TestOwnersOfStreamKeys:
    """A key's own partition names its channel, as long as events about it may come."""

    KEY, NEW_KEY = "arn:of/key", "arn:of/new-key"

    def observe(self, store: DynamoRecordStore, *inputs: Input) -> Record:
        before = store.load(STUDIO)
        return store.save(replace(before, known=learn(before.known, inputs)), before)

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
        first = Record(known=learn(Resource(arn=STUDIO), [self.key_seen(self.KEY, NOON)]))
        assert written(stack, store, first) == ["owner", "record"]

        again = learn(first.known, [self.key_seen(self.KEY, NOON + KEPT)])
        assert written(stack, store, replace(first, known=again)) == ["record"]


def test_errors_name_the_call(stack: Stack) -> None:
    store = DynamoRecordStore(stack.client("dynamodb"), "missing")

    with pytest.raises(Refused, match="dynamodb:Query: ResourceNotFoundException"):
        store.load(STUDIO)


def test_a_table_that_cannot_be_reached_may_be_there_later(stack: Stack) -> None:
    def away(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    stack.client("dynamodb").meta.events.register("before-call", away)

    with pytest.raises(TryAgain, match="dynamodb:Query: EndpointConnectionError"):
        DynamoRecordStore(stack.client("dynamodb"), "Table").load(STUDIO)
