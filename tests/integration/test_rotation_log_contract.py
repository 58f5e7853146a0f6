"""Both rotation logs keep the same promises: the table, and its twin in memory."""

from copy import replace

import pytest

from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog
from streamwarden.adapters.memory import MemoryRotationLog
from streamwarden.domain.arn import Place
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import RotationLog
from streamwarden.services.records import Rotation
from tests.integration.driver import ACCOUNT, NOON, REGION, Stack, arn_of

STUDIO = arn_of("studio")
ROTATION = Rotation(
    id="studio-20260314T120000Z",
    channel_arn=STUDIO,
    channel_name="studio",
    old_key_arn="arn:aws:ivs:eu-west-1:123456789012:stream-key/old",
    tags={"team": "news"},
    minted_at=NOON,
    rule_id="fresh-keys",
)


@pytest.fixture(params=["memory", "dynamodb"])
def log(request: pytest.FixtureRequest) -> RotationLog:
    if request.param == "memory":
        return MemoryRotationLog()
    stack: Stack = request.getfixturevalue("stack")
    place = Place(account=ACCOUNT, region=REGION)
    return DynamoRotationLog(stack.client("dynamodb"), "Table", place)


def test_nothing_is_unfinished_at_first(log: RotationLog) -> None:
    assert log.unfinished(STUDIO) is None
    assert list(log.all_unfinished()) == []


@pytest.mark.parametrize("old_key_arn", [None, ROTATION.old_key_arn])
def test_what_was_begun_can_be_gone_on_with(log: RotationLog, old_key_arn: str | None) -> None:
    rotation = replace(ROTATION, old_key_arn=old_key_arn)

    log.begin(rotation)

    assert log.unfinished(STUDIO) == rotation
    assert list(log.all_unfinished()) == [STUDIO]


def test_a_channel_has_one_rotation_at_a_time(log: RotationLog) -> None:
    log.begin(ROTATION)

    with pytest.raises(TemporaryError, match="another rotation of the channel has just begun"):
        log.begin(replace(ROTATION, id="another"))

    assert log.unfinished(STUDIO) == ROTATION


def test_what_is_known_of_a_rotation_is_replaced_as_long_as_it_has_not_changed(
    log: RotationLog,
) -> None:
    log.begin(ROTATION)
    notified = replace(ROTATION, is_held_notified=True)

    log.replace(ROTATION, notified)
    log.replace(ROTATION, replace(ROTATION, rule_id="another"))

    assert log.unfinished(STUDIO) == notified
    log.finish(notified)
    log.replace(notified, ROTATION)
    assert log.unfinished(STUDIO) is None


def test_channels_rotate_apart(log: RotationLog) -> None:
    other = replace(ROTATION, channel_arn=arn_of("other"))

    log.begin(ROTATION)
    log.begin(other)

    assert set(log.all_unfinished()) == {STUDIO, arn_of("other")}


def test_what_is_finished_is_forgotten_and_may_begin_again(log: RotationLog) -> None:
    log.begin(ROTATION)

    log.finish(ROTATION)
    log.finish(ROTATION)

    assert list(log.all_unfinished()) == []
    log.begin(replace(ROTATION, id="next"))


def test_the_end_of_one_rotation_does_not_end_the_next(log: RotationLog) -> None:
    following = replace(ROTATION, id="next")
    log.begin(ROTATION)
    log.finish(ROTATION)
    log.begin(following)

    log.finish(ROTATION)

    assert log.unfinished(STUDIO) == following
