"""What is suppressed is told as soon as nothing suppresses it, and suppresses nothing in vain."""

from datetime import timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import (
    IncidentMatch,
    Inhibition,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import PermanentError
from tests.unit.services.notified_world import (
    CHAT,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)

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
