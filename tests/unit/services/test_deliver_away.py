"""A destination that is away: what waits for it is tried, and given up only after three days."""

from datetime import timedelta

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import Failed
from streamwarden.services.errors import TemporaryError
from testbed.notified_world import (
    CHAT,
    Killed,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)
from testbed.played_service import refusing, takes_all

RESOLVED = NotificationStatus.RESOLVED
AWAY = refusing(TemporaryError("away"))


def test_what_is_sent_back_after_an_outage_is_tried_first() -> None:
    world = NotifiedWorld()
    world.chat.answer = AWAY
    world.tell(news(1))
    world.pass_time(days=3, hours=3)
    world.chat.answer = takes_all

    world.revive(news(1))
    world.pass_time(minutes=1)

    assert len(world.dead) == 1
    assert world.chat.delivered_ids == ["n-1-opened"]


def test_what_is_sent_back_within_an_outage_is_kept_for_three_days_again() -> None:
    world = NotifiedWorld()
    world.chat.answer = AWAY
    world.tell(news(1))
    world.pass_time(days=4)

    world.revive(news(1))
    world.pass_time(days=2)
    world.chat.answer = takes_all
    world.pass_time(hours=2)

    assert len(world.dead) == 1
    assert world.chat.delivered_ids == ["n-1-opened"]


def test_what_a_silence_holds_is_not_given_up_with_the_rest() -> None:
    world = NotifiedWorld(controls=silenced(24 * 5))
    world.chat.answer = AWAY
    world.tell(news(1), news(2, rule_id="owned"))
    world.pass_time(days=4)
    world.chat.answer = takes_all

    world.pass_time(days=2)

    assert [each for _, each, _ in world.dead] == ["n-2-opened"]
    assert world.chat.delivered_ids == ["n-1-opened"]


def test_one_failure_before_a_silence_of_days_and_one_after_it_are_no_outage() -> None:
    world = NotifiedWorld()
    world.chat.answer = AWAY
    world.tell(news(1))
    world.pass_time(seconds=12)
    world.controls = silenced(24 * 4)
    world.pass_time(days=4)
    world.chat.answer = takes_all

    world.pass_time(hours=2)

    assert world.dead == []
    assert world.chat.delivered_ids == ["n-1-opened"]


def test_a_service_that_outlasts_the_function_is_left_alone_and_given_up() -> None:
    world = NotifiedWorld()

    def outlast(now: object, message: Message) -> None:
        if "n-1-opened" in [each.id for each in message.notifications]:
            raise Killed

    world.chat.answer = outlast
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.tell(news(2, severity=Severity.CRITICAL, at=world.now))
    world.pass_time(days=5)

    failures = [each for _, each in world.events if isinstance(each, Failed)]
    ((_, dead, reason),) = world.dead
    assert dead == "n-1-opened"
    assert reason == "the destination is away for 3d: the function ended before it answered"
    assert 70 < world.chat.asked < 120
    assert len(failures) > 70
    assert world.chat.delivered_ids == ["n-2-opened"]


def test_a_reminder_that_outlasts_the_function_is_left_alone_too() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=timedelta(hours=1)))
    world.tell(news(1))
    world.pass_time(minutes=10)
    before = world.chat.asked
    world.chat.answer = refusing(Killed())

    world.pass_time(days=1)

    assert 20 < world.chat.asked - before < 40


def test_an_end_that_is_sent_back_after_an_outage_resolves_what_was_told() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=timedelta(hours=1)))
    world.tell(news(1))
    world.pass_time(minutes=2)
    end = news(1, RESOLVED, at=world.now)
    world.chat.answer = AWAY
    world.tell(end)
    world.pass_time(days=3, hours=3)
    world.chat.answer = takes_all

    for _ in range(2):  # a message of a queue may come twice
        world.revive(end)
        world.pass_time(hours=3)

    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]
    assert not world.deliveries.opens(CHAT)
