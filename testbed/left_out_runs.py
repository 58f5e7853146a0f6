"""Seeded runs in which deployments leave a destination out, and everything fails as well."""

import random
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import NotSent
from streamwarden.services.wake_destinations import wake_destinations
from testbed.notified_runs import (
    ONE_BY_ONE,
    Run,
    Trouble,
    count_ends,
    ended,
    notifications,
)
from testbed.notified_world import CHAT, NotifiedWorld, news, routing_to

PAGER: Final = "pager"
_OPENED, _ESCALATED = NotificationStatus.OPENED, NotificationStatus.ESCALATED
_RESOLVED = NotificationStatus.RESOLVED
_REPEAT: Final = timedelta(hours=2)


def run_of_left_out_destinations(seed: int) -> Run:
    """Deployments leave one destination out for a time, and sweeps or their wakes are missing."""
    trouble = Trouble(random.Random(seed), 0.02)  # noqa: S311
    whole = routing_to(CHAT, PAGER, repeat=_REPEAT)
    world = trouble.world = NotifiedWorld(
        routing=whole, limits={PAGER: ONE_BY_ONE}, on_call=trouble.die, serving=trouble.serve
    )
    without = routing_to(CHAT, repeat=_REPEAT)
    _play_deployments(world, (whole, without), trouble.chance)
    for service in world.services.values():
        service.calm()
    world.deploy(whole)
    for _ in range(24):
        wake_destinations(world.routing, world.deliveries, world.wakes)
        world.pass_time(hours=1)
    found = ended(world, trouble)
    # What begins or goes on where the policy has no destination is dead-lettered. No end is.
    found.dead = sum(f"-{_RESOLVED}@" in name for _, name, _ in world.dead)
    for service in world.services.values():
        count_ends(found, service)
    _count_ends_twice(found, world)
    return found


def _play_deployments(
    world: NotifiedWorld, routings: Sequence[Routing], chance: random.Random
) -> None:
    """Incidents begin, become worse, end and begin again while a destination comes and goes."""
    life: dict[int, NotificationStatus] = {}

    def tell(number: int, status: NotificationStatus) -> None:
        world.pass_time(milliseconds=1)
        life[number] = status
        given = news(number, status, at=world.now)
        world.tell(replace(given, id=f"{given.id}@{world.now.isoformat()}"))

    for _ in range(80):
        number = chance.randrange(6)
        if chance.random() < 0.2:
            world.deploy(chance.choice(routings))
        elif chance.random() < 0.2:
            wake_destinations(world.routing, world.deliveries, world.wakes)
        elif life.get(number, _RESOLVED) is _RESOLVED:
            tell(number, _OPENED)
        else:
            tell(number, chance.choice([_ESCALATED, _RESOLVED, _RESOLVED]))
        world.pass_time(seconds=chance.choice([0, 0, 1, 30, 200]))
    for number in life:
        if life[number] is not _RESOLVED:
            tell(number, _RESOLVED)
    world.pass_time(hours=1)


def _count_ends_twice(run: Run, world: NotifiedWorld) -> None:
    """What was told at the pager is ended once. What was dead-lettered may have been taken."""
    events = (each for name, each in world.events if name == PAGER)
    dead = (each.notification for each in events if isinstance(each, NotSent) and each.is_dead)
    notified = (each for _, each in notifications(world.services[PAGER].messages))
    known = {each.id: each for each in (*notified, *dead)}
    lives: dict[str, list[NotificationStatus]] = {}
    for each in sorted(known.values(), key=lambda each: each.at):
        lives.setdefault(each.incident, []).append(each.status)
    run.doubled += sum((_RESOLVED, _RESOLVED) in pairwise(each) for each in lives.values())
