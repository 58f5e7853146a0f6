"""Both channel stores keep the same promises: the table, and its twin in memory."""

from copy import replace
from typing import Any

import pytest

from streamwarden.adapters.dynamodb import DynamoFleetIndex, DynamoRecordStore
from streamwarden.adapters.memory import MemoryFleetIndex, MemoryRecordStore
from streamwarden.domain.arn import Place
from streamwarden.domain.decide import decide
from streamwarden.domain.inputs import LookAgain
from streamwarden.domain.learn import learn
from streamwarden.domain.resource import Resource
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ports import (
    FleetIndex,
    Record,
    RecordStore,
    Superseded,
    Unsent,
)
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack, arn_of
from tests.unit.domain import builders

type Pair = tuple[RecordStore, FleetIndex]

STUDIO = arn_of("studio")
PLACE = Place(account=ACCOUNT, region=REGION)


def _two_a_page(params: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Pages end at 1 MB; here at two items, so that everything takes several."""
    return {**params, "Limit": 2}


@pytest.fixture(params=["memory", "dynamodb"])
def pair(request: pytest.FixtureRequest) -> Pair:
    if request.param == "memory":
        memory = MemoryRecordStore()
        return memory, MemoryFleetIndex(memory, ACCOUNT, REGION)
    stack: Stack = request.getfixturevalue("stack")
    client = stack.client("dynamodb")
    client.meta.events.register("provide-client-params.dynamodb.Query", _two_a_page)
    return DynamoRecordStore(client, "Table"), DynamoFleetIndex(client, "Table", PLACE)


@pytest.fixture
def store(pair: Pair) -> RecordStore:
    return pair[0]


@pytest.fixture
def index(pair: Pair) -> FleetIndex:
    return pair[1]


def saved(store: RecordStore, record: Record) -> Record:
    return store.save(record, store.load(record.known.arn))


def plain() -> Record:
    return Record(known=Resource(arn=STUDIO))


def rich() -> Record:
    """A record with something in every place."""
    given = [
        builders.channel_created(builders.at(), tags={"env": "test"}, insecureIngest=True),
        builders.stream_start(builders.at(1)),
        builders.starvation_start(builders.at(1, 5)),
        builders.limit_breach(builders.at(1, 6)),
        builders.recording_start(builders.at(1, 7)),
        builders.recording_start_failure(builders.at(1, 8), builders.NEXT_RECORDING),
        builders.tags_removed(builders.at(1, 9), "env"),
        builders.action_finished(builders.at(1, 10), "an/action"),
    ]
    known = builders.known_from(*given)
    decision = decide(known, {}, builders.every_kind(), builders.at(3))
    assert decision.breaches
    assert decision.actions
    return Record(
        known=known,
        breaches=decision.breaches,
        unsent=Unsent(actions=decision.actions, notices=decision.notices),
        timer_at=builders.at(3, 5, 0.25),
    )


def test_a_channel_never_heard_of_is_an_empty_record(store: RecordStore) -> None:
    assert store.load(STUDIO) == Record(known=Resource(arn=STUDIO))


def test_what_is_saved_is_loaded(store: RecordStore) -> None:
    record = rich()

    saved_record = saved(store, record)

    assert store.load(record.known.arn) == saved_record == replace(record, version=1)


def test_each_save_counts_as_a_version(store: RecordStore) -> None:
    first = saved(store, plain())
    second = saved(store, replace(first, timer_at=NOON))

    assert (first.version, second.version) == (1, 2)


def test_a_save_on_a_stale_version_changes_nothing(store: RecordStore) -> None:
    stale = saved(store, plain())
    winner = store.save(replace(stale, timer_at=NOON), stale)

    with pytest.raises(Superseded):
        store.save(replace(plain(), breaches=rich().breaches), stale)

    assert store.load(STUDIO) == winner


def test_only_one_of_two_first_saves_succeeds(store: RecordStore) -> None:
    empty = store.load(STUDIO)
    saved(store, plain())

    with pytest.raises(Superseded):
        store.save(plain(), empty)


def test_channels_do_not_mix(store: RecordStore) -> None:
    saved(store, rich())

    assert store.load(STUDIO).version == 0


def test_the_index_holds_an_entry_for_each_channel(store: RecordStore, index: FleetIndex) -> None:
    for name in ("a", "b", "c"):
        seen = LookAgain(resource_arn=arn_of(name), time=NOON)
        known = learn(Resource(arn=arn_of(name)), [seen])
        saved(store, Record(known=known, timer_at=NOON))
    of_studio = replace(rich(), known=replace(rich().known, arn=STUDIO))
    saved(store, of_studio)

    found = sorted(index.entries(), key=lambda entry: entry.resource_arn)

    assert [entry.resource_arn for entry in found] == [
        arn_of("a"),
        arn_of("b"),
        arn_of("c"),
        STUDIO,
    ]
    assert found == [fleet_entry(store.load(entry.resource_arn)) for entry in found]
    assert [entry.has_unsent for entry in found] == [False, False, False, True]


def test_the_index_leaves_out_other_accounts(store: RecordStore, index: FleetIndex) -> None:
    saved(store, rich())

    assert list(index.entries()) == []
