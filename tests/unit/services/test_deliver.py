"""Every message reaches every destination once, in time, whatever the destination answers."""

import os
import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.inputs import Handling, NotificationHandled
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import short_name_of
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.notifications.routing import (
    Grouping,
    IncidentMatch,
    Inhibition,
    Route,
    Routing,
)
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
    Unanswered,
)
from tests.unit.domain.builders import NOON
from tests.unit.services.notified_world import (
    CHAT,
    Killed,
    NotifiedWorld,
    news,
    routing_to,
    takes_all,
)

RESOLVED = NotificationStatus.RESOLVED
ESCALATED = NotificationStatus.ESCALATED
SECOND = timedelta(seconds=1)


def away(until: datetime, error: Exception) -> Callable[[datetime, Message], None]:
    def answer(now: datetime, message: Message) -> None:
        if now < until:
            raise error

    return answer


def test_an_incident_is_told_after_the_wait_of_its_group() -> None:
    world = NotifiedWorld()

    world.tell(news(1))
    world.pass_time(seconds=9)
    early = list(world.chat.delivered_ids)
    world.pass_time(seconds=1)

    assert (early, world.chat.delivered_ids) == ([], ["n-1-opened"])


def test_what_is_handed_over_again_is_told_once() -> None:
    world = NotifiedWorld()
    world.tell(news(1), news(1))
    world.pass_time(minutes=1)
    world.tell(news(1, RESOLVED))
    world.pass_time(minutes=2)

    world.tell(news(1), news(1, RESOLVED))
    world.pass_time(hours=1)

    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]
    assert not world.deliveries.opens(CHAT)


def test_what_was_told_is_resolved_in_the_same_places_whatever_routes_say_now() -> None:
    world = NotifiedWorld(routing=routing_to("pager", CHAT))
    world.tell(news(1))
    world.pass_time(minutes=1)

    world.deploy(Routing(destinations=world.routing.destinations, routes=(Route(to=(CHAT,)),)))
    world.tell(news(1, RESOLVED), news(2))
    world.pass_time(minutes=2)

    assert world.services["pager"].delivered_ids == ["n-1-opened", "n-1-resolved"]
    assert sorted(world.chat.delivered_ids) == ["n-1-opened", "n-1-resolved", "n-2-opened"]


def test_nobody_is_told_of_the_end_of_what_nobody_was_told_of() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, match=IncidentMatch(severity=Severity.HIGH)))

    taken = world.tell(news(1), news(1, RESOLVED))

    assert [each.reason for each in taken] == [
        "no route of the policy leads it to a destination",
        "no destination was told of the incident",
    ]


def test_a_service_that_is_away_for_twenty_minutes_is_told_when_it_is_back() -> None:
    world = NotifiedWorld()
    world.chat.answer = away(NOON + timedelta(minutes=20), TemporaryError("answered 503"))

    world.tell(news(1))
    world.pass_time(hours=1)

    ((told_at, _),) = world.chat.taken
    assert timedelta(minutes=20) <= told_at - NOON < timedelta(minutes=45)
    assert world.chat.asked < 15
    assert world.dead == []


def test_a_service_that_asks_for_a_second_is_left_alone_for_a_second_and_critical_goes_first() -> (
    None
):
    """Case policy-20: three are taken, then one a second."""
    grouping = Grouping(wait=timedelta(0), interval=timedelta(0))
    world = NotifiedWorld(
        routing=routing_to(CHAT, group=grouping), limits={CHAT: Limits(largest=1)}
    )
    taken_at: list[datetime] = []

    def answer(now: datetime, message: Message) -> None:
        if len([each for each in taken_at if now - each < SECOND]) >= 1 and len(taken_at) >= 3:
            raise Throttled("answered 429", SECOND)
        taken_at.append(now)

    world.chat.answer = answer
    quiet = [news(number, at=NOON + number * timedelta(milliseconds=1)) for number in range(29)]
    critical = news(99, severity=Severity.CRITICAL, at=NOON + timedelta(milliseconds=40))

    world.tell(*quiet, critical)
    world.pass_time(minutes=2)

    assert world.chat.delivered_ids[0] == "n-99-opened"
    assert len(world.chat.delivered_ids) == 30
    assert taken_at[-1] - NOON < timedelta(seconds=45)


def test_a_thousand_incidents_arrive_as_a_handful_of_digests_and_critical_ones_at_once() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(interval=SECOND)})
    rules = [f"rule-{number}" for number in range(5)]
    for second in range(10):
        storm = [
            news(number, rule_id=rules[number % 5], at=world.now)
            for number in range(second * 100, second * 100 + 100)
        ]
        world.tell(*storm)
        if second == 5:
            world.tell(news(5_000, severity=Severity.CRITICAL, rule_id="stolen", at=world.now))
        world.pass_time(seconds=1)
    world.pass_time(minutes=2)

    told_at = {each.id: at for at, message in world.chat.taken for each in message.notifications}
    assert len(told_at) == len(world.chat.delivered_ids) == 1_001
    assert told_at["n-5000-opened"] - NOON <= timedelta(seconds=8)
    assert max(told_at.values()) - NOON <= timedelta(minutes=2)
    assert len(world.chat.messages) <= 12


def test_a_service_that_stays_away_for_three_days_leaves_dead_letters_with_their_reason() -> None:
    world = NotifiedWorld()
    world.chat.answer = away(NOON + timedelta(days=9), TemporaryError("answered 503"))

    world.tell(news(1))
    world.pass_time(days=2, hours=23)
    before = list(world.dead)
    world.pass_time(hours=3)

    assert before == []
    assert world.dead == [(CHAT, "n-1-opened", "the destination is away for 3d: answered 503")]
    assert world.chat.asked < 100


def test_a_service_that_refuses_for_good_leaves_dead_letters_at_once() -> None:
    world = NotifiedWorld()
    world.chat.answer = away(NOON + timedelta(seconds=30), PermanentError("answered 404"))

    world.tell(news(1), news(2))
    world.pass_time(seconds=30)
    world.tell(news(3, at=world.now))
    world.pass_time(minutes=2)

    assert world.dead == [
        (CHAT, "n-1-opened", "answered 404"),
        (CHAT, "n-2-opened", "answered 404"),
    ]
    assert world.chat.delivered_ids == ["n-3-opened"]


def test_one_notification_that_is_refused_takes_no_other_with_it() -> None:
    world = NotifiedWorld()

    def answer(now: datetime, message: Message) -> None:
        if any(each.id == "n-3-opened" for each in message.notifications):
            raise MessageRefused("answered 400")

    world.chat.answer = answer

    world.tell(*map(news, range(6)))
    world.pass_time(minutes=5)

    assert world.dead == [(CHAT, "n-3-opened", "answered 400")]
    assert sorted(world.chat.delivered_ids) == [f"n-{number}-opened" for number in (0, 1, 2, 4, 5)]


def test_an_error_of_our_own_is_tried_again_like_a_service_that_is_away() -> None:
    world = NotifiedWorld()
    world.chat.answer = away(NOON + timedelta(minutes=5), KeyError("a bug"))

    world.tell(news(1))
    world.pass_time(hours=1)

    assert (world.chat.delivered_ids, world.dead) == (["n-1-opened"], [])


def test_a_destination_that_is_away_delays_no_other() -> None:
    world = NotifiedWorld(routing=routing_to("pager", CHAT))
    world.services["pager"].answer = away(NOON + timedelta(days=1), TemporaryError("away"))

    world.tell(news(1))
    world.pass_time(seconds=15)

    assert world.chat.delivered_ids == ["n-1-opened"]


def test_what_waits_for_a_destination_that_the_policy_no_longer_names_is_dead_lettered() -> None:
    world = NotifiedWorld(routing=routing_to("pager", CHAT))
    world.tell(news(1))
    world.deploy(routing_to(CHAT))

    world.pass_time(minutes=1)

    assert world.dead == [("pager", "n-1-opened", "the deployed policy has no destination 'pager'")]
    assert world.chat.delivered_ids == ["n-1-opened"]


QUIET = QuietHours(start=time(11), end=time(13))


def test_quiet_hours_hold_everything_but_what_is_critical() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, quiet=QUIET))

    world.tell(news(1), news(2, severity=Severity.CRITICAL), news(3))
    world.tell(news(3, RESOLVED, at=NOON + timedelta(minutes=5)))
    world.pass_time(minutes=59)
    before = list(world.chat.delivered_ids)
    world.pass_time(minutes=2)

    assert before == ["n-2-opened"]
    assert world.chat.delivered_ids == ["n-2-opened", "n-1-opened"]
    assert world.reasons()["n-3-opened"] == "it is within quiet hours, and the incident is resolved"
    assert world.reasons()["n-1-opened"] == "not yet: it is within quiet hours"


def test_what_was_told_before_the_quiet_hours_is_resolved_within_them() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, quiet=QUIET), now=NOON - timedelta(hours=2))
    world.tell(news(1, at=world.now))
    world.pass_time(hours=2)

    world.tell(news(1, ESCALATED, at=world.now), news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=2)

    assert world.chat.delivered_ids == ["n-1-opened", "n-1-resolved"]


def test_an_incident_covers_the_smaller_ones_of_its_resource_while_it_is_open() -> None:
    covering = Inhibition(
        by=IncidentMatch(rule=("stolen",)), of=IncidentMatch(rule=("no-marathons",))
    )
    routing = Routing(
        destinations=routing_to(CHAT).destinations,
        routes=routing_to(CHAT).routes,
        inhibitions=(covering,),
    )
    world = NotifiedWorld(routing=routing)
    covers = partial(
        news,
        9,
        rule_id="stolen",
        severity=Severity.CRITICAL,
        resource_arn=news(1).resource_arn,
    )
    world.tell(covers())
    world.pass_time(seconds=1)
    world.tell(news(1), news(2))
    world.pass_time(minutes=5)
    covered = list(world.chat.delivered_ids)

    world.tell(covers(RESOLVED, at=world.now))
    world.pass_time(minutes=2)

    assert covered == ["n-9-opened", "n-2-opened"]
    assert world.chat.delivered_ids[2:] == ["n-9-resolved", "n-1-opened"]


def test_what_is_still_open_is_told_again_until_it_is_acknowledged() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=timedelta(hours=4)))
    world.tell(news(1))
    world.pass_time(hours=9)
    reminders = [each for each in world.chat.messages if each.is_reminder]

    world.tell(news(1, NotificationStatus.ACKNOWLEDGED, at=world.now))
    world.pass_time(hours=20)

    assert len(reminders) == 2
    assert [each for each in world.chat.messages if each.is_reminder] == reminders
    assert world.chat.delivered_ids[-1] == "n-1-acknowledged"


def test_what_a_new_policy_finds_is_one_digest_a_rule() -> None:
    world = NotifiedWorld()
    for minute in range(5):
        found = range(minute * 100, minute * 100 + 100)
        world.tell(*(news(number, at=world.now, is_baseline=True) for number in found))
        world.pass_time(minutes=1)
    world.pass_time(minutes=5)

    (message,) = world.chat.messages
    assert len(message.notifications) == 500


def test_a_look_that_comes_a_little_early_is_followed_by_another() -> None:
    """The clock of the queue and that of the function differ by some milliseconds."""
    world = NotifiedWorld()
    world.tell(news(1))
    before = world.deliveries.state(CHAT)
    soon = NOON + timedelta(milliseconds=5)
    world.deliveries.save(CHAT, replace(before.state, wake_at=soon), before)
    world.wakes.due = [(NOON, CHAT)]

    world.pass_time(minutes=5)

    assert world.chat.delivered_ids == ["n-1-opened"]


def test_a_quiet_account_wakes_nobody() -> None:
    world = NotifiedWorld()
    world.tell(news(1))
    world.pass_time(minutes=1)
    runs = world.runs

    world.pass_time(days=1)

    assert world.runs == runs


# TELLING_RUNS=3000 plays thousands.
@pytest.mark.parametrize("seed", range(int(os.environ.get("TELLING_RUNS", "6"))))
def test_nothing_is_lost_and_nothing_told_twice_whatever_happens(seed: int) -> None:
    """Services answer 429, 500, nothing, or refuse. Functions die between any two calls."""
    chance = random.Random(seed)  # noqa: S311
    doubts: list[str] = []

    def die() -> None:
        if world.now < NOON + timedelta(hours=1) and chance.random() < 0.02:
            doubts.append("killed")
            raise Killed

    names = (CHAT, "pager", "hook")
    world = NotifiedWorld(
        routing=routing_to(*names),
        limits={CHAT: Limits(interval=SECOND), "pager": Limits(largest=1)},
        on_call=die,
    )
    for service in world.services.values():
        service.answer = _moody(chance, service.taken, doubts)
    expected = _play(world, chance)
    for service in world.services.values():
        service.answer = takes_all
    world.pass_time(days=1)

    for name in names:
        service = world.services[name]
        assert set(service.delivered_ids) == expected
        _check_order(service.messages)
        _check_repeats(service.messages, len(doubts))
        assert _sent(name, world.inbox) == {
            (short_name_of(each), message.id)
            for message in service.messages
            for each in message.notifications
        }
    assert world.dead == []


def _sent(destination: str, inbox: MemoryInbox) -> set[tuple[str, str]]:
    """What the ledgers are told that a destination was sent, each with its message."""
    reports = [each for each in inbox.inputs if isinstance(each, NotificationHandled)]
    return {
        (each.notification, each.message_id)
        for each in reports
        if (each.destination, each.handling) == (destination, Handling.SENT)
    }


def _moody(
    chance: random.Random, taken: list[tuple[datetime, Message]], doubts: list[str]
) -> Callable[[datetime, Message], None]:
    def answer(now: datetime, message: Message) -> None:
        mood = chance.random()
        if mood < 0.1:
            raise Throttled("answered 429", timedelta(seconds=chance.randrange(1, 30)))
        if mood < 0.2:
            raise TemporaryError("answered 500")
        if mood < 0.25:
            raise Unanswered("no answer")
        if mood < 0.3:
            taken.append((now, message))
            doubts.append("unanswered")
            raise Unanswered("taken, and no answer")

    return answer


def _play(world: NotifiedWorld, chance: random.Random) -> set[str]:
    """Incidents open, escalate and resolve, some of them handed over twice."""
    expected: set[str] = set()
    for number in range(30):
        severity = chance.choice([*Severity])
        story: list[Notification] = []
        for status in (NotificationStatus.OPENED, ESCALATED, RESOLVED):
            if status is ESCALATED and chance.random() < 0.5:
                continue
            at = world.now + timedelta(milliseconds=len(story))
            story.append(news(number, status, at=at, severity=severity))
        for each in story:
            expected.add(each.id)
            world.tell(*[each] * chance.choice([1, 1, 2]))
            if chance.random() < 0.3:
                world.pass_time(seconds=chance.randrange(60))
    return expected


def _check_order(messages: list[Message]) -> None:
    """What is told of an incident first is told first."""
    first = dict[str, int]()
    for at, message in enumerate(messages):
        for place, each in enumerate(message.notifications):
            first.setdefault(each.id, at * 1_000 + place)
    for key, moment in first.items():
        number, status = key.removeprefix("n-").split("-")
        if status == RESOLVED:
            assert first[f"n-{number}-opened"] < moment


def _check_repeats(messages: list[Message], doubts: int) -> None:
    """What is told twice is the same message, under the same id: nobody knew that it was taken."""
    by_notification: dict[str, set[str]] = {}
    for message in messages:
        for each in message.notifications:
            by_notification.setdefault(each.id, set()).add(message.id)
    assert all(len(ids) == 1 for ids in by_notification.values())
    sent = [each.id for each in messages]
    assert len(sent) - len(set(sent)) <= doubts
