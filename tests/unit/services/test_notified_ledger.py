"""The ledger says why a message was or was not sent: once each, and nothing follows from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from itertools import chain
from typing import Final

import msgspec
import pytest
from msgspec.structs import replace

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.domain.decision import undecided
from streamwarden.domain.inputs import (
    Input,
    OwnInput,
    Recheck,
    ResourceListed,
    envelope_of,
    parse_input,
)
from streamwarden.domain.ledger.entry import Entry, Noted, What
from streamwarden.domain.ledger.verification import faults_of, read_entry
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.quiet import QuietHours
from streamwarden.domain.notifications.routing import IncidentMatch, Inhibition, Route, Routing
from streamwarden.domain.state.controls import AccountControls, Sender, Silence
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import Sent, Unreported
from streamwarden.services.errors import PermanentError, TemporaryError
from testbed import builders as build
from testbed.builders import CHANNEL, NOON, WHOLE_ACCOUNT, at
from testbed.notified_world import CHAT, Killed, NotifiedWorld, news, routing_to
from tests.unit.services.fakes import Calls, Crash, Harness

RESOLVED, ACKNOWLEDGED = NotificationStatus.RESOLVED, NotificationStatus.ACKNOWLEDGED
POLICY: Final = build.policy_of(build.max_duration())
handled = build.notification_handled
reported = partial(news, rule_id="max-duration", resource_arn=CHANNEL)


def existing(*arns: str) -> Harness:
    """Observers who know of these resources."""
    harness = Harness(POLICY)
    for arn in arns or (CHANNEL,):
        listed = ResourceListed(resource_arn=arn, time=NOON, settings={}, tags={})
        harness.observer().observe(arn, [listed])
    return harness


def take_in(harness: Harness, inbox: MemoryInbox) -> None:
    """As the observers do: batches by resource, from what has travelled in a queue."""
    by_resource: dict[str, list[Input]] = {}
    while inbox.inputs:
        given = parse_input(envelope_of(inbox.inputs.popleft()))
        by_resource.setdefault(given.resource_arn or "", []).append(given)
    for arn, inputs in by_resource.items():
        harness.observer().observe(arn, inputs)


def entries(harness: Harness, arn: str = CHANNEL) -> list[Entry]:
    """All of it, of a ledger that is whole."""
    stored = harness.store.ledgers.get(arn, [])
    assert faults_of(arn, stored, harness.store.load(arn).ledger.last, harness.time()) == []
    return [entry for entry in map(read_entry, stored) if entry is not None]


def notified(harness: Harness, arn: str = CHANNEL) -> list[Noted]:
    noted = chain.from_iterable(entry.noted for entry in entries(harness, arn))
    return [each for each in noted if each.delivery is not None]


def said(harness: Harness, arn: str = CHANNEL) -> list[tuple[str, str, str]]:
    """The status, what happened, and why."""
    found = notified(harness, arn)
    return [
        (each.delivery.status if each.delivery else "", each.what, each.reason) for each in found
    ]


def refusing(error: Exception) -> Callable[[datetime, Message], None]:
    def answer(now: datetime, message: Message) -> None:
        raise error

    return answer


QUIET: Final = QuietHours(start=time(11), end=time(13))
SILENCE: Final = Silence(
    id="5117ace0",
    until=NOON + timedelta(hours=3),
    reason="everybody knows",
    author=Sender(id="AIDAANA"),
    rule="max-duration",
)
COVERED: Final = replace(
    routing_to(CHAT),
    inhibitions=(
        Inhibition(by=IncidentMatch(rule=("stolen",)), of=IncidentMatch(rule=("max-*",))),
    ),
)


def alone(world: NotifiedWorld) -> None:
    world.tell(reported(1))
    world.pass_time(minutes=5)


def in_a_digest(world: NotifiedWorld) -> None:
    world.tell(reported(1), *(news(n, rule_id="max-duration") for n in (2, 3)))
    world.pass_time(minutes=5)


def in_quiet_hours(world: NotifiedWorld) -> None:
    world.deploy(routing_to(CHAT, quiet=QUIET))
    world.tell(reported(1))
    world.pass_time(hours=2)


def over_in_quiet_hours(world: NotifiedWorld) -> None:
    world.deploy(routing_to(CHAT, quiet=QUIET))
    world.tell(reported(1))
    world.pass_time(minutes=5)
    world.tell(reported(1, RESOLVED, at=world.now))
    world.pass_time(minutes=5)


def silenced(world: NotifiedWorld) -> None:
    world.controls = AccountControls(silences={SILENCE.id: Stamped(SILENCE, NOON)})
    world.tell(reported(1))
    world.pass_time(hours=1)


def inhibited(world: NotifiedWorld) -> None:
    world.deploy(COVERED)
    world.tell(news(9, rule_id="stolen", resource_arn=CHANNEL), reported(1))
    world.pass_time(minutes=5)


def refused(world: NotifiedWorld) -> None:
    world.chat.answer = refusing(PermanentError("no_service: the webhook was removed"))
    world.tell(reported(1))
    world.pass_time(minutes=5)


def away_for_days(world: NotifiedWorld) -> None:
    world.chat.answer = refusing(TemporaryError("answered 503"))
    world.tell(reported(1))
    world.pass_time(days=4)


def no_longer_a_destination(world: NotifiedWorld) -> None:
    world.tell(reported(1))
    world.deploy(routing_to("pager"))
    world.pass_time(minutes=15)


def acknowledged(world: NotifiedWorld) -> None:
    world.tell(reported(1))
    world.pass_time(minutes=5)
    world.tell(reported(1, ACKNOWLEDGED, at=world.now))
    world.pass_time(minutes=5)


BY_ITSELF: Final = "in a message of its own"
SUPPRESSED: Final = "it is within quiet hours"


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (alone, [("opened", "sent", BY_ITSELF)]),
        (in_a_digest, [("opened", "sent", "in a digest of 3 notifications")]),
        (in_quiet_hours, [("opened", "suppressed", SUPPRESSED), ("opened", "sent", BY_ITSELF)]),
        (
            over_in_quiet_hours,
            [
                ("opened", "suppressed", SUPPRESSED),
                ("opened", "not sent", f"{SUPPRESSED}, and the incident is resolved"),
                ("resolved", "not sent", f"{SUPPRESSED}, and the incident is resolved"),
            ],
        ),
        (silenced, [("opened", "suppressed", "silence 5117ace0 of AIDAANA: everybody knows")]),
        (
            inhibited,
            [
                ("opened", "sent", BY_ITSELF),
                ("opened", "suppressed", "the incident of stolen covers it"),
            ],
        ),
        (refused, [("opened", "dead-lettered", "no_service: the webhook was removed")]),
        (
            away_for_days,
            [("opened", "dead-lettered", "the destination is away for 3d: answered 503")],
        ),
        (
            no_longer_a_destination,
            [("opened", "dead-lettered", "the deployed policy has no destination 'chat'")],
        ),
        (acknowledged, [("opened", "sent", BY_ITSELF), ("acknowledged", "sent", BY_ITSELF)]),
    ],
)
def test_the_ledger_says_why_a_message_was_or_was_not_sent(
    happens: Callable[[NotifiedWorld], None], expected: list[tuple[str, str, str]]
) -> None:
    world, harness = NotifiedWorld(), existing()

    happens(world)
    take_in(harness, world.inbox)

    assert sorted(said(harness)) == sorted(expected)


def test_what_was_sent_is_named_with_its_destination_its_message_and_the_moment() -> None:
    world, harness = NotifiedWorld(), existing()

    alone(world)
    take_in(harness, world.inbox)

    (noted,) = notified(harness)
    ((sent_at, message),) = world.chat.taken
    assert noted.rule_id == "max-duration"
    assert noted.delivery is not None
    assert (noted.delivery.destination, noted.delivery.at) == (CHAT, sent_at)
    assert (noted.delivery.incident, noted.delivery.message_id) == ("incident-1", message.id)


@pytest.mark.parametrize("arrivals", [2, 5])
def test_reports_that_arrive_again_are_noted_once(arrivals: int) -> None:
    """Also a whole batch, and one that began to be noted."""
    harness = existing()
    batch = [handled(number) for number in range(50)]

    for _ in range(arrivals):
        harness.observer().observe(CHANNEL, [*batch, batch[0]])

    assert len(notified(harness)) == 50


def test_a_message_that_is_finished_in_two_parts_is_noted_once() -> None:
    harness = existing()

    harness.observer().observe(CHANNEL, [handled(reason="in a digest of 40 notifications")])
    harness.observer().observe(CHANNEL, [handled(reason=BY_ITSELF, time=at(1))])

    assert [each.reason for each in notified(harness)] == ["in a digest of 40 notifications"]


def test_reports_push_nothing_out_of_what_the_record_remembers_of_others() -> None:
    harness = existing()
    begun = build.rotation_observed(at(1), is_finished=False)
    harness.observer().observe(CHANNEL, [begun])

    harness.observer().observe(CHANNEL, [handled(number) for number in range(9)])
    harness.observer().observe(CHANNEL, [begun, handled(1)])

    rotations = [noted for entry in entries(harness) for noted in entry.noted if not noted.delivery]
    assert len(rotations) == 1


def taken(world: NotifiedWorld) -> None:
    """The service takes everything."""


def refuses(world: NotifiedWorld) -> None:
    world.chat.answer = refusing(PermanentError("no_service"))


def is_quiet(world: NotifiedWorld) -> None:
    world.deploy(routing_to(CHAT, quiet=QUIET))


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (taken, [What.SENT]),
        (refuses, [What.DEAD_LETTERED]),
        (is_quiet, [What.NOT_SENT, What.SUPPRESSED]),
    ],
)
@pytest.mark.parametrize("crash_at", range(80))
def test_a_notify_that_dies_anywhere_has_each_thing_noted_once(
    prepare: Callable[[NotifiedWorld], None], expected: list[What], crash_at: int
) -> None:
    """Of two incidents that are told one by one."""
    calls = iter(range(1_000))
    is_armed = [False]

    def die() -> None:
        if is_armed[0] and next(calls) == crash_at:
            raise Killed

    world = NotifiedWorld(on_call=die, limits={CHAT: Limits(largest=1)})
    prepare(world)
    harness = existing()
    world.tell(reported(1), reported(2))
    is_armed[0] = True
    world.pass_time(minutes=20)
    world.tell(
        *(reported(n, RESOLVED, at=world.now) for n in (1, 2)) if prepare is is_quiet else ()
    )
    world.pass_time(minutes=20)
    take_in(harness, world.inbox)

    opened = [
        each for each in notified(harness) if each.delivery and each.delivery.status == "opened"
    ]
    assert sorted(each.what for each in opened) == sorted(expected * 2)


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("crash_at", [1, 2, 3])
def test_an_observer_that_dies_anywhere_notes_once(crash_at: int, is_after: bool) -> None:
    harness, given = existing(), [handled(1), handled(2)]
    calls = Calls(crash_at, is_after)

    with pytest.raises(Crash):
        harness.observer(calls).observe(CHANNEL, given)
    harness.observer().observe(CHANNEL, given)

    assert len(notified(harness)) == 2


def test_nothing_follows_from_a_report_not_even_what_is_overdue() -> None:
    """It is no look: a breach that is due waits for its timer. So no report leads to another."""
    harness = existing()
    harness.observer().observe(CHANNEL, [build.stream_start(at())])
    before, timers = harness.store.load(CHANNEL), harness.timers.next_at()
    harness.time.now = at(9)

    decision = harness.observer().observe(CHANNEL, [handled(time=at(9))])

    after = harness.store.load(CHANNEL)
    assert decision == undecided(before.standing)
    assert not harness.outbox.notifications
    assert (after.state, after.standing, after.decided_under) == (
        before.state,
        before.standing,
        before.decided_under,
    )
    assert harness.timers.next_at() == timers


def test_a_report_beside_other_inputs_is_noted_with_what_they_decide() -> None:
    harness = existing()
    harness.observer().observe(CHANNEL, [build.stream_start(at())])
    harness.time.now = at(9)

    harness.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(9)), handled()])

    (entry,) = entries(harness)
    assert {each.what for each in entry.noted} == {What.SENT, What.OPENED, What.REQUESTED}


def test_what_concerns_the_account_is_in_the_ledger_of_the_account() -> None:
    world, harness = NotifiedWorld(), existing(WHOLE_ACCOUNT)

    world.tell(reported(1, resource_arn=WHOLE_ACCOUNT, rule_id="pause"))
    world.pass_time(minutes=1)
    (report,) = world.inbox.inputs
    assert harness.observer().subject_of(report) == WHOLE_ACCOUNT
    take_in(harness, world.inbox)

    assert said(harness, WHOLE_ACCOUNT) == [("opened", "sent", BY_ITSELF)]


def test_of_a_resource_that_is_forgotten_nothing_is_noted() -> None:
    harness = Harness(POLICY)

    harness.observer().observe(CHANNEL, [handled()])

    assert not harness.store.ledgers
    assert not harness.store.records()


def test_a_resource_that_no_rule_is_about_any_more_has_its_last_messages_noted() -> None:
    report = handled(resource_arn=build.KEY_PAIR)

    assert Harness(POLICY).observer().subject_of(report) == build.KEY_PAIR


class _Refusing(MemoryInbox):
    def put(self, inputs: Sequence[OwnInput]) -> None:
        raise PermanentError("sqs:SendMessage: AccessDenied")


def test_people_are_told_also_where_the_ledgers_are_not() -> None:
    world = NotifiedWorld(inbox=_Refusing())

    world.tell(reported(1), reported(2))
    world.pass_time(hours=1)

    assert sorted(world.chat.delivered_ids) == ["n-1-opened", "n-2-opened"]
    events = [event for _, event in world.events]
    assert Unreported("sqs:SendMessage: AccessDenied") in events
    assert sum(isinstance(event, Sent) for event in events) == 1


def test_a_reminder_is_not_noted_again() -> None:
    world, harness = NotifiedWorld(), existing()
    world.deploy(routing_to(CHAT, repeat=timedelta(hours=4)))

    world.tell(reported(1))
    world.pass_time(days=2)
    take_in(harness, world.inbox)

    assert len(world.chat.messages) > 5
    assert len(notified(harness)) == 1


@dataclass
class _Counting(MemoryInbox):
    """Counts what it is called with."""

    def __post_init__(self) -> None:
        self.puts: list[int] = []

    def put(self, inputs: Sequence[OwnInput]) -> None:
        self.puts.append(len(inputs))
        super().put(inputs)


def storm(number: int) -> Iterator[str]:
    yield from (
        f"arn:aws:ivs:{build.REGION}:{build.ACCOUNT}:channel/storm{n}" for n in range(number)
    )


def test_a_storm_is_reported_by_messages_and_decides_nothing() -> None:
    arns = [*storm(1_000)]
    inbox = _Counting()
    world, harness = NotifiedWorld(inbox=inbox), existing(*arns)
    before = {arn: harness.store.load(arn).version for arn in arns}

    world.tell(*(news(n, resource_arn=arn) for n, arn in enumerate(arns)))
    world.pass_time(hours=1)
    reported = [each for each in inbox.puts if each]
    take_in(harness, inbox)

    assert len(reported) == len(world.chat.messages) <= 12
    assert sum(reported) == 1_000
    assert {harness.store.load(arn).version - before[arn] for arn in arns} == {1}
    assert all(len(notified(harness, arn)) == 1 for arn in arns)
    assert not harness.outbox.notifications
    assert harness.timers.next_at() is None


UNROUTED: Final = "no route of the policy leads it to a destination"


@pytest.mark.parametrize(
    ("routes", "expected"), [((), [("opened", "not sent", UNROUTED)]), (Routing().routes, [])]
)
def test_what_no_route_leads_anywhere_is_noted_with_the_decision(
    routes: tuple[Route, ...], expected: list[tuple[str, str, str]]
) -> None:
    harness = Harness(msgspec.structs.replace(POLICY, routing=Routing(routes=routes)))
    harness.observer().observe(CHANNEL, [build.stream_start(at())])
    harness.time.now = at(4)

    harness.observer().observe(CHANNEL, [Recheck(resource_arn=CHANNEL, time=at(4))])

    assert said(harness) == expected
    assert What.OPENED in {each.what for each in entries(harness)[0].noted}
