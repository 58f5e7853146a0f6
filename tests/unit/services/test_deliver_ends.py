"""What was told is ended once, in the same place, also where it begins again or was given up."""

from datetime import timedelta
from functools import partial

import pytest

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import MessageRefused, PermanentError, TemporaryError, Unanswered
from testbed.notified_world import (
    CHAT,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)
from testbed.played_service import refusing, takes_all

OPENED, RESOLVED = NotificationStatus.OPENED, NotificationStatus.RESOLVED
REPEATED, CHANGED = NotificationStatus.REPEATED, NotificationStatus.CHANGED
ACKNOWLEDGED = NotificationStatus.ACKNOWLEDGED
SECOND = timedelta(seconds=1)
# A quarantine has the same key each time.
quarantine = partial(news, 1, incident="quarantine")


refuse_all = refusing(TemporaryError("away"))


def test_an_incident_that_begins_again_and_repeats_while_its_end_waits_is_one_open_incident() -> (
    None
):
    world = NotifiedWorld(limits={CHAT: Limits(largest=1)})
    world.tell(quarantine())
    world.pass_time(minutes=1)
    world.chat.answer = refuse_all
    at = world.now
    world.tell(quarantine(RESOLVED, at=at, id="released"))
    world.tell(quarantine(at=at + SECOND, id="again"))
    world.tell(quarantine(REPEATED, at=at + 2 * SECOND, id="strike"))
    world.chat.answer = takes_all

    world.pass_time(hours=1)

    assert world.chat.delivered_ids == ["n-1-opened", "released", "again", "strike"]
    assert [each.last.id for each in world.deliveries.opens(CHAT)] == ["strike"]


def test_what_was_told_is_resolved_where_it_begins_and_ends_again_within_a_silence() -> None:
    world = NotifiedWorld()
    world.tell(news(1))
    world.pass_time(minutes=2)
    world.chat.answer = refuse_all
    world.tell(news(9, at=world.now))
    world.pass_time(minutes=1)
    at = world.now
    world.controls = silenced(hours=6, severity=Severity.CRITICAL)
    world.tell(news(1, RESOLVED, at=at, id="first end"))
    world.tell(news(1, at=at + SECOND, id="again"))
    world.tell(news(1, RESOLVED, at=at + 2 * SECOND, id="last end"))
    world.pass_time(minutes=3)
    world.chat.answer = takes_all

    world.pass_time(hours=1)

    assert world.chat.delivered_ids == ["n-1-opened", "last end"]
    assert "incident-1" not in {each.key for each in world.deliveries.opens(CHAT)}


def test_what_may_have_been_taken_is_resolved_also_after_it_was_given_up() -> None:
    world = NotifiedWorld()
    world.chat.answer = refusing(Unanswered("no answer"))
    world.tell(news(1))
    world.pass_time(days=3, hours=3)
    world.chat.answer = takes_all

    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(hours=2)

    assert [each for _, each, _ in world.dead] == ["n-1-opened"]
    assert world.chat.delivered_ids == ["n-1-resolved"]


@pytest.mark.parametrize("refusal", [PermanentError("answered 410"), MessageRefused("400")])
def test_what_may_have_been_taken_is_resolved_also_after_it_was_refused(
    refusal: Exception,
) -> None:
    world = NotifiedWorld()
    world.chat.answer = refusing(Unanswered("no answer"))
    world.tell(news(1))
    world.pass_time(seconds=11)
    world.chat.answer = refusing(refusal)
    world.pass_time(minutes=1)
    world.chat.answer = takes_all

    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(hours=1)

    assert [each for _, each, _ in world.dead] == ["n-1-opened"]
    assert world.chat.delivered_ids == ["n-1-resolved"]


def test_what_begins_again_is_resolved_also_after_its_first_end_was_dead_lettered() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(largest=1)})
    world.tell(quarantine())
    world.pass_time(minutes=1)
    at = world.now
    world.chat.answer = lambda now, message: refuse("released", message)
    world.tell(quarantine(RESOLVED, at=at, id="released"), quarantine(at=at + SECOND, id="again"))
    world.pass_time(minutes=5)

    world.tell(quarantine(RESOLVED, at=world.now, id="released again"))
    world.chat.answer = takes_all
    world.pass_time(hours=1)

    assert [each for _, each, _ in world.dead] == ["released"]
    assert world.chat.delivered_ids == ["n-1-opened", "again", "released again"]


def test_an_end_that_is_sent_back_leaves_what_began_again_open() -> None:
    world = NotifiedWorld()
    world.tell(quarantine())
    world.pass_time(minutes=2)
    end = quarantine(RESOLVED, at=world.now, id="released")
    given_up(world, end)
    world.tell(quarantine(at=world.now, id="again"))
    world.pass_time(minutes=2)

    world.revive(end)
    world.pass_time(minutes=5)
    (taken,) = world.tell(quarantine(RESOLVED, at=world.now, id="released again"))

    notified = [(each.id, each.status) for one in world.chat.messages for each in one.notifications]
    assert notified[-1] == ("released", NotificationStatus.CHANGED)
    assert taken.destinations == (CHAT,)


def given_up(world: NotifiedWorld, notification: Notification) -> None:
    """The destination is away until this is dead-lettered, and then it is back."""
    world.chat.answer = refuse_all
    world.tell(notification)
    world.pass_time(days=3, hours=3)
    world.chat.answer = takes_all
    assert [each for _, each, _ in world.dead] == [notification.id]
    assert not world.deliveries.waiting(CHAT)


def refuse(notification_id: str, message: Message) -> None:
    if notification_id in [each.id for each in message.notifications]:
        raise PermanentError("answered 410")
    raise TemporaryError("away")


def test_what_is_acknowledged_twice_within_a_silence_is_written_once() -> None:
    """It is over in between. DynamoDB refuses one item twice in a batch."""
    world = NotifiedWorld()
    world.tell(news(1))
    world.pass_time(minutes=10)
    world.controls = silenced(5)
    statuses = (ACKNOWLEDGED, RESOLVED, OPENED, ACKNOWLEDGED, RESOLVED)

    for number, status in enumerate(statuses):
        world.tell(news(1, status, at=world.now + number * SECOND, id=f"n-{number}"))
    world.pass_time(minutes=5)

    assert [each.id for each in delivered(world)] == ["n-1-opened", "n-4"]
    assert not world.deliveries.opens(CHAT)


def test_an_end_that_was_given_up_is_told_once_it_is_sent_back() -> None:
    world = NotifiedWorld()
    world.tell(news(1))
    world.pass_time(minutes=10)
    end = news(1, RESOLVED, at=world.now)
    given_up(world, end)

    world.revive(end)
    world.pass_time(hours=2)

    assert [each.id for each in delivered(world)] == ["n-1-opened", end.id]
    assert not world.deliveries.opens(CHAT)


def test_an_end_that_is_sent_back_before_its_beginning_ends_it() -> None:
    world = NotifiedWorld()
    world.chat.answer = refuse_all
    opened = news(1, is_baseline=True)
    world.tell(opened)
    world.pass_time(minutes=10)
    end = news(1, RESOLVED, at=world.now)
    world.tell(end)
    world.pass_time(days=4)

    world.revive(end)
    world.revive(opened)
    world.chat.answer = takes_all
    world.pass_time(days=1)

    assert [each.status for each in delivered(world)] == [CHANGED, RESOLVED]
    assert not world.deliveries.opens(CHAT)


def test_what_was_never_told_leaves_nothing_open_although_a_change_is_told_before_its_end() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(largest=1)})
    world.chat.answer = refusing(PermanentError("403"))
    world.tell(news(1))
    world.pass_time(hours=1)
    world.chat.answer = takes_all
    world.tell(
        news(1, CHANGED, at=world.now),
        news(1, RESOLVED, at=world.now + timedelta(seconds=1)),
    )
    world.pass_time(hours=1)

    assert [each.status for each in delivered(world)] == [CHANGED]
    assert not world.deliveries.opens(CHAT)


def test_a_long_list_is_dead_lettered_some_at_a_time() -> None:
    """A run that ends in the middle has not done it all for nothing."""
    world = NotifiedWorld()
    world.chat.answer = refuse_all
    world.tell(*(news(number) for number in range(60)))
    world.deploy(routing_to("other"))
    world.die_at(40)
    world.wakes.wake(CHAT, timedelta(0))
    world.pass_time(hours=1)

    dead = [each for _, each, _ in world.dead]
    assert set(dead) == {f"n-{number}-opened" for number in range(60)}
    assert len(dead) < 60 + 26
    assert not world.deliveries.waiting(CHAT)


def delivered(world: NotifiedWorld) -> list[Notification]:
    return [each for message in world.chat.messages for each in message.notifications]
