"""Every message reaches every destination once, in time, whatever the destination answers."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.notifications.routing import (
    Grouping,
    IncidentMatch,
    Inhibition,
    Route,
    Routing,
)
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
)
from testbed.builders import NOON
from testbed.notified_runs import (
    Run,
    run_of_a_baseline,
    run_of_all_at_once,
    run_of_incidents,
    storm,
)
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to

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

    ((notified_at, _),) = world.chat.taken
    assert timedelta(minutes=20) <= notified_at - NOON < timedelta(minutes=45)
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
    found = storm(Limits(interval=SECOND))

    assert found.notified == found.incidents == 1_001
    assert found.critical <= timedelta(seconds=3)
    assert found.last <= timedelta(minutes=2)
    assert found.messages <= 12


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

    world.pass_time(minutes=11)

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


# `python -m benchmarks.notifications` plays thousands.
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("play", [run_of_incidents, run_of_a_baseline, run_of_all_at_once])
def test_nothing_is_lost_and_nothing_told_twice_whatever_happens(
    play: Callable[[int], Run], seed: int
) -> None:
    """Services answer 429, 500, nothing, or refuse. Functions die between any two calls."""
    found = play(seed)

    assert found.notified > 0
    assert found.faults == 0, found
