"""A destination that a deployment leaves out while incidents that it was told of go on and end."""

from datetime import timedelta

import pytest

from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.state.controls import NO_CONTROLS
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import NotSent, Sent
from streamwarden.services.errors import TemporaryError, Unanswered
from streamwarden.services.records import StoredState
from streamwarden.services.wake_destinations import wake_destinations
from testbed.left_out_runs import PAGER, run_of_left_out_destinations
from testbed.notified_runs import ONE_BY_ONE
from testbed.notified_world import (
    CHAT,
    Killing,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)
from testbed.played_service import Service, refusing, takes_all

SECOND = timedelta(seconds=1)
BOTH = routing_to(CHAT, PAGER, repeat=timedelta(hours=4))
WITHOUT = routing_to(CHAT, repeat=timedelta(hours=4))
RESOLVED, ESCALATED = NotificationStatus.RESOLVED, NotificationStatus.ESCALATED
ACKNOWLEDGED, CHANGED = NotificationStatus.ACKNOWLEDGED, NotificationStatus.CHANGED
REASON = "the deployed policy has no destination 'pager'"


def world_notified(
    *numbers: int, limits: Limits = ONE_BY_ONE, is_baseline: bool = False
) -> NotifiedWorld:
    """Both destinations were told that these opened, and then one was left out."""
    world = NotifiedWorld(routing=BOTH, limits={PAGER: limits})
    world.tell(*(news(each, is_baseline=is_baseline) for each in numbers))
    world.pass_time(hours=1)
    assert notified(world)
    world.deploy(WITHOUT)
    sweep(world)
    return world


def sweep(world: NotifiedWorld, **then: float) -> None:
    wake_destinations(world.routing, world.deliveries, world.wakes)
    world.pass_time(**(then or {"minutes": 5}))


def back(world: NotifiedWorld, **then: float) -> None:
    """The destination is in the policy again, and time passes."""
    world.deploy(BOTH)
    sweep(world, **(then or {"days": 2}))


def notified(world: NotifiedWorld, name: str = PAGER) -> list[str]:
    """What it was told, reminders left out."""
    messages = [each for each in world.services[name].messages if not each.is_reminder]
    return [each.id for message in messages for each in message.notifications]


def reminders(world: NotifiedWorld) -> int:
    return sum(each.is_reminder for each in world.services[PAGER].messages)


@pytest.mark.parametrize("limits", [ONE_BY_ONE, Limits()], ids=["one by one", "digest"])
def test_what_ends_while_a_destination_is_left_out_is_told_once_it_is_back(limits: Limits) -> None:
    world = world_notified(1, 2, limits=limits)
    world.tell(*(news(each, RESOLVED, at=world.now) for each in (1, 2)))
    sweep(world, days=3)
    assert len(notified(world)) == 2

    back(world)

    assert notified(world)[2:] == ["n-1-resolved", "n-2-resolved"]
    assert reminders(world) == 0
    assert (world.deliveries.opens(PAGER), world.dead) == ([], [])


@pytest.mark.parametrize("lost", [True, False], ids=["wake lost", "woken"])
def test_what_is_still_open_once_it_is_back_is_reminded_of_and_resolved(lost: bool) -> None:
    world = world_notified(1)
    sweep(world, days=1)
    assert reminders(world) == 0

    world.deploy(BOTH)
    wake_destinations(world.routing, world.deliveries, world.wakes)
    if lost:
        world.wakes.due.clear()
        sweep(world)
    world.pass_time(hours=6)
    before = reminders(world)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(days=2)

    assert (before, reminders(world)) == (2, 2)
    assert notified(world) == ["n-1-opened", "n-1-resolved"]
    assert not world.deliveries.opens(PAGER)


@pytest.mark.parametrize("status", [ESCALATED, NotificationStatus.REPEATED])
def test_what_goes_on_is_dead_lettered_so_that_somebody_hears_of_it(
    status: NotificationStatus,
) -> None:
    """It may have to call somebody, and two weeks later nobody would come in time."""
    world = world_notified(1)
    world.tell(news(1, status, at=world.now))
    world.pass_time(minutes=1)
    assert world.dead
    sweep(world)
    world.tell(news(1, RESOLVED, at=world.now))

    back(world)

    assert world.dead == [(PAGER, f"n-1-{status}", REASON)]
    assert notified(world) == ["n-1-opened", "n-1-resolved"]
    assert not world.deliveries.opens(PAGER)


@pytest.mark.parametrize("limits", [ONE_BY_ONE, Limits()], ids=["one by one", "digest"])
def test_of_all_that_ends_an_incident_meanwhile_only_a_second_end_is_not_told(
    limits: Limits,
) -> None:
    world = world_notified(1, limits=limits)
    statuses = (ACKNOWLEDGED, RESOLVED, RESOLVED)
    for number, status in enumerate(statuses):
        world.tell(news(1, status, at=world.now + number * SECOND, id=f"{number} {status}"))
    sweep(world)

    back(world)

    assert notified(world)[1:] == ["0 acknowledged", "1 resolved"]
    assert [*world.reasons(PAGER)] == ["2 resolved"]


def test_what_was_acknowledged_meanwhile_is_told_and_reminded_of_no_more() -> None:
    world = world_notified(1, 2)
    world.tell(news(2, ACKNOWLEDGED, at=world.now))

    back(world, hours=20)

    assert notified(world)[2:] == ["n-2-acknowledged"]
    assert {
        e.incident for m in world.services[PAGER].messages if m.is_reminder for e in m.notifications
    } == {"incident-1"}


def test_nobody_is_called_for_what_was_never_told_there_and_is_over() -> None:
    world = NotifiedWorld(routing=BOTH, limits={PAGER: ONE_BY_ONE})
    world.services[PAGER].answer = refusing(TemporaryError("away"))
    world.tell(news(1), news(1, ESCALATED, at=world.now + SECOND))
    world.pass_time(seconds=1)
    world.deploy(WITHOUT)
    sweep(world, minutes=15)
    world.tell(news(1, RESOLVED, at=world.now))
    world.services[PAGER].answer = takes_all

    back(world)

    assert {each for _, each, _ in world.dead} == {"n-1-opened", "n-1-escalated"}
    assert notified(world) == []


def test_what_ends_is_kept_for_two_weeks_and_then_not_sent_with_the_reason() -> None:
    """The people who took the destination out of the policy are not called for it."""
    world = world_notified(1, 2)
    world.tell(news(1, RESOLVED, at=world.now))
    sweep(world, days=13)
    sweep(world)
    assert world.reasons(PAGER) == {}
    sweep(world, days=1)
    sweep(world)
    kept = world.reasons(PAGER)
    world.tell(news(2, RESOLVED, at=world.now))

    back(world)

    assert kept == {"n-1-resolved": f"{REASON} for 14d"}
    assert notified(world)[2:] == ["n-2-resolved"]
    assert (reminders(world), world.deliveries.opens(PAGER), world.dead) == (0, [], [])


@pytest.mark.parametrize("status", [ACKNOWLEDGED, ESCALATED, NotificationStatus.OPENED])
def test_what_a_silence_holds_is_told_after_it_although_it_was_left_out_in_between(
    status: NotificationStatus,
) -> None:
    """It was held for longer than what waits is kept, and left out for five minutes."""
    world = world_notified(1)
    world.deploy(BOTH)
    world.controls = silenced(24 * 30)
    number = 2 if status is NotificationStatus.OPENED else 1
    world.tell(news(number, status, at=world.now))
    world.pass_time(days=20)
    world.deploy(WITHOUT)
    sweep(world)

    world.controls = NO_CONTROLS
    back(world)

    assert notified(world)[1:] == [f"n-{number}-{status}"]
    assert not [each for each in world.dead if each[0] == PAGER]


@pytest.mark.parametrize("hours", [2, 24 * 60], ids=["silence ends", "silence lasts"])
def test_what_a_silence_holds_is_lost_with_a_dead_letter(hours: int) -> None:
    world = world_notified(1)
    world.controls = silenced(hours)
    world.tell(news(1, ESCALATED, at=world.now))
    sweep(world)
    before = list(world.dead)

    sweep(world, days=14)
    sweep(world)

    assert (before, world.dead) == ([], [(PAGER, "n-1-escalated", REASON)])
    assert world.reasons(PAGER) == {"n-1-escalated": REASON}


def test_another_name_is_another_destination() -> None:
    world = world_notified(1)
    renamed = routing_to(CHAT, "night-shift")
    world.services["night-shift"] = Service(world.clock)
    world.deploy(renamed)

    world.tell(news(1, ESCALATED, at=world.now), news(2, at=world.now))
    world.tell(news(1, RESOLVED, at=world.now), news(2, RESOLVED, at=world.now))
    world.pass_time(days=1)
    sweep(world, days=14)
    sweep(world)

    assert sorted(notified(world, "night-shift")) == [
        "n-1-escalated",
        "n-1-resolved",
        "n-2-opened",
        "n-2-resolved",
    ]
    assert notified(world) == ["n-1-opened"]
    assert not world.deliveries.waiting(PAGER)


@pytest.mark.parametrize("status", [NotificationStatus.OPENED, ESCALATED, CHANGED])
def test_what_begins_before_notify_is_deployed_is_told_within_minutes_after_it(
    status: NotificationStatus,
) -> None:
    """An observer of the new policy routes it there, and `notify` has the old policy still."""
    world = NotifiedWorld(routing=BOTH)
    world.tell(news(1, status))
    world.deploy(WITHOUT)
    world.pass_time(minutes=4)
    reasons = world.reasons(PAGER)

    world.deploy(BOTH)
    world.pass_time(minutes=2)

    assert reasons == {
        f"n-1-{status}": f"not yet: {REASON}; it may do so within 10m, if a deployment is under way"
    }
    assert world.dead == []
    assert notified(world) == [f"n-1-{status}"]


def test_why_it_waits_is_said_once_of_each_although_it_is_looked_at_each_minute() -> None:
    world = NotifiedWorld(routing=BOTH)
    world.tell(news(1))
    world.deploy(WITHOUT)
    world.pass_time(minutes=4)
    world.deploy(BOTH)
    world.tell(news(2, at=world.now))
    world.deploy(WITHOUT)
    world.pass_time(minutes=4)

    noted = [each for name, each in world.events if name == PAGER and isinstance(each, NotSent)]

    assert [each.notification.id for each in noted] == ["n-1-opened", "n-2-opened"]


def test_what_begins_without_a_destination_waits_for_no_more_than_ten_minutes() -> None:
    world = NotifiedWorld(routing=BOTH)
    world.tell(news(1))
    world.deploy(WITHOUT)
    world.pass_time(minutes=9)
    assert world.dead == []

    world.pass_time(minutes=2)

    assert world.dead == [(PAGER, "n-1-opened", REASON)]


def test_what_begins_without_a_destination_is_dead_lettered_and_its_end_is_not_told() -> None:
    world = NotifiedWorld(routing=BOTH)
    world.services[PAGER].answer = refusing(TemporaryError("away"))
    world.tell(news(1))
    world.deploy(WITHOUT)
    world.pass_time(minutes=15)
    world.tell(news(1, RESOLVED, at=world.now))
    world.services[PAGER].answer = takes_all

    back(world)

    assert world.dead == [(PAGER, "n-1-opened", REASON)]
    assert notified(world) == []
    assert not world.deliveries.opens(PAGER)


def test_what_may_have_been_taken_before_it_was_left_out_is_ended() -> None:
    world = NotifiedWorld(routing=BOTH)
    world.services[PAGER].answer = refusing(Unanswered("no answer"))
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.deploy(WITHOUT)
    world.pass_time(hours=1)
    world.tell(news(1, RESOLVED, at=world.now))
    world.services[PAGER].answer = takes_all

    back(world)

    assert notified(world) == ["n-1-resolved"]


@pytest.mark.parametrize("limits", [ONE_BY_ONE, Limits()], ids=["one by one", "digest"])
@pytest.mark.parametrize("is_begun", [True, False], ids=["end begun before", "end waits"])
def test_what_began_and_ended_again_elsewhere_meanwhile_is_ended_once(
    is_begun: bool, limits: Limits
) -> None:
    """Quarantines of a channel have one key."""
    world = world_notified(1, limits=limits)
    if is_begun:
        world.deploy(BOTH)
        world.services[PAGER].answer = refusing(Unanswered("no answer"))
    at = world.now
    world.tell(news(1, RESOLVED, at=at, id="first end"))
    world.pass_time(seconds=30)
    world.deploy(WITHOUT)
    world.tell(news(1, at=at + SECOND, id="again"))
    world.tell(news(1, RESOLVED, at=at + 2 * SECOND, id="second end"))
    world.tell(news(1, at=at + 3 * SECOND, id="once more"))
    world.tell(news(1, ESCALATED, at=at + 4 * SECOND))
    sweep(world)
    world.services[PAGER].answer = takes_all

    back(world, hours=1)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(hours=1)

    assert notified(world) == ["n-1-opened", "first end"]
    assert world.reasons(PAGER) == {
        "n-1-escalated": REASON,
        "second end": "nobody there takes its incident for open",
    }
    assert not world.deliveries.opens(PAGER)


def test_a_baseline_whose_last_incident_ends_meanwhile_is_one_incident_that_is_resolved() -> None:
    world = world_notified(1, 2, 3, is_baseline=True)
    (opened,) = (message.notifications[0] for message in world.services[PAGER].messages)
    world.tell(*(news(each, RESOLVED, at=world.now) for each in (1, 2, 3)))

    back(world)

    ends = [
        each for message in world.services[PAGER].messages[1:] for each in message.notifications
    ]
    assert [(each.incident, each.status) for each in ends] == [(opened.incident, RESOLVED)]
    assert not world.deliveries.opens(PAGER)


@pytest.mark.parametrize("call", range(60))
def test_a_run_that_dies_between_any_two_calls_changes_nothing_of_it(call: int) -> None:
    world = world_notified(1)
    world.die_at(call)
    world.tell(news(1, RESOLVED, at=world.now))
    sweep(world, hours=1)

    back(world)

    ids = list(dict.fromkeys(message.id for message in world.services[PAGER].messages))
    assert len(ids) == 2
    assert list(dict.fromkeys(notified(world))) == ["n-1-opened", "n-1-resolved"]
    assert reminders(world) == 0


@pytest.mark.parametrize("call", range(60))
def test_what_was_sent_by_a_run_that_died_before_it_was_left_out_is_ended(call: int) -> None:
    world = NotifiedWorld(routing=BOTH, limits={PAGER: ONE_BY_ONE})
    world.tell(news(1))
    world.die_at(call)
    world.pass_time(seconds=15)
    was_noted = any(name == PAGER and isinstance(each, Sent) for name, each in world.events)
    world.on_call = lambda: None
    world.deploy(WITHOUT)
    sweep(world, hours=1)
    world.tell(news(1, RESOLVED, at=world.now))

    back(world)

    # Nobody knows whether a message was taken that was begun.
    assert notified(world) in ([], ["n-1-resolved"], ["n-1-opened", "n-1-resolved"])
    assert not (was_noted and world.dead)


def test_nothing_is_written_under_a_name_for_which_nothing_waits() -> None:
    """Anybody may have made up a name. One that is gone for good is woken for 400 days."""
    world = world_notified(1)
    before = world.deliveries.state(PAGER)
    world.wakes.wake("made up", timedelta(0))
    sweep(world)

    assert world.deliveries.state("made up") == StoredState()
    assert world.deliveries.state(PAGER) == before


def test_destinations_of_the_policy_are_woken_also_while_the_other_names_cannot_be_read() -> None:
    world = NotifiedWorld(routing=BOTH)

    def fail() -> None:
        raise TemporaryError("away")

    with pytest.raises(TemporaryError):
        wake_destinations(world.routing, Killing(world.deliveries, fail), world.wakes)

    assert [name for _, name in world.wakes.due] == [CHAT, PAGER]


# `python -m benchmarks.notifications` plays thousands.
@pytest.mark.parametrize("seed", range(12))
def test_nothing_that_was_told_stays_open_whatever_happens(seed: int) -> None:
    found = run_of_left_out_destinations(seed)

    assert found.notified > 0
    assert found.faults == 0, found
