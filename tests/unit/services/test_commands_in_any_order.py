"""Operators' commands among events, in any order, with crashes: brakes hold, and all ends alike."""

import os
from collections import Counter
from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, Final

import pytest
from hypothesis import settings

from streamwarden.domain.commands import (
    AcknowledgeIncident,
    AnyCommand,
    EndExemption,
    EndSilence,
    ExemptChannel,
    LimitMode,
    PauseActions,
    ProtectChannel,
    ReleaseBreaker,
    ResumeActions,
    SetMode,
    SilenceIncidents,
    UnprotectChannel,
)
from streamwarden.domain.levels import Mode
from testbed.builders import NOON, at
from tests.unit.services.made_world import CHANNELS, RULE, Disorder, World

# Six, and thirty in CI; `COMMAND_RUNS=3000` tries thousands.
RUNS: Final = int(os.environ.get("COMMAND_RUNS", settings().max_examples // 10))
FIRST: Final = int(os.environ.get("COMMAND_RUN", "0"))
STARTS: Final = 14
ORDERS: Final = 10


def scripted(seed: int, world: World) -> None:
    """What encoders and operators do in the first forty minutes: the same in each disorder.

    Operators mostly react to a stream that begins, while its stop may be in the queue.
    """
    random = Random(seed)  # noqa: S311  # no secret depends on it
    starts = [(_moment(random), random.choice(CHANNELS)) for _ in range(STARTS)]
    for moment, arn in starts:
        world.at(moment, partial(world.start, arn))
    for _ in range(STARTS // 3):
        world.at(_moment(random), partial(world.end, random.choice(CHANNELS)))
    for _ in range(ORDERS):
        moment, arn = random.choice(starts)
        kind, more = _ordered(random, arn)
        world.at(_soon_after(moment, random), partial(world.order, kind, **more))
    for _ in range(2):
        moment, arn = random.choice(starts)
        tag = partial(world.tag, arn, is_protected=random.random() < 0.7)
        world.at(_soon_after(moment, random), tag)


def _soon_after(moment: datetime, random: Random) -> datetime:
    return moment + timedelta(milliseconds=random.randrange(30_000))


def _moment(random: Random) -> datetime:
    """Within forty minutes. Much happens in the same minute, so that it meets in the queues."""
    burst = NOON + timedelta(minutes=random.randrange(0, 40, 8))
    return burst + timedelta(milliseconds=random.randrange(60_000))


def _ordered(random: Random, arn: str) -> tuple[Callable[..., AnyCommand], dict[str, Any]]:
    """Ends lie behind all that may be late, or far ahead."""
    channel = {"resource_arn": arn}
    rule = {"rule_id": RULE}
    until = random.choice([at(minutes=random.randrange(41, 60)), at(12)])
    mode = random.choice([Mode.OBSERVE, Mode.NOTIFY])
    orders: list[tuple[Callable[..., AnyCommand], dict[str, Any]]] = [
        (PauseActions, {}),
        (PauseActions, {"until": until}),
        (ResumeActions, {}),
        (ResumeActions, {}),
        (ResumeActions, {}),
        (ExemptChannel, channel | rule | {"until": until}),
        (EndExemption, channel | rule),
        (ProtectChannel, channel),
        (ProtectChannel, channel | {"until": until}),
        (UnprotectChannel, channel),
        (LimitMode, rule | {"mode": mode}),
        (SetMode, rule | {"mode": mode}),
        (SetMode, rule),
        (SetMode, rule | {"mode": Mode.ENFORCE}),
        (ReleaseBreaker, {}),
        (ReleaseBreaker, rule | {"number": random.randrange(1, 6)}),
        (SilenceIncidents, {"rule": RULE, "until": until}),
        (AcknowledgeIncident, channel | rule),
        (EndSilence, {"silence_id": f"{random.randrange(1 << 32):08x}"}),
    ]
    return random.choice(orders)


def go_live_at_last(world: World) -> None:
    """All is delivered. Each encoder comes back; what events do not tell, a sweep finds."""
    world.run_until(at(1, minutes=10))
    world.disorder = replace(world.disorder, longest_delay=30)
    world.order(ReleaseBreaker)
    world.run_until(at(1, minutes=11))
    for arn in CHANNELS:
        world.start(arn)
    world.run_until(at(1, minutes=13))
    world.sweep()
    world.run_until(at(1, minutes=16))


def let_go(world: World) -> None:
    """Every brake is released, and no sweep looks."""
    world.run_until(at(1, minutes=20))
    for arn in CHANNELS:
        if world.store.load(arn).state.controls is not None:
            world.order(UnprotectChannel, resource_arn=arn)
            world.order(EndExemption, resource_arn=arn, rule_id=RULE)
    everything: list[tuple[Callable[..., AnyCommand], dict[str, Any]]] = [
        (ResumeActions, {}),
        (SetMode, {"rule_id": RULE}),
        (ReleaseBreaker, {}),
    ]
    for kind, more in everything:
        world.order(kind, **more)
    world.disorder = replace(world.disorder, lost=0)
    for arn in CHANNELS:
        world.tag(arn, is_protected=False)
    world.run_until(at(1, minutes=23))
    # The breaker may trip while the release is on its way, which lets go only what was before it.
    world.order(ReleaseBreaker)
    world.run_until(at(1, minutes=26))


def end_of(world: World) -> dict[str, Any]:
    """Who is live still, and what is known of why."""
    found = {}
    for arn in CHANNELS:
        breaches = world.store.load(arn).breaches.values()
        found[arn[-2:]] = (arn in world.live, [(each.mode, each.held) for each in breaches])
    return found


def held(world: World) -> list[str]:
    breaches = [each for record in world.store.records() for each in record.breaches.values()]
    return [each.held for each in breaches if each.held]


def times_notified(world: World) -> set[int]:
    """How often people were told of each control as it is now, and of each change before."""
    notified = Counter(each.id for each in world.outbox.notifications if "/control/" in each.id)
    changes = Counter(name.rpartition("/")[0] for name in notified)
    current = [
        changes[f"{record.state.arn}/control/{name}/{since:%Y%m%dT%H%M%S.%fZ}"]
        for record in world.store.records()
        for name, since in record.standing.controls_notified.items()
    ]
    return {*notified.values(), *current}


def disorder(seed: int, **shares: float) -> Disorder:
    return Disorder(Random(seed), **shares)  # noqa: S311  # likewise


def played(seed: int, chance: Disorder) -> tuple[World, dict[str, Any]]:
    world = World(chance)
    scripted(seed, world)
    go_live_at_last(world)
    end = end_of(world)
    let_go(world)
    return world, end


@pytest.mark.parametrize("seed", range(FIRST, FIRST + RUNS))
def test_in_any_order_brakes_hold_and_all_ends_alike(seed: int) -> None:
    smooth, expected = played(seed, disorder(seed))
    world, end = played(seed, disorder(seed, lost=0.2, doubled=0.2, late=0.5, crashes=0.1))

    for each in (smooth, world):
        assert each.promises.faults == []
        assert each.live == {}
        assert held(each) == []
        assert times_notified(each) == {1}
    assert end == expected
