"""What is suppressed is told as soon as nothing suppresses it, and suppresses nothing in vain."""

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import (
    Grouping,
    IncidentMatch,
    Inhibition,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import MessageRefused, PermanentError
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to, silenced
from testbed.played_service import takes_all

RESOLVED, ESCALATED = NotificationStatus.RESOLVED, NotificationStatus.ESCALATED
HOUR = timedelta(hours=1)
# Of one channel.
big = partial(news, 1, rule_id="big", severity=Severity.HIGH)
small = partial(news, 2, rule_id="small", resource_arn=news(1).resource_arn)


def inhibiting(by: IncidentMatch, of: IncidentMatch) -> Routing:
    return replace(routing_to(CHAT), inhibitions=(Inhibition(by=by, of=of),))


BIG_COVERS_SMALL = inhibiting(IncidentMatch(rule=("big",)), IncidentMatch(rule=("small",)))


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_incidents_that_could_cover_each_other_are_both_told(severity: Severity) -> None:
    """As in Alertmanager: what both sides match is not held back by what both sides match."""
    covering = IncidentMatch(severity=Severity.HIGH)
    world = NotifiedWorld(routing=inhibiting(covering, IncidentMatch(severity=Severity.LOW)))

    world.tell(big(severity=severity), small(severity=severity), small(id="low", incident="low"))
    world.pass_time(hours=1)

    assert sorted(world.chat.delivered_ids) == ["n-1-opened", "n-2-opened"]


def test_what_a_silenced_incident_covers_is_told_once_that_one_is_over() -> None:
    world = NotifiedWorld(routing=BIG_COVERS_SMALL, controls=silenced(24, rule="big"))
    world.tell(big())
    world.pass_time(minutes=1)
    world.tell(small())
    world.pass_time(minutes=1)

    world.tell(big(RESOLVED, at=world.now))
    world.pass_time(minutes=2)

    assert world.chat.delivered_ids == ["n-2-opened"]


def test_what_a_dead_lettered_incident_covers_is_told_once_that_one_is_over() -> None:
    world = NotifiedWorld(routing=BIG_COVERS_SMALL)
    world.chat.answer = refuse_big
    world.tell(big())
    world.pass_time(minutes=1)
    world.tell(small())
    world.pass_time(minutes=1)

    world.tell(big(RESOLVED, at=world.now))
    world.pass_time(minutes=2)

    assert world.chat.delivered_ids == ["n-2-opened"]


def refuse_big(now: object, message: Message) -> None:
    if any(each.rule_id == "big" for each in message.notifications):
        raise PermanentError("answered 404")


def test_what_another_policy_covers_no_more_is_told_within_minutes() -> None:
    world = NotifiedWorld(routing=BIG_COVERS_SMALL)
    world.tell(big())
    world.pass_time(minutes=1)
    world.tell(small())
    world.pass_time(minutes=1)

    world.deploy(routing_to(CHAT))
    world.pass_time(minutes=11)

    assert world.chat.delivered_ids == ["n-1-opened", "n-2-opened"]


def test_nobody_is_reminded_of_what_is_over_while_its_end_waits() -> None:
    group = Grouping(interval=2 * HOUR)
    world = NotifiedWorld(routing=routing_to(CHAT, group=group, repeat=HOUR))
    world.tell(big())
    world.pass_time(minutes=50)
    world.tell(big(RESOLVED, at=world.now))

    world.pass_time(hours=3)

    assert not any(each.is_reminder for each in world.chat.messages)
    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]


def test_what_a_silence_holds_does_not_keep_digests_from_coming_back() -> None:
    world = NotifiedWorld(controls=silenced(5, rule="quiet"))
    world.chat.answer = refuse_many
    world.tell(news(100, rule_id="quiet"))
    world.pass_time(minutes=1)
    world.tell(*map(news, range(5)))
    world.pass_time(minutes=1)
    before = len(world.chat.messages)
    world.chat.answer = takes_all

    world.tell(*(news(number, at=world.now) for number in range(10, 30)))
    world.pass_time(minutes=2)

    assert len(world.chat.messages) == before + 1


def test_what_is_refused_as_a_whole_is_told_one_by_one_also_when_a_silence_ends() -> None:
    world = NotifiedWorld(controls=silenced(5))
    world.chat.answer = refuse_many
    world.tell(*map(news, range(5)))

    world.pass_time(hours=6)

    assert len(world.chat.messages) == 5
    assert world.chat.asked == 6


def refuse_many(now: object, message: Message) -> None:
    if len(message.notifications) > 3:
        raise MessageRefused("answered 413")
