"""Both channel stores keep the same promises: the table, and its twin in memory."""

from copy import replace
from typing import Any

import pytest

from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.memory import MemoryFleetIndex, MemoryRecordStore
from streamwarden.domain.arn import Place
from streamwarden.domain.decide import decide
from streamwarden.domain.decision import Effect, Repetition, ShareNotified, Standing
from streamwarden.domain.inputs import Input, Recheck
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.resource import Resource
from streamwarden.services.errors import VersionConflict
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ports import FleetIndex, RecordStore
from streamwarden.services.records import PendingMessages, Record
from testbed import builders
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack, arn_of

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
    return store.save(record, store.load(record.state.arn))


def plain() -> Record:
    return Record(state=Resource(arn=STUDIO))


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
    state = builders.state_from(*given)
    decision = decide(state, Standing(), builders.every_kind(), builders.at(3))
    assert decision.breaches
    assert decision.actions
    assert decision.standing.incidents
    return Record(
        state=state,
        standing=replace(
            decision.standing,
            pending_since={"max-duration/st-1": builders.at(2)},
            notification_history={"max-duration/st-1": builders.at(2, 30)},
            repetitions={
                "key-drift": (
                    Repetition("ZbTVnV", builders.at(1)),
                    Repetition("", builders.at(2)),
                )
            },
            shares_notified={
                "viewer-ceiling": ShareNotified(80),
                "tag-limit": ShareNotified(90, builders.at(2)),
            },
            recordings_notified=frozenset({"r9vmu7yL1GbrKOC2", "b2Kx81LmQ0tYwz7P"}),
            deployed=builders.DEPLOYMENT,
            effects={
                "required-tags": {
                    "tag": Effect(2, 2, builders.at(1)),
                    "tag/600s": Effect(3, 5, builders.at(1), builders.at(2)),
                }
            },
        ),
        pending=PendingMessages(actions=decision.actions, notifications=decision.notifications),
        timer_at=builders.at(3, 5, 0.25),
    )


def test_a_channel_never_known_of_is_an_empty_record(store: RecordStore) -> None:
    assert store.load(STUDIO) == Record(state=Resource(arn=STUDIO))


def test_what_is_saved_is_loaded(store: RecordStore) -> None:
    record = rich()

    saved_record = saved(store, record)

    assert store.load(record.state.arn) == saved_record == replace(record, version=1)


def test_each_save_counts_as_a_version(store: RecordStore) -> None:
    first = saved(store, plain())
    second = saved(store, replace(first, timer_at=NOON))

    assert (first.version, second.version) == (1, 2)


def test_a_save_on_a_stale_version_changes_nothing(store: RecordStore) -> None:
    stale = saved(store, plain())
    winner = store.save(replace(stale, timer_at=NOON), stale)

    with pytest.raises(VersionConflict) as conflict:
        store.save(replace(plain(), standing=rich().standing), stale)

    assert store.load(STUDIO) == winner == conflict.value.found


def test_messages_that_others_have_to_send_are_not_passed_over(store: RecordStore) -> None:
    stale = saved(store, replace(rich(), pending=PendingMessages()))
    winner = store.save(replace(rich(), version=1), stale)

    with pytest.raises(VersionConflict) as conflict:
        store.save(rich(), stale)

    assert conflict.value.found in (None, winner)


def test_what_others_have_saved_is_found_also_by_a_transaction(store: RecordStore) -> None:
    stale = saved(store, plain())
    winner = store.save(replace(stale, timer_at=NOON), stale)

    with pytest.raises(VersionConflict) as conflict:
        store.save(replace(plain(), pending=rich().pending), stale)

    assert conflict.value.found == winner


def test_only_one_of_two_first_saves_succeeds(store: RecordStore) -> None:
    empty = store.load(STUDIO)
    saved(store, plain())

    with pytest.raises(VersionConflict):
        store.save(plain(), empty)


def test_channels_do_not_mix(store: RecordStore) -> None:
    saved(store, rich())

    assert store.load(STUDIO).version == 0


class TestKeys:
    """Whose a stream key is, or was."""

    def channel(self, store: RecordStore, *inputs: Input) -> Record:
        state = apply_inputs(store.load(builders.CHANNEL).state, inputs)
        return saved(store, Record(state=state))

    def test_a_key_that_no_record_knows_is_nobodys(self, store: RecordStore) -> None:
        self.channel(store, builders.stream_start(builders.at()))

        assert store.channel_of(builders.KEY) is None

    @pytest.mark.parametrize(
        "given",
        [
            builders.channel_created(builders.at()),
            builders.key_created(builders.at()),
            builders.key_observed(builders.at()),
        ],
    )
    def test_a_key_is_that_of_the_channel_that_has_it(
        self, store: RecordStore, given: Input
    ) -> None:
        self.channel(store, given)

        assert store.channel_of(builders.KEY) == builders.CHANNEL

    def test_a_key_that_was_replaced_is_known_for_what_comes_late(self, store: RecordStore) -> None:
        self.channel(store, builders.key_created(builders.at()))
        self.channel(store, builders.key_created(builders.at(1), key_arn=builders.NEW_KEY))

        assert store.channel_of(builders.KEY) == builders.CHANNEL
        assert store.channel_of(builders.NEW_KEY) == builders.CHANNEL

    def test_a_deleted_key_is_known_for_what_comes_late(self, store: RecordStore) -> None:
        self.channel(store, builders.key_created(builders.at()))
        self.channel(store, builders.key_deleted(builders.at(1)))

        assert store.channel_of(builders.KEY) == builders.CHANNEL

    def test_a_key_that_is_known_of_when_it_is_replaced_already_is_known_too(
        self, store: RecordStore
    ) -> None:
        self.channel(store, builders.key_created(builders.at(1), key_arn=builders.NEW_KEY))
        self.channel(store, builders.channel_created(builders.at()))

        assert store.channel_of(builders.KEY) == builders.CHANNEL
        assert store.channel_of(builders.NEW_KEY) == builders.CHANNEL

    def test_what_does_not_change_the_key_leaves_it_with_its_channel(
        self, store: RecordStore
    ) -> None:
        self.channel(store, builders.key_created(builders.at()))
        self.channel(store, builders.tags_set(builders.at(1), {"a": "b"}, arn=builders.KEY))

        assert store.channel_of(builders.KEY) == builders.CHANNEL


def test_records_of_all_kinds_are_kept_alike(store: RecordStore) -> None:
    state = builders.state_from(
        builders.key_pair_imported(builders.at(), tags={"team": "news"}),
        builders.tags_removed(builders.at(1), "team", arn=builders.KEY_PAIR),
        arn=builders.KEY_PAIR,
    )

    record = saved(store, Record(state=state))

    assert store.load(builders.KEY_PAIR) == record


def test_the_index_holds_an_entry_for_each_channel(store: RecordStore, index: FleetIndex) -> None:
    for name in ("a", "b", "c"):
        seen = Recheck(resource_arn=arn_of(name), time=NOON)
        state = apply_inputs(Resource(arn=arn_of(name)), [seen])
        saved(store, Record(state=state, timer_at=NOON))
    of_studio = replace(rich(), state=replace(rich().state, arn=STUDIO))
    saved(store, of_studio)

    found = sorted(index.entries(), key=lambda entry: entry.resource_arn)

    assert [entry.resource_arn for entry in found] == [
        arn_of("a"),
        arn_of("b"),
        arn_of("c"),
        STUDIO,
    ]
    assert found == [fleet_entry(store.load(entry.resource_arn)) for entry in found]
    assert [entry.has_pending for entry in found] == [False, False, False, True]


def test_the_index_leaves_out_other_accounts(store: RecordStore, index: FleetIndex) -> None:
    saved(store, rich())

    assert list(index.entries()) == []


def test_the_newest_entries_of_a_ledger_come_first(store: RecordStore) -> None:
    assert list(store.newest_entries(STUDIO)) == []
    record = saved(store, plain())
    for number in range(3):
        entry = Entry(resource_arn=STUDIO, at=NOON, decided_under=f"{number}", causes=(), inputs=1)
        record = store.save(replace(record, entries=(entry,)), record)

    newest = [each.decided_under for each in store.newest_entries(STUDIO)]

    assert newest[:2] == ["2", "1"]
