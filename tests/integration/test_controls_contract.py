"""Controls and breakers in the table keep the promises of their twins in memory."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from streamwarden.adapters.dynamodb.controls import DynamoBreakers, DynamoControls
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.requests import DynamoActionLookup
from streamwarden.adapters.memory import (
    MemoryActionLookup,
    MemoryBreakers,
    MemoryControls,
    MemoryRecordStore,
)
from streamwarden.domain.arn import Place, account_arn
from streamwarden.domain.breaker import Breaker, Passed
from streamwarden.domain.commands import PauseActions, ResumeActions
from streamwarden.domain.observations import apply_inputs
from streamwarden.domain.state.controls import NO_CONTROLS, Sender
from streamwarden.domain.verdicts import Action
from streamwarden.services.errors import PermanentError, VersionConflict
from streamwarden.services.ports import ActionLookup, BreakerStore, ControlsLookup, RecordStore
from streamwarden.services.records import Record, StoredBreaker
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack

PLACE = Place(account=ACCOUNT, region=REGION)
WHOLE = account_arn(ACCOUNT, REGION)
CHANNEL = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/studio"
AUTHOR = Sender(id="AIDAEXAMPLE")
BREAKER = Breaker(passed=(Passed("a", NOON), Passed("b", NOON)))


class Breakers(NamedTuple):
    """Breakers, and how enforce reads them before an action."""

    store: BreakerStore
    lookup: ActionLookup

    def load(self, place: Place, rule_id: str) -> StoredBreaker:
        arn = f"arn:aws:ivs:{place.region}:{place.account}:channel/studio"
        return self.lookup.before(action_on(arn, rule_id)).breaker()

    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        self.store.save(place, rule_id, breaker, before)


def action_on(resource_arn: str, rule_id: str) -> Action:
    return Action(
        id="an/action",
        attempt=1,
        kind="stop",
        rule_id=rule_id,
        resource_arn=resource_arn,
        stream_id=None,
        reason="a test",
        decided_at=NOON,
    )


@pytest.fixture(params=["memory", "dynamodb"])
def breakers(request: pytest.FixtureRequest) -> Breakers:
    if request.param == "memory":
        memory = MemoryBreakers()
        return Breakers(memory, MemoryActionLookup(MemoryRecordStore(), memory))
    stack: Stack = request.getfixturevalue("stack")
    client = stack.client("dynamodb")
    return Breakers(DynamoBreakers(client, "Table"), DynamoActionLookup(client, "Table"))


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> tuple[RecordStore, ControlsLookup]:
    if request.param == "memory":
        store = MemoryRecordStore()
        return store, MemoryControls(store)
    stack: Stack = request.getfixturevalue("stack")
    client = stack.client("dynamodb")
    return DynamoRecordStore(client, "Table"), DynamoControls(client, "Table")


def test_a_breaker_is_kept_and_one_that_nothing_passed_is_empty(breakers: Breakers) -> None:
    first = breakers.load(PLACE, "limit")
    breakers.save(PLACE, "limit", BREAKER, first)

    assert first == StoredBreaker()
    assert breakers.load(PLACE, "limit").breaker == BREAKER
    assert breakers.load(PLACE, "other") == StoredBreaker()
    assert breakers.load(Place(account=ACCOUNT, region="us-east-1"), "limit") == StoredBreaker()


def test_whoever_counts_second_is_refused(breakers: Breakers) -> None:
    for _ in range(2):
        before = breakers.load(PLACE, "limit")
        breakers.save(PLACE, "limit", BREAKER, before)
        with pytest.raises(VersionConflict):
            breakers.save(PLACE, "limit", Breaker(tripped_at=NOON), before)


def save(store: RecordStore, *commands: PauseActions | ResumeActions) -> Record:
    before = store.load(WHOLE)
    after = apply_inputs(before.state, commands)
    return store.save(Record(state=after, version=before.version), before)


def test_what_is_set_for_the_account_is_read_at_once(
    stores: tuple[RecordStore, ControlsLookup],
) -> None:
    store, controls = stores
    said: dict[str, Any] = {"resource_arn": WHOLE, "author": AUTHOR, "reason": "a test"}
    pause = PauseActions(time=NOON, **said)
    resume = ResumeActions(time=NOON + timedelta(hours=1), **said)

    at_first = controls.of(PLACE)
    save(store, pause)
    paused = controls.of(PLACE)
    save(store, resume, pause)
    resumed = controls.of(PLACE)

    assert at_first == NO_CONTROLS
    assert paused.pause is not None
    assert paused.pause.value is not None
    assert resumed.pause is not None
    assert resumed.pause.value is None


def test_a_record_is_read_with_what_is_set_for_its_account(
    stores: tuple[RecordStore, ControlsLookup],
) -> None:
    store, controls = stores
    pause = PauseActions(resource_arn=WHOLE, author=AUTHOR, reason="a test", time=NOON)

    at_first = store.load_with_controls(CHANNEL)
    save(store, pause)
    of_channel, read = store.load_with_controls(CHANNEL)
    of_account, _ = store.load_with_controls(WHOLE)

    assert (at_first[0], at_first[1]()) == (store.load(CHANNEL), NO_CONTROLS)
    assert of_channel == store.load(CHANNEL)
    assert read() == controls.of(PLACE) != NO_CONTROLS
    assert of_account == store.load(WHOLE)
    assert of_account.version == 1


def test_controls_that_cannot_be_read_are_no_controls_that_allow(stack: Stack) -> None:
    key = {"pk": {"S": f"controls/{ACCOUNT}#{REGION}"}, "sk": {"S": "controls"}}
    client = stack.client("dynamodb")
    client.put_item(TableName="Table", Item={**key, "document": {"S": '{"pause": 7}'}})

    with pytest.raises(PermanentError, match="controls"):
        DynamoControls(client, "Table").of(PLACE)
    with pytest.raises(PermanentError, match="controls"):
        DynamoActionLookup(client, "Table").before(action_on(WHOLE, "limit")).controls()
    with pytest.raises(PermanentError, match="controls"):
        DynamoRecordStore(client, "Table").load_with_controls(CHANNEL)[1]()
