"""What the first look under a policy finds is told once a rule, and ended where it was told."""

from datetime import time, timedelta
from functools import partial

import pytest

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Baseline, Limits, Message
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.notifications.routing import (
    DestinationSpec,
    GroupBy,
    Grouping,
    Route,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import MessageRefused, TemporaryError, Unanswered
from streamwarden.services.first_look import Judged
from testbed.builders import NOON
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to
from testbed.played_service import refusing, takes_all

RESOLVED = NotificationStatus.RESOLVED
ACKNOWLEDGED = NotificationStatus.ACKNOWLEDGED
ESCALATED = NotificationStatus.ESCALATED
HOUR = timedelta(hours=1)

found = partial(news, is_baseline=True)
BASELINE = "arn:aws:ivs:eu-west-1:111122223333:account/111122223333/baseline/no-marathons"
AS_ONE = Limits(largest=1, interval=timedelta(milliseconds=500))


def pager(routing: Routing | None = None, limits: Limits = AS_ONE) -> NotifiedWorld:
    """A destination where each incident is a thing of its own."""
    return NotifiedWorld(routing=routing or routing_to(CHAT), limits={CHAT: limits})


def judged(channels: int, unjudged: int = 0) -> dict[ResourceType, Judged]:
    return {ResourceType.CHANNEL: Judged(channels, unjudged)}


def delivered(world: NotifiedWorld) -> list[tuple[str, NotificationStatus]]:
    """What the service took: the key and status of the only incident of each message."""
    return [
        (each.incident, each.status)
        for message in world.chat.messages
        for each in message.notifications
    ]


def find(world: NotifiedWorld, *numbers: int) -> None:
    world.tell(*(found(number, at=world.now) for number in numbers))
    world.pass_time(minutes=5)


@pytest.mark.parametrize("by", [*GroupBy])
def test_what_a_new_policy_finds_is_one_digest_a_rule(by: GroupBy) -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, group=Grouping(by=(by,))))
    world.judged = judged(800)
    for minute in range(5):
        numbers = range(minute * 100, minute * 100 + 100)
        world.tell(*(found(each, at=world.now, owner=f"owner {each}") for each in numbers))
        world.pass_time(minutes=1)
    world.pass_time(minutes=5)

    (message,) = world.chat.messages
    assert len(message.notifications) == 500
    assert message.baseline == Baseline(found=500, judged=800)


def test_a_digest_waits_until_every_channel_is_judged() -> None:
    world = NotifiedWorld()
    world.judged = judged(400, unjudged=400)
    find(world, *range(300))
    before = list(world.chat.messages)
    world.judged = judged(800)
    find(world, *range(300, 722))

    (message,) = world.chat.messages
    assert before == []
    assert message.baseline == Baseline(found=722, judged=800)


def test_a_digest_that_can_wait_no_longer_says_how_many_are_not_judged_yet() -> None:
    world = NotifiedWorld()
    world.judged = judged(799, unjudged=1)

    find(world, *range(722))
    world.pass_time(minutes=26)

    ((notified_at, message),) = world.chat.taken
    assert notified_at - NOON == timedelta(minutes=30)
    assert message.baseline == Baseline(found=722, judged=799, unjudged=1)


@pytest.mark.parametrize("channels", [0, 721])
def test_a_total_that_cannot_be_true_is_not_told(channels: int) -> None:
    """The index lags, or the observers decide under another policy still."""
    world = NotifiedWorld()
    world.judged = judged(channels)

    find(world, *range(722))

    (message,) = world.chat.messages
    assert message.baseline == Baseline(found=722)


def test_each_message_of_a_long_baseline_says_how_many_there_are_in_all() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(largest=100)})
    world.judged = judged(800)

    find(world, *range(250))

    assert [len(each.notifications) for each in world.chat.messages] == [100, 100, 50]
    assert {each.baseline for each in world.chat.messages} == {Baseline(found=250, judged=800)}


@pytest.mark.parametrize("is_digest", [True, False])
def test_where_a_message_takes_one_incident_a_baseline_is_one(is_digest: bool) -> None:
    spec = DestinationSpec(name=CHAT, kind="pagerduty", digest=is_digest)
    world = pager(Routing(destinations=(spec,), routes=(Route(to=(CHAT,)),)))
    world.judged = judged(800)

    find(world, *range(722))

    (message,) = world.chat.messages
    (whole,) = message.notifications
    assert (whole.incident, whole.status) == (BASELINE, NotificationStatus.OPENED)
    assert whole.title == "no-marathons: 722 of 800 channels in breach at the first look"
    assert "channel 0: on the air for 5h; 4h is allowed." in whole.text
    assert "channel 0, channel 1, channel 10" in whole.text


def test_one_channel_alone_is_told_like_any_other() -> None:
    world = pager()

    find(world, 1)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=1)

    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]


def test_programs_are_told_of_each_incident_at_once() -> None:
    world = pager(limits=Limits(largest=1, tells_each=True))

    world.tell(found(1), found(2))
    world.pass_time(seconds=15)

    assert world.chat.delivered_ids == ["n-1-opened", "n-2-opened"]


def test_a_baseline_resolves_with_the_last_of_its_incidents() -> None:
    world = pager()
    find(world, 1, 2, 3)

    for number, status in ((1, RESOLVED), (2, ACKNOWLEDGED), (3, RESOLVED), (2, RESOLVED)):
        before = delivered(world)
        world.tell(news(number, status, at=world.now))
        world.pass_time(minutes=1)

        if number != 3:
            assert delivered(world) == before
    assert delivered(world) == [(BASELINE, NotificationStatus.OPENED), (BASELINE, RESOLVED)]
    assert not world.deliveries.opens(CHAT)


def test_incidents_that_end_at_once_resolve_their_baseline_once() -> None:
    world = pager()
    find(world, *range(50))

    world.tell(*(news(number, RESOLVED, at=world.now) for number in range(50)))
    world.pass_time(minutes=1)

    assert delivered(world) == [(BASELINE, NotificationStatus.OPENED), (BASELINE, RESOLVED)]
    assert not world.deliveries.opens(CHAT)


def test_what_becomes_worse_is_told_and_resolved_by_itself() -> None:
    world = pager()
    find(world, 1, 2)
    worse = news(1, ESCALATED, at=world.now, severity=Severity.CRITICAL)
    world.tell(worse)
    world.tell(news(2, RESOLVED, at=world.now))
    world.pass_time(minutes=1)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=1)

    assert delivered(world) == [
        (BASELINE, NotificationStatus.OPENED),
        ("incident-1", ESCALATED),
        (BASELINE, RESOLVED),
        ("incident-1", RESOLVED),
    ]
    assert not world.deliveries.opens(CHAT)


def test_what_ends_before_it_was_told_pages_nobody() -> None:
    world = pager()
    world.tell(*map(found, range(20)))
    world.pass_time(seconds=30)
    world.tell(*(news(number, RESOLVED, at=world.now) for number in range(20)))

    world.pass_time(minutes=10)

    assert world.chat.messages == []
    assert not world.deliveries.opens(CHAT)


def test_what_a_later_policy_finds_joins_the_baseline_that_is_open() -> None:
    """Also where the end of the earlier one waits at that moment."""
    world = pager()
    find(world, 1, 2)
    world.chat.answer = _away
    world.tell(*(news(number, RESOLVED, at=world.now) for number in (1, 2)))
    world.pass_time(seconds=3)
    find(world, 3, 4)
    world.chat.answer = lambda now, message: None
    world.pass_time(hours=1)
    world.tell(*(news(number, RESOLVED, at=world.now) for number in (3, 4)))
    world.pass_time(hours=1)

    statuses = [status for key, status in delivered(world) if key == BASELINE]
    assert statuses[-2:] == [NotificationStatus.OPENED, RESOLVED]
    assert not world.deliveries.opens(CHAT)


def _refuse(now: object, message: Message) -> None:
    raise MessageRefused("answered 400")


def _away(now: object, message: Message) -> None:
    raise Unanswered("no answer")


def test_quiet_hours_do_not_keep_a_baseline_open() -> None:
    """What was told is resolved in the same places."""
    world = pager()
    find(world, 1, 2)
    world.deploy(routing_to(CHAT, quiet=QuietHours(start=time(11), end=time(13))))
    world.tell(*(news(number, RESOLVED, at=world.now) for number in (1, 2)))
    world.pass_time(minutes=1)

    assert delivered(world)[-1] == (BASELINE, RESOLVED)


def test_a_baseline_that_is_refused_is_dead_lettered_and_pages_for_no_channel() -> None:
    world = pager()
    world.chat.answer = _refuse

    find(world, 1, 2, 3)

    assert [each for _, each, _ in world.dead] == ["n-1-opened", "n-2-opened", "n-3-opened"]
    assert world.chat.asked == 1


def test_a_baseline_that_is_sent_back_from_the_dead_letters_is_one_incident_again() -> None:
    """Each dead letter comes back by itself."""
    world = pager()
    world.chat.answer = _refuse
    find(world, 1, 2, 3)
    world.chat.answer = lambda now, message: None

    for number in (1, 2, 3):
        world.revive(found(number))
        world.pass_time(seconds=5)
    world.pass_time(minutes=5)

    assert delivered(world) == [(BASELINE, NotificationStatus.OPENED)]


def test_a_baseline_is_told_again_as_a_whole_with_what_is_left_of_it() -> None:
    world = pager(routing_to(CHAT, repeat=HOUR))
    find(world, 1, 2, 3)
    world.tell(news(1, RESOLVED, at=world.now))

    world.pass_time(minutes=90)

    (reminder,) = [each for each in world.chat.messages if each.is_reminder]
    (whole,) = reminder.notifications
    assert whole.title == "no-marathons: 2 channels in breach at the first look"


def test_a_baseline_ends_though_its_last_incident_begins_again_by_itself() -> None:
    world = pager()
    find(world, 1, 2)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=1)
    at = world.now

    world.tell(news(2, RESOLVED, at=at), news(2, at=at + timedelta(seconds=1), id="again"))
    world.pass_time(hours=1)

    assert (BASELINE, RESOLVED) in delivered(world)
    assert [each.last.id for each in world.deliveries.opens(CHAT)] == ["again"]


def test_a_baseline_ends_though_the_end_of_its_last_incident_is_dead_lettered() -> None:
    world = pager()
    find(world, 1, 2)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=1)
    world.chat.answer = refusing(TemporaryError("away"))
    world.tell(news(2, ESCALATED, at=world.now))
    world.pass_time(minutes=5)
    world.tell(news(2, RESOLVED, at=world.now))
    world.pass_time(days=4)

    world.chat.answer = takes_all
    world.pass_time(days=1)

    assert delivered(world)[-1] == (BASELINE, RESOLVED)
    assert not world.deliveries.opens(CHAT)
