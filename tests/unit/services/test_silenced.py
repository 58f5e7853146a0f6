"""What is silenced waits for the end of the silence; what was told is resolved all the same."""

from datetime import timedelta

from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.routing import IncidentMatch, Route, Routing
from streamwarden.domain.verdicts import NotificationStatus, Severity
from testbed.builders import WHOLE_ACCOUNT
from testbed.notified_world import (
    CHAT,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)

RESOLVED, CHANGED = NotificationStatus.RESOLVED, NotificationStatus.CHANGED


def test_it_is_told_when_the_silence_ends_by_itself_however_long_that_is() -> None:
    world = NotifiedWorld(controls=silenced(30))

    world.tell(news(1), news(2, rule_id="owned"), news(3, severity=Severity.CRITICAL))
    world.pass_time(hours=29, minutes=59)
    meanwhile = sorted(world.chat.delivered_ids)
    world.pass_time(minutes=1)

    assert meanwhile == ["n-2-opened", "n-3-opened"]
    assert world.reasons() == {
        "n-1-opened": "not yet: silence 5117ace0 of AIDAANA: everybody knows"
    }
    assert world.chat.delivered_ids[-1] == "n-1-opened"


def test_what_was_told_is_resolved_and_what_was_not_is_never_told() -> None:
    world = NotifiedWorld()
    world.tell(news(1))
    world.pass_time(minutes=1)

    world.controls = silenced(30)
    world.tell(news(2))
    world.pass_time(minutes=1)
    world.tell(news(1, RESOLVED, at=world.now), news(2, RESOLVED, at=world.now))
    world.pass_time(hours=48)

    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]
    assert "and the incident is resolved" in world.reasons()["n-2-opened"]


def test_once_a_silence_is_ended_every_destination_is_told_what_it_held_back() -> None:
    to_chat = Route(to=(CHAT,), match=IncidentMatch(rule=("silence",)))
    destinations = routing_to(CHAT, "pager").destinations
    world = NotifiedWorld(
        routing=Routing(destinations=destinations, routes=(to_chat, Route(to=("pager",))))
    )
    world.controls = silenced(30)
    world.tell(news(1))
    world.pass_time(hours=1, minutes=5)

    world.controls = silenced(30, ended_at=world.now)
    change = incident_key(WHOLE_ACCOUNT, "control", "silence/5117ace0")
    world.tell(news(9, CHANGED, at=world.now, resource_arn=WHOLE_ACCOUNT, incident=change))
    world.pass_time(minutes=1)

    assert (world.chat.delivered_ids, world.services["pager"].delivered_ids) == (
        ["n-9-changed"],
        ["n-1-opened"],
    )


def test_nobody_is_reminded_of_what_is_silenced() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=timedelta(hours=1)))
    world.tell(news(1))
    world.pass_time(minutes=1)

    world.controls = silenced(5)
    world.pass_time(hours=4, minutes=30)
    meanwhile = len(world.chat.messages)
    world.pass_time(hours=1)

    assert (meanwhile, len(world.chat.messages)) == (1, 2)
    assert world.runs < 60


def test_while_controls_cannot_be_read_everything_is_told() -> None:
    world = NotifiedWorld(controls=None)

    world.tell(news(1))
    world.pass_time(minutes=1)

    assert world.chat.delivered_ids == ["n-1-opened"]
