"""A storm of incidents, and seeded runs in which everything fails: what came of it, in figures.

The tests hold the figures to what is promised, and `benchmarks/notifications.py` prints them. The
time is virtual.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.inputs import Handling, NotificationHandled
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import short_name_of
from streamwarden.domain.notifications.message import Limits, Message
from streamwarden.domain.notifications.routing import Route
from streamwarden.domain.state.controls import NO_CONTROLS
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.errors import TemporaryError, Throttled, Unanswered
from testbed.builders import NOON
from testbed.notified_world import (
    CHAT,
    Killed,
    NotifiedWorld,
    news,
    routing_to,
    silenced,
)
from testbed.played_service import Service

SECOND: Final = timedelta(seconds=1)
# PagerDuty takes one incident a message, two a second.
ONE_BY_ONE: Final = Limits(largest=1, interval=SECOND / 2)
_OPENED: Final = NotificationStatus.OPENED
_ESCALATED: Final = NotificationStatus.ESCALATED
_RESOLVED: Final = NotificationStatus.RESOLVED
_ACKNOWLEDGED: Final = NotificationStatus.ACKNOWLEDGED
# Everything works again then.
_CALM_AT: Final = NOON + timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Storm:
    """`notified` incidents of `incidents` arrived, in so many messages: the critical one after
    `critical`, the last one after `last`.
    """

    incidents: int
    notified: int
    messages: int
    critical: timedelta
    last: timedelta


def storm(limits: Limits) -> Storm:
    """A thousand incidents of five rules within ten seconds, and a critical one among them."""
    world = NotifiedWorld(limits={CHAT: limits})
    rules = [f"rule-{number}" for number in range(5)]
    critical = news(5_000, severity=Severity.CRITICAL, rule_id="stolen", at=NOON + 5 * SECOND)
    for second in range(10):
        numbers = range(second * 100, second * 100 + 100)
        world.tell(*(news(each, rule_id=rules[each % 5], at=world.now) for each in numbers))
        if world.now == critical.at:
            world.tell(critical)
        world.pass_time(seconds=1)
    world.pass_time(minutes=10)
    notified_at = {
        each.id: at for at, message in world.chat.taken for each in message.notifications
    }
    return Storm(
        incidents=1_001,
        notified=len(notified_at),
        messages=len(world.chat.messages),
        critical=notified_at[critical.id] - critical.at,
        last=max(notified_at.values()) - NOON,
    )


@dataclass(kw_only=True)
class Run:
    """What a run told, and what went wrong.

    `kills` says how many functions died, `doubts` how often a message was taken and its sender was
    not told: the function was killed, or there was no answer. Such a message may come once more,
    under the same id (`repeated`). `doubled` came in two different messages, or again without such
    a doubt, `lost` in none, and `disordered` came too early or at a wrong place. Of what is
    `unreported`, the ledgers do not know that it was sent.
    """

    notified: int = 0
    messages: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    dead: int = 0
    left: int = 0
    repeated: int = 0
    unreported: int = 0
    kills: int = 0
    doubts: int = 0

    @property
    def faults(self) -> int:
        """What must not be, whatever happens."""
        wrong = self.lost + self.doubled + self.disordered + self.unreported
        return wrong + self.dead + self.left


@dataclass
class Trouble:
    """Services that answer 429, 500 or nothing, and functions that die between any two calls."""

    chance: random.Random
    deaths: float
    kills: int = 0
    world: NotifiedWorld = field(init=False)

    def die(self) -> None:
        if self.world.now < _CALM_AT and self.chance.random() < self.deaths:
            self.kills += 1
            raise Killed

    def answers(self, service: Service) -> Callable[[datetime, Message], None]:
        def answer(now: datetime, message: Message) -> None:
            mood = self.chance.random()
            if mood < 0.1:
                raise Throttled("answered 429", timedelta(seconds=self.chance.randrange(1, 30)))
            if mood < 0.2:
                raise TemporaryError("answered 500")
            if mood < 0.25:
                raise Unanswered("no answer")
            if mood < 0.3:
                service.taken.append((now, message))
                service.doubt(message.id)
                raise Unanswered("taken, and no answer")

        return answer

    def serve(self, name: str, clock: Callable[[], datetime]) -> Service:
        """One of these services."""
        service = Service(clock)
        service.answer = self.answers(service)
        return service


# Which services are told of what happens.
type MakeWorld = Callable[[Trouble], NotifiedWorld]


def three_in_memory(trouble: Trouble) -> NotifiedWorld:
    """Services of three kinds, which are played."""
    names = (CHAT, "pager", "hook")
    return NotifiedWorld(
        routing=routing_to(*names),
        limits={CHAT: Limits(interval=SECOND), "pager": Limits(largest=1)},
        on_call=trouble.die,
        serving=trouble.serve,
    )


def run_of_incidents(seed: int, made: MakeWorld = three_in_memory, incidents: int = 30) -> Run:
    """Incidents open, become worse and resolve."""
    trouble = Trouble(random.Random(seed), 0.02)  # noqa: S311
    world = trouble.world = made(trouble)
    expected = _play_incidents(world, trouble.chance, incidents)
    _calm(world, days=1)
    found = ended(world, trouble)
    for name, service in world.services.items():
        _count_notified(found, service, expected)
        found.unreported += len(_sent(service.messages) ^ _reported(name, world))
    return found


def pager_in_memory(trouble: Trouble) -> NotifiedWorld:
    return NotifiedWorld(limits={CHAT: ONE_BY_ONE}, on_call=trouble.die, serving=trouble.serve)


def run_of_a_baseline(seed: int, made: MakeWorld = pager_in_memory) -> Run:
    """A first look finds a dozen of incidents, which are one in PagerDuty; some become worse."""
    trouble = Trouble(random.Random(seed), 0.03)  # noqa: S311
    world = trouble.world = made(trouble)
    _play_baseline(world, trouble.chance)
    _calm(world, days=1)
    found = ended(world, trouble)
    for service in world.services.values():
        _count_lives(found, service)
    return found


def _calm(world: NotifiedWorld, days: int) -> None:
    """Services take everything for so long."""
    for service in world.services.values():
        service.calm()
    world.pass_time(days=days)


def _sent(messages: Sequence[Message]) -> set[tuple[str, str]]:
    return {(short_name_of(each), message.id) for message, each in notifications(messages)}


def _reported(destination: str, world: NotifiedWorld) -> set[tuple[str, str]]:
    """What the ledgers are told that the destination was sent, each with its message."""
    reports = [each for each in world.inbox.inputs if isinstance(each, NotificationHandled)]
    return {
        (each.notification, each.message_id)
        for each in reports
        if (each.destination, each.handling) == (destination, Handling.SENT)
    }


def chat_and_pager_in_memory(trouble: Trouble) -> NotifiedWorld:
    return NotifiedWorld(
        routing=routing_to(CHAT, "pager"),
        limits={"pager": ONE_BY_ONE},
        on_call=trouble.die,
        serving=trouble.serve,
    )


def run_of_all_at_once(seed: int, made: MakeWorld = chat_and_pager_in_memory) -> Run:
    """Incidents begin again, in baselines or not, while operators and deployments intervene."""
    trouble = Trouble(random.Random(seed), 0.02)  # noqa: S311
    world = trouble.world = made(trouble)
    _play_all_at_once(world, trouble.chance)
    _calm(world, days=2)
    found = ended(world, trouble)
    for service in world.services.values():
        count_ends(found, service)
    return found


def ended(world: NotifiedWorld, trouble: Trouble) -> Run:
    names = [each.name for each in world.routing.destinations]
    left = (
        len(world.deliveries.waiting(name)) + len(world.deliveries.opens(name)) for name in names
    )
    return Run(dead=len(world.dead), left=sum(left), kills=trouble.kills)


def _play_incidents(world: NotifiedWorld, chance: random.Random, incidents: int) -> set[str]:
    """Some are handed over twice. Answers the ids of all that is told."""
    expected: set[str] = set()
    for number in range(incidents):
        severity = chance.choice([*Severity])
        sequence: list[Notification] = []
        for status in (_OPENED, _ESCALATED, _RESOLVED):
            if status is _ESCALATED and chance.random() < 0.5:
                continue
            at = world.now + timedelta(milliseconds=len(sequence))
            sequence.append(news(number, status, at=at, severity=severity))
        for each in sequence:
            expected.add(each.id)
            world.tell(*[each] * chance.choice([1, 1, 2]))
            if chance.random() < 0.3:
                world.pass_time(seconds=chance.randrange(60))
    return expected


def _play_baseline(world: NotifiedWorld, chance: random.Random) -> None:
    numbers = [*range(12)]
    for number in numbers:
        world.tell(news(number, at=world.now, is_baseline=True))
        world.pass_time(seconds=chance.randrange(40))
    chance.shuffle(numbers)
    for number in numbers:
        if number < 4:
            world.tell(news(number, _ESCALATED, at=world.now))
        world.tell(news(number, _RESOLVED, at=world.now + timedelta(milliseconds=1)))
        world.pass_time(seconds=chance.randrange(200))


def _play_all_at_once(world: NotifiedWorld, chance: random.Random) -> None:
    names = tuple(each.name for each in reversed(world.routing.destinations))
    reminding = Route(to=names, repeat=timedelta(hours=2))
    routings = (world.routing, replace(world.routing, routes=(reminding,)))
    life: dict[int, NotificationStatus] = {}

    def tell(number: int, status: NotificationStatus, *, is_baseline: bool = False) -> None:
        world.pass_time(milliseconds=1)
        life[number] = status
        given = news(number, status, at=world.now, is_baseline=is_baseline)
        world.tell(replace(given, id=f"{given.id}@{world.now.isoformat()}"))

    for number in range(8):
        tell(number, _OPENED, is_baseline=True)
        world.pass_time(seconds=chance.randrange(40))
    for _ in range(60):
        what, number = chance.random(), chance.randrange(8)
        if what < 0.15:
            world.controls = chance.choice([silenced(1), silenced(2), NO_CONTROLS, NO_CONTROLS])
        elif what < 0.2:
            world.deploy(chance.choice(routings))
        elif life[number] is _RESOLVED:
            tell(number, _OPENED, is_baseline=chance.random() < 0.3)
        elif life[number] is _ACKNOWLEDGED:
            tell(number, _RESOLVED)
        else:
            tell(number, chance.choice([_ESCALATED, _RESOLVED, _RESOLVED, _ACKNOWLEDGED]))
        world.pass_time(seconds=chance.choice([0, 0, 1, 30, 200]))
    world.controls = NO_CONTROLS
    for number in life:
        if life[number] is not _RESOLVED:
            tell(number, _RESOLVED)
            world.pass_time(seconds=chance.randrange(20))


def count_ends(run: Run, service: Service) -> None:
    """What people were told last of an incident is its end, or who acknowledged it."""
    last = {each.incident: each.status for _, each in notifications(service.messages)}
    run.notified += sum(1 for _ in notifications(service.messages))
    run.lost += sum(each not in (_RESOLVED, _ACKNOWLEDGED) for each in last.values())
    _count_messages(run, service)


def _count_notified(run: Run, service: Service, expected: set[str]) -> None:
    """Each notification in one message, in the order of the incident's life."""
    places: dict[str, int] = {}
    ids: dict[str, set[str]] = {}
    for place, (message, each) in enumerate(notifications(service.messages)):
        places.setdefault(each.id, place)
        ids.setdefault(each.id, set()).add(message.id)
    run.notified += len(places)
    run.lost += len(expected - places.keys())
    run.doubled += sum(len(each) > 1 for each in ids.values())
    for notification_id, place in places.items():
        number, status = notification_id.removeprefix("n-").split("-")
        begun = places.get(f"n-{number}-{_OPENED}", place)
        run.disordered += status == _RESOLVED and begun >= place
    _count_messages(run, service)


def _count_lives(run: Run, service: Service) -> None:
    """What was told begins and ends, each time once."""
    lives: dict[str, dict[str, NotificationStatus]] = {}
    for message, each in notifications(service.messages):
        lives.setdefault(each.incident, {})[message.id] = each.status
    for life in lives.values():
        statuses = [*life.values()]
        run.notified += len(statuses)
        run.lost += statuses[-1] is not _RESOLVED
        run.disordered += statuses[0] is _RESOLVED
        run.doubled += sum(pair == (_RESOLVED, _RESOLVED) for pair in pairwise(statuses))
    _count_messages(run, service)


def _count_messages(run: Run, service: Service) -> None:
    run.messages += len(service.messages)
    run.repeated += service.repeated
    run.doubled += service.unexplained
    run.doubts += len(service.doubts)


def notifications(messages: Iterable[Message]) -> Iterable[tuple[Message, Notification]]:
    return ((message, each) for message in messages for each in message.notifications)
