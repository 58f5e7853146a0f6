"""A destination whose kind a deployment changes: another service has its name then."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from streamwarden.domain.notifications.routing import DestinationSpec, Routing
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import PermanentError, TemporaryError, Throttled, Unanswered
from streamwarden.services.wake_destinations import wake_destinations
from testbed.notified_runs import ONE_BY_ONE
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to
from testbed.played_service import refusing, takes_all

RESOLVED, ESCALATED = NotificationStatus.RESOLVED, NotificationStatus.ESCALATED
ACKNOWLEDGED = NotificationStatus.ACKNOWLEDGED
NOT_OPEN = "nobody there takes its incident for open"


def sweep(world: NotifiedWorld, **then: float) -> None:
    wake_destinations(world.routing, world.deliveries, world.wakes)
    world.pass_time(**(then or {"minutes": 5}))


def of_kind(kind: str) -> Routing:
    routing = routing_to(CHAT, repeat=timedelta(hours=4))
    return replace(routing, destinations=(DestinationSpec(name=CHAT, kind=kind),))


def world_notified(*numbers: int, is_baseline: bool = False) -> NotifiedWorld:
    """The service behind the name was told of these, and then there is another one."""
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.tell(*(news(each, is_baseline=is_baseline) for each in numbers))
    world.pass_time(hours=1)
    assert world.chat.messages
    world.chat.taken.clear()
    world.deploy(of_kind("webhook"))
    return world


@pytest.mark.parametrize("last", [RESOLVED, ACKNOWLEDGED])
def test_what_another_service_was_told_is_not_ended_at_this_one(last: NotificationStatus) -> None:
    """It would ignore the end, or call people for something that they never heard of."""
    world = world_notified(1)
    world.tell(news(1, last, at=world.now))
    sweep(world, days=13)
    sweep(world)
    assert world.reasons() == {}
    sweep(world, days=1)
    sweep(world)

    assert world.chat.messages == []
    assert world.reasons() == {f"n-1-{last}": NOT_OPEN}
    assert world.dead == []


@pytest.mark.parametrize("last", [RESOLVED, ACKNOWLEDGED])
def test_what_ends_is_told_once_the_kind_is_the_former_one_again(last: NotificationStatus) -> None:
    """It may have changed by mistake, and the service of that hour may be away."""
    world = world_notified(1)
    world.tell(news(1, last, at=world.now))
    world.pass_time(minutes=1)
    world.chat.answer = refusing(TemporaryError("away"))
    world.tell(news(2, at=world.now))
    sweep(world, days=4)
    world.chat.answer = takes_all

    world.deploy(of_kind("pagerduty"))
    sweep(world, hours=1)

    assert world.chat.delivered_ids == [f"n-1-{last}"]
    assert [each for _, each, _ in world.dead] == ["n-2-opened"]


@pytest.mark.parametrize("last", [RESOLVED, ACKNOWLEDGED])
def test_what_begins_again_is_told_here_without_what_the_former_one_was_to_be_told(
    last: NotificationStatus,
) -> None:
    world = world_notified(1)
    world.tell(news(1, last, at=world.now))
    world.pass_time(minutes=1)
    world.tell(news(1, ESCALATED, at=world.now))
    world.pass_time(hours=1)
    world.tell(news(1, RESOLVED, at=world.now, id="end"))
    world.pass_time(hours=1)

    assert world.chat.delivered_ids == ["n-1-escalated", "end"]
    assert not world.deliveries.opens(CHAT)


def test_this_one_is_told_at_once_however_the_other_service_answered() -> None:
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.chat.answer = refusing(Throttled("429", timedelta(days=3)))
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.deploy(of_kind("webhook"))
    world.chat.answer = takes_all

    world.tell(news(2, at=world.now))
    world.pass_time(minutes=1)

    assert world.chat.delivered_ids == ["n-1-opened", "n-2-opened"]
    assert world.deliveries.state(CHAT).state.failing_since is None


def test_what_was_begun_at_another_service_is_planned_anew() -> None:
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.tell(news(1))
    world.pass_time(hours=1)
    world.chat.answer = refusing(Unanswered("no answer"))
    world.tell(news(1, RESOLVED, at=world.now), news(2, at=world.now))
    world.pass_time(minutes=1)
    world.deploy(of_kind("webhook"))
    world.chat.answer = takes_all
    world.pass_time(hours=2)

    assert world.chat.delivered_ids == ["n-1-opened", "n-2-opened"]
    assert [each.notification.id for each in world.deliveries.waiting(CHAT)] == ["n-1-resolved"]


def test_what_another_service_may_have_taken_is_not_ended_at_this_one() -> None:
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.chat.answer = refusing(Unanswered("no answer"))
    world.tell(news(1))
    world.pass_time(minutes=1)
    world.chat.answer = refusing(PermanentError("403"))
    world.pass_time(hours=1)
    assert [each for _, each, _ in world.dead] == ["n-1-opened"]
    world.chat.answer = takes_all
    world.deploy(of_kind("webhook"))
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(hours=1)
    assert world.chat.messages == []

    world.deploy(of_kind("pagerduty"))
    sweep(world)

    assert world.chat.delivered_ids == ["n-1-resolved"]


@pytest.mark.parametrize("call", range(40))
def test_a_run_that_dies_before_the_kind_changes_has_it_ended_at_the_former_one(call: int) -> None:
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.tell(news(1))
    world.die_at(call)
    world.pass_time(seconds=15)
    world.on_call = lambda: None
    sending = world.deliveries.state(CHAT).state.sending
    is_accepted = not world.deliveries.waiting(CHAT) or (sending and sending.is_accepted)
    world.deploy(of_kind("webhook"))
    world.pass_time(hours=1)
    world.deploy(of_kind("pagerduty") if is_accepted else of_kind("webhook"))
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(hours=1)

    assert list(dict.fromkeys(world.chat.delivered_ids)) == ["n-1-opened", "n-1-resolved"]


def test_nobody_is_reminded_here_of_what_another_service_was_told() -> None:
    world = world_notified(1)
    world.wakes.wake(CHAT, timedelta(0))
    world.pass_time(days=1)

    assert world.chat.messages == []


def test_what_goes_on_is_told_at_this_one_and_ended_there() -> None:
    world = world_notified(1)
    world.tell(news(1, ESCALATED, at=world.now))
    world.pass_time(hours=1)
    world.tell(news(1, RESOLVED, at=world.now))
    world.pass_time(days=1)

    assert world.chat.delivered_ids == ["n-1-escalated", "n-1-resolved"]
    assert not world.deliveries.opens(CHAT)


def test_what_is_still_open_once_the_kind_is_the_former_one_is_ended() -> None:
    world = world_notified(1)
    world.tell(news(2, at=world.now))
    world.pass_time(hours=1)
    world.deploy(of_kind("pagerduty"))
    world.tell(news(1, RESOLVED, at=world.now), news(2, RESOLVED, at=world.now))
    sweep(world, days=14)
    sweep(world)

    assert world.chat.delivered_ids == ["n-2-opened", "n-1-resolved"]
    assert world.reasons() == {"n-2-resolved": NOT_OPEN}
    assert not world.deliveries.opens(CHAT)


@pytest.mark.parametrize("first", [NotificationStatus.CHANGED, NotificationStatus.WARNING])
def test_what_has_no_end_makes_nobody_here_know_of_it(first: NotificationStatus) -> None:
    world = world_notified(1)
    second = timedelta(seconds=1)
    world.tell(
        news(1, ACKNOWLEDGED, at=world.now),
        news(1, first, at=world.now + second),
        news(1, RESOLVED, at=world.now + 2 * second),
    )
    world.pass_time(hours=1)
    assert world.chat.delivered_ids == [f"n-1-{first}"]

    world.deploy(of_kind("pagerduty"))
    sweep(world, hours=1)

    assert world.chat.delivered_ids[1:] == ["n-1-acknowledged", "n-1-resolved"]
    assert not world.deliveries.opens(CHAT)


def test_a_baseline_that_another_service_was_told_leaves_nothing_behind() -> None:
    world = world_notified(1, 2, 3, is_baseline=True)
    world.tell(*(news(each, RESOLVED, at=world.now) for each in (1, 2, 3)))
    # The end of the whole waits after those of its parts.
    for _ in range(4):
        sweep(world, days=14)

    assert world.chat.messages == []
    assert not world.deliveries.opens(CHAT)
    assert not world.deliveries.waiting(CHAT)


def test_an_end_that_is_sent_back_goes_to_the_service_that_was_told_of_the_beginning() -> None:
    world = NotifiedWorld(routing=of_kind("pagerduty"), limits={CHAT: ONE_BY_ONE})
    world.tell(news(1))
    world.pass_time(hours=1)
    world.chat.answer = refusing(PermanentError("403"))
    end = news(1, RESOLVED, at=world.now)
    world.tell(end)
    world.pass_time(hours=1)
    assert [each for _, each, _ in world.dead] == [end.id]
    world.chat.answer = takes_all
    world.chat.taken.clear()
    world.deploy(of_kind("webhook"))

    world.revive(end)
    world.pass_time(hours=1)
    assert world.chat.messages == []
    world.deploy(of_kind("pagerduty"))
    sweep(world)

    assert world.chat.delivered_ids == [end.id]
