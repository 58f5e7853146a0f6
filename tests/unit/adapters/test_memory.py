"""The promises of the in-memory adapters that the store's contract test does not cover."""

from datetime import UTC, datetime, timedelta

import pytest

from streamwarden.adapters.memory import (
    MemoryOutbox,
    MemoryRotationLog,
    MemorySecretStore,
    MemoryTimers,
)
from streamwarden.domain.verdicts import Action
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import PendingMessages, Rotation, SecretValue

LOBBY = "arn:aws:ivs:eu-west-1:210987654321:channel/lobbyLobby12"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STOP = Action(
    id="lobby/no-marathons/st-1/stop",
    attempt=1,
    kind="stop",
    rule_id="no-marathons",
    resource_arn=LOBBY,
    stream_id="st-1",
    reason="on the air for 1h, which is the limit",
    decided_at=NOON,
)
ROTATION = Rotation(
    id="1",
    channel_arn=LOBBY,
    channel_name="studio",
    old_key_arn=None,
    tags={},
    minted_at=NOON,
    rule_id="fresh-keys",
)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def test_a_timer_replaces_the_channels_earlier_one() -> None:
    timers = MemoryTimers()
    timers.set("a", NOON)
    timers.set("a", NOON + timedelta(hours=1))

    assert timers.take_due(NOON) is None
    assert timers.next_at() == NOON + timedelta(hours=1)


def test_a_timer_can_be_moved_to_an_earlier_moment_and_fires_once() -> None:
    timers = MemoryTimers()
    timers.set("a", NOON + timedelta(hours=1))
    timers.set("a", NOON)

    assert timers.take_due(NOON + timedelta(days=1)) == "a"
    assert timers.take_due(NOON + timedelta(days=1)) is None
    assert timers.next_at() is None


def test_due_timers_fire_in_order_of_time_then_channel() -> None:
    timers = MemoryTimers()
    for channel, minutes in (("c", 0), ("b", 1), ("a", 1)):
        timers.set(channel, NOON + timedelta(minutes=minutes))

    later = NOON + timedelta(minutes=1)
    assert [timers.take_due(later) for _ in range(4)] == ["c", "a", "b", None]


def test_the_outbox_takes_what_was_sent_within_five_minutes_as_sent() -> None:
    clock = Clock()
    outbox = MemoryOutbox(clock)

    for minutes in (0, 4, 6):
        clock.now = NOON + timedelta(minutes=minutes)
        outbox.send(PendingMessages(actions=(STOP,)))

    assert list(outbox.actions) == [STOP, STOP]


def test_only_one_rotation_of_a_channel_can_have_begun() -> None:
    log = MemoryRotationLog()
    log.begin(ROTATION)

    with pytest.raises(TemporaryError):
        log.begin(ROTATION)

    assert (log.unfinished(LOBBY), list(log.all_unfinished())) == (ROTATION, [LOBBY])
    log.finish(ROTATION)
    assert log.unfinished(LOBBY) is None


def test_the_secret_store_keeps_the_key_arn_and_forgets_its_value() -> None:
    secrets = MemorySecretStore()

    name = secrets.publish(LOBBY, "arn:key", SecretValue("sk_eu-west-1_value"))

    assert secrets.key_arns == {name: "arn:key"}
    assert "sk_" not in repr(secrets)
