"""Both sweep logs keep the same promises: the table, and its twin in memory."""

from copy import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from streamwarden.adapters.dynamodb.items import packed
from streamwarden.adapters.dynamodb.sweeps import DynamoSweepLog
from streamwarden.adapters.memory import MemorySweepLog
from streamwarden.domain.actions.base.calls import LiveStream
from streamwarden.domain.arn import Place, ResourceType
from streamwarden.domain.inputs import Health
from streamwarden.services.errors import VersionConflict
from streamwarden.services.ports import SweepLog
from streamwarden.services.records import ListedResource
from streamwarden.services.unfinished_sweep import (
    FinishedSweep,
    Listing,
    Marks,
    RunningSweep,
    Together,
    UnfinishedSweep,
    Uses,
    begun_at,
)
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack, arn_of

PLACE = Place(account=ACCOUNT, region=REGION)
STUDIO = arn_of("studio")
BEGUN = RunningSweep(holder="one", held_until=NOON, tries=1, unfinished=begun_at(NOON, ""))
FAR = UnfinishedSweep(
    began_at=NOON,
    listed=Marks("salt").with_arns([STUDIO]),
    listing=Listing.CHANNELS,
    token="next",
    streams=(
        LiveStream(channel_arn=STUDIO, stream_id="st-1", health=Health.HEALTHY, start_time=NOON),
    ),
    uses=Uses(channels=1, private=1, by_arn={"arn": 1}),
    together=Together(
        tags={STUDIO: {"team": "news"}},
        spent={"team": {"news": {"week Europe/Berlin": timedelta(seconds=1.5)}}},
    ),
    others={ResourceType.PLAYBACK_KEY_PAIR: (ListedResource(arn="arn", settings={}, tags={}),)},
    differences=3,
    outdated=2,
    rechecked=1,
    restarted=(Listing.STREAMS,),
)
FINISHED = FinishedSweep(
    began_at=NOON,
    finished_at=NOON + timedelta(seconds=9),
    decided_under="enforce:4f",
    channels=12,
    streams=3,
    differences=1,
    outdated=2,
    rechecked=2,
)


@pytest.fixture(params=["memory", "dynamodb"])
def log(request: pytest.FixtureRequest) -> SweepLog:
    if request.param == "memory":
        return MemorySweepLog()
    stack: Stack = request.getfixturevalue("stack")
    return DynamoSweepLog(stack.client("dynamodb"), "Table", PLACE)


def test_no_sweep_is_under_way_at_first(log: SweepLog) -> None:
    assert log.running() is None


def test_what_a_sweep_has_read_is_kept(log: SweepLog) -> None:
    begun = log.save(BEGUN, None)

    handed_on = log.save(replace(BEGUN, holder="", tries=0, unfinished=FAR), begun)

    assert log.running() == handed_on
    assert handed_on.unfinished == FAR


def test_of_two_that_begin_at_once_one_is_kept(log: SweepLog) -> None:
    begun = log.save(BEGUN, None)

    with pytest.raises(VersionConflict):
        log.save(replace(BEGUN, holder="two"), None)

    assert log.running() == begun


def test_of_two_that_go_on_at_once_one_is_kept(log: SweepLog) -> None:
    begun = log.save(BEGUN, None)
    second = log.save(replace(BEGUN, holder="two"), begun)

    with pytest.raises(VersionConflict):
        log.save(replace(BEGUN, holder="three"), begun)

    assert log.running() == second


def test_only_the_sweep_that_is_finished_is_forgotten_and_is_the_last_one(log: SweepLog) -> None:
    begun = log.save(BEGUN, None)
    second = log.save(replace(BEGUN, holder="two"), begun)

    log.finish(begun, FINISHED)
    assert (log.running(), log.last()) == (second, None)

    log.finish(second, FINISHED)
    assert (log.running(), log.last()) == (None, FINISHED)


@pytest.mark.parametrize(
    "change",
    [
        {"format": {"N": "999"}, "document": {"B": b"another shape"}},
        {"document": {"B": b"damaged"}},
        # A newer version lists another type of resource, and its format is the same.
        {"document": packed({**msgspec.to_builtins(FAR), "others": {"edge_cache": []}})},
    ],
    ids=["format", "damage", "resource type"],
)
def test_what_another_version_has_read_counts_as_nothing(
    stack: Stack, change: dict[str, Any]
) -> None:
    log = DynamoSweepLog(stack.client("dynamodb"), "Table", PLACE)
    log.save(replace(BEGUN, unfinished=FAR), None)
    (item,) = stack.items()
    stack.client("dynamodb").put_item(TableName="Table", Item={**item, **change})

    running = log.running()

    assert running is not None
    assert (running.holder, running.unfinished.has_read) == ("one", False)
