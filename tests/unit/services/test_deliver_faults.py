"""Faults that lose or repeat messages for good: each was found once, and stays mended."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import (
    DestinationSpec,
    Grouping,
    Route,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import Failed
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    SecretUnusable,
    TemporaryError,
    Unanswered,
)
from streamwarden.services.wake_destinations import wake_destinations
from testbed.builders import NOON
from testbed.notified_world import CHAT, Killed, NotifiedWorld, news, routing_to
from testbed.played_service import refusing, takes_all

RESOLVED = NotificationStatus.RESOLVED
HOUR = timedelta(hours=1)


def test_a_function_that_dies_before_it_wakes_leaves_nothing_behind() -> None:
    """The message of the run comes again while the moment that it noted is still ahead."""
    group = Grouping(wait=timedelta(0), interval=timedelta(minutes=8))
    world = NotifiedWorld(routing=routing_to(CHAT, group=group))
    world.tell(news(1))
    world.pass_time(seconds=1)
    world.tell(news(2, at=world.now))
    world.wakes.due = [(world.now, CHAT)]
    world.port_of_wakes = _Dying(world.wakes)
    world.pass_time(hours=2)

    assert world.chat.delivered_ids == ["n-1-opened", "n-2-opened"]


class _Dying:
    """Wakes whose first call of a run is its last."""

    def __init__(self, wakes: Any) -> None:
        self._wakes, self._has_died = wakes, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wakes, name)

    def wake(self, destination: str, after: timedelta) -> None:
        if not self._has_died:
            self._has_died = True
            raise Killed
        self._wakes.wake(destination, after)


def test_a_group_that_waits_for_long_is_looked_at_in_between_and_loses_nothing() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, group=Grouping(wait=HOUR)))
    world.tell(news(1))
    world.pass_time(minutes=12)
    world.tell(news(2, at=world.now))

    world.pass_time(hours=6)

    assert sorted(world.chat.delivered_ids) == ["n-1-opened", "n-2-opened"]


def test_a_destination_without_digests_is_told_as_soon_as_it_comes() -> None:
    spec = DestinationSpec(name=CHAT, kind="sns", digest=False)
    routing = Routing(
        destinations=(spec,), routes=(Route(to=(CHAT,), group=Grouping(wait=2 * HOUR)),)
    )
    world = NotifiedWorld(routing=routing, limits={CHAT: Limits(largest=1)})

    world.tell(news(1))
    world.pass_time(seconds=1)

    assert world.chat.delivered_ids == ["n-1-opened"]


@pytest.mark.parametrize("error", [Unanswered("no answer"), KeyError("a bug")])
def test_what_is_in_doubt_for_three_days_is_dead_lettered_too(error: Exception) -> None:
    world = NotifiedWorld()
    world.chat.answer = refusing(error)
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.tell(news(2, severity=Severity.CRITICAL, at=world.now))

    world.pass_time(days=4)

    assert sorted(each for _, each, _ in world.dead) == ["n-1-opened", "n-2-opened"]
    assert not world.deliveries.waiting(CHAT)


@pytest.mark.parametrize("limits", [Limits(), Limits(largest=1)])
def test_an_incident_whose_key_is_used_again_is_resolved_each_time(limits: Limits) -> None:
    """A pause has the same key each time."""
    world = NotifiedWorld(limits={CHAT: limits})
    for number in (1, 2):
        at = world.now + timedelta(seconds=number)
        world.tell(news(number, at=at, incident="pause"))
        world.tell(news(number, RESOLVED, at=at + timedelta(milliseconds=1), incident="pause"))
        if number == 1:
            world.pass_time(seconds=3)
    world.pass_time(minutes=5)

    assert sorted(world.chat.delivered_ids) == [
        "n-1-opened",
        "n-1-resolved",
        "n-2-opened",
        "n-2-resolved",
    ]
    assert not world.deliveries.opens(CHAT)


def test_an_end_and_a_new_beginning_in_one_message_leave_the_incident_open() -> None:
    world = NotifiedWorld()
    world.tell(news(1, incident="pause"))
    world.pass_time(minutes=1)
    again = NOON + timedelta(minutes=1)
    world.tell(news(1, RESOLVED, at=again, incident="pause"))
    world.tell(news(2, at=again + timedelta(seconds=1), incident="pause"))
    world.pass_time(minutes=2)

    (taken,) = world.tell(news(2, RESOLVED, at=world.now, incident="pause"))

    assert taken.destinations == (CHAT,)


@pytest.mark.parametrize("number", range(30))
def test_a_function_that_dies_still_reminds_of_what_it_told(number: int) -> None:
    calls = iter(range(1_000))
    armed = [False]

    def die() -> None:
        if armed[0] and next(calls) == number:
            raise Killed

    world = NotifiedWorld(routing=routing_to(CHAT, repeat=HOUR), on_call=die)
    world.tell(news(1))
    armed[0] = True
    world.pass_time(hours=6)

    assert any(each.is_reminder for each in world.chat.messages)


def test_a_reminder_that_is_taken_shows_that_the_destination_is_back() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=HOUR))
    world.tell(news(1))
    world.pass_time(minutes=50)
    world.chat.answer = refusing(TemporaryError("away"))
    world.pass_time(minutes=12)
    world.chat.answer = lambda now, message: None
    world.pass_time(hours=2)

    assert world.deliveries.state(CHAT).state.failing_since is None


def test_reminders_keep_to_the_rate_and_come_again_under_their_id() -> None:
    group = Grouping(wait=timedelta(0), interval=timedelta(0))
    limits = Limits(largest=1, interval=timedelta(seconds=1))
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=HOUR, group=group), limits={CHAT: limits})
    world.tell(*(news(number, severity=Severity.HIGH) for number in range(5)))
    world.pass_time(minutes=50)
    doubtful: list[str] = []

    def once(now: datetime, message: Message) -> None:
        if message.is_reminder and not doubtful:
            doubtful.append(message.id)
            raise Unanswered("no answer")

    world.chat.answer = once
    world.pass_time(minutes=20)

    reminders = [(at, each.id) for at, each in world.chat.taken if each.is_reminder]
    assert len(reminders) == 5
    assert doubtful[0] in [each for _, each in reminders]
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(reminders)]
    assert min(gaps) >= timedelta(seconds=1)


def test_a_message_that_is_only_too_large_does_not_end_digests() -> None:
    world = NotifiedWorld()

    def answer(now: datetime, message: Message) -> None:
        if len(message.notifications) > 50:
            raise MessageRefused("answered 413")

    world.chat.answer = answer
    world.tell(*map(news, range(60)))
    world.pass_time(minutes=5)
    before = len(world.chat.messages)
    world.tell(*(news(number, at=world.now) for number in range(100, 110)))
    world.pass_time(minutes=5)

    assert before == 60
    assert len(world.chat.messages) == before + 1


def test_what_does_not_fit_into_a_message_does_not_wait_for_an_interval() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(largest=10)})
    world.tell(*map(news, range(40)))

    world.pass_time(seconds=20)

    assert len(world.chat.delivered_ids) == 40


def test_the_end_of_what_was_dead_lettered_is_not_told_and_sending_it_back_opens_nothing() -> None:
    world = NotifiedWorld(routing=routing_to(CHAT, repeat=HOUR))
    world.chat.answer = refusing(PermanentError("answered 404"))
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.chat.answer = lambda now, message: None
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(minutes=2)
    before = list(world.chat.delivered_ids)

    world.revive(news(1))
    world.pass_time(hours=6)

    assert before == []
    assert world.chat.delivered_ids == ["n-1-opened"]
    assert not world.deliveries.opens(CHAT)


def test_a_destination_without_groups_remembers_none() -> None:
    world = NotifiedWorld(limits={CHAT: Limits(largest=1)})
    world.tell(*map(news, range(20)))

    world.pass_time(minutes=2)

    assert len(world.chat.messages) == 20
    assert world.deliveries.state(CHAT).state.groups == {}


def test_an_interval_of_days_is_kept() -> None:
    slow = Route(to=(CHAT,), group=Grouping(interval=timedelta(days=3)))
    world = NotifiedWorld(routing=replace(routing_to(CHAT), routes=(slow,)))
    for day in range(3):
        world.tell(news(day, at=world.now, rule_id="slow"))
        world.tell(news(100 + day, at=world.now, rule_id=f"other-{day}"))
        world.pass_time(days=1)

    notified_at = [at for at, each in world.chat.taken if each.notifications[0].rule_id == "slow"]
    assert len(notified_at) == 1


def test_what_waits_without_a_wake_is_sent_after_the_next_sweep() -> None:
    """Also the moment of its next look, which was noted and is over, brings nothing by itself."""
    world = NotifiedWorld()
    world.tell(news(1))
    world.wakes.due.clear()
    world.pass_time(hours=1)

    wake_destinations(world.routing, world.deliveries, world.wakes)
    world.pass_time(seconds=1)

    assert world.chat.delivered_ids == [news(1).id]


def test_looks_that_sweeps_ask_for_do_not_multiply() -> None:
    """Each look that finds something to wait for would else ask for one of its own."""
    group = Grouping(wait=timedelta(0), interval=timedelta(hours=2))
    world = NotifiedWorld(routing=routing_to(CHAT, group=group))
    world.tell(news(1))
    world.pass_time(seconds=1)
    world.tell(news(2, at=world.now))

    for _ in range(12):
        wake_destinations(world.routing, world.deliveries, world.wakes)
        world.pass_time(minutes=5)

    # Beside those of sweeps, one at least every ten minutes, and not one for each look.
    assert world.runs <= 2 + 12 + 7


def test_a_destination_whose_secret_comes_later_is_told_then() -> None:
    world = NotifiedWorld()
    world.chat.answer = refusing(SecretUnusable("there is no secret s/chat"))
    world.tell(news(1))
    world.pass_time(minutes=1)

    world.chat.answer = takes_all
    world.pass_time(minutes=2)

    assert world.chat.delivered_ids == [news(1).id]
    assert world.dead == []


def test_a_destination_that_stays_away_is_noted_for_as_long_as_it_does() -> None:
    """The alarm ends unless three of the last twelve periods of five minutes have a note."""
    world = NotifiedWorld()
    world.chat.answer = refusing(SecretUnusable("there is no secret s/chat"))
    world.tell(news(1))
    noted = list[datetime]()
    for _ in range(24 * 12):
        world.events.clear()
        world.pass_time(minutes=5)
        noted += [world.now] if any(isinstance(each, Failed) for _, each in world.events) else []

    hours = [sum(at <= each < at + HOUR for each in noted) for at in noted if at + HOUR < world.now]
    assert min(hours) >= 3
    assert world.chat.asked < 40  # it is tried once an hour at last
