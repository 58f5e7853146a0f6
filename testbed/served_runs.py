"""Seeded runs in which the real destinations of `notify` tell a real server on this machine.

The time is virtual, but for the time-outs: a service that hangs is left after some hundredths of a
second. On a slow machine one that does not hang may be left as well. That is another failed try.
"""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from unittest.mock import patch

from streamwarden.adapters.destination_secrets import DestinationSecrets
from streamwarden.adapters.destinations import Resources, destination_of, limits_of, words
from streamwarden.bootstrap.notifier import client_of_destination
from streamwarden.domain.notifications.routing import DestinationSpec, Route, Routing
from streamwarden.services.ports import Clock, Destination
from testbed.environment import ENVIRONMENT
from testbed.notified_runs import (
    MakeWorld,
    Run,
    Trouble,
    run_of_a_baseline,
    run_of_all_at_once,
    run_of_incidents,
)
from testbed.notified_world import NotifiedWorld
from testbed.played_service import Service
from testbed.served_destination import ServedDestination
from testbed.troubled_server import Answer, TroubledServer, troubled_server

KINDS: Final = words()
# One run tells few places of few incidents: what makes the difference is how many runs there are.
_INCIDENTS: Final = 4
_AT_ONCE: Final = 3
_DEATHS: Final = 0.01
_PREFIX: Final = "streamwarden/destinations/"
_PLACE: Final = "eu-west-1:111122223333"
_TARGETS: Final[Mapping[str, str]] = {
    "sns": f"arn:aws:sns:{_PLACE}:incidents",
    "eventbridge": f"arn:aws:events:{_PLACE}:event-bus/incidents",
}


@dataclass(frozen=True)
class RunKind:
    """What happens, and which kinds of destinations may be told of it.

    A long one is played once in so many runs of the others (`one_in`).
    """

    play: Callable[[int, MakeWorld], Run]
    kinds: Sequence[str] = KINDS
    one_in: int = 1


RUN_KINDS: Final[Mapping[str, RunKind]] = {
    "a few incidents": RunKind(partial(run_of_incidents, incidents=_INCIDENTS)),
    "a baseline of 12 in PagerDuty": RunKind(run_of_a_baseline, ("pagerduty",)),
    "baselines, silences, deployments": RunKind(run_of_all_at_once, one_in=4),
}


@dataclass(frozen=True)
class ServedRun:
    """What a run told, how often the server gave each answer, and took a message for each kind."""

    run: Run
    answers: Mapping[Answer, int]
    messages: Mapping[str, int]


@dataclass
class Served:
    """What all runs of a process share: the server, and clients of AWS that lead to it."""

    server: TroubledServer

    def __post_init__(self) -> None:
        self.on_call: Callable[[], None] = lambda: None
        self._destinations = list[ServedDestination]()
        self.server.secrets = dict(_secrets(self.server.address))
        self._client = cache(self._made_client)

    def run(self, run_kind: RunKind, seed: int) -> ServedRun:
        """One run, after which nothing of it is under way."""
        self._destinations.clear()
        self.server.begin(random.Random(f"{seed} at the server"))  # noqa: S311
        found = run_kind.play(seed, partial(self._world, run_kind.kinds))
        self.server.settle()
        found.lost += sum(len(each.unfinished) for each in self._destinations)
        messages = {each.kind: len(each.messages) for each in self._destinations}
        return ServedRun(found, dict(self.server.answers), messages)

    def _world(self, among: Sequence[str], trouble: Trouble) -> NotifiedWorld:
        self.on_call = trouble.die
        trouble.deaths = _DEATHS
        kinds = tuple(trouble.chance.sample(among, min(_AT_ONCE, len(among))))
        specs = {kind: spec_of(kind, self.server.address) for kind in kinds}

        def serving(name: str, clock: Clock) -> Service:
            made = ServedDestination(
                clock,
                kind=specs[name].kind,
                server=self.server,
                made=partial(self.destination, specs[name], clock),
                chance=trouble.chance,
            )
            self._destinations.append(made)
            return made

        return NotifiedWorld(
            routing=Routing(destinations=tuple(specs.values()), routes=(Route(to=kinds),)),
            limits={name: limits_of(spec) for name, spec in specs.items()},
            on_call=trouble.die,
            serving=serving,
        )

    def destination(self, spec: DestinationSpec, clock: Clock, seconds: float) -> Destination:
        """As a function makes it that starts cold. It waits so long for an answer."""
        clients = partial(self._client, read_seconds=seconds)
        resources = Resources(
            clients=clients,
            secrets=DestinationSecrets(clients("secretsmanager"), _PREFIX, clock),
            secret_prefix=_PREFIX,
            clock=clock,
            stack_name="streamwarden",
            topic_arn="",
            timeout_seconds=seconds,
        )
        return destination_of(spec, resources)

    def _made_client(self, service: str, read_seconds: float) -> Any:
        with patch.dict(os.environ, {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.server.address}):
            made = client_of_destination(service, read_seconds)
        # A function may die between two calls of one try as well.
        for moment in ("before-call", "after-call"):
            made.meta.events.register(moment, lambda **_: self.on_call())
        return made


@contextmanager
def served() -> Iterator[Served]:
    """A server, and destinations that wait for nothing but its answers."""
    with troubled_server() as server:
        yield Served(server)


def _secrets(address: str) -> Iterator[tuple[str, str]]:
    signing = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    yield f"{_PREFIX}slack", f"{address}/slack"
    yield f"{_PREFIX}teams", f"{address}/teams"
    yield f"{_PREFIX}pagerduty", "0123456789abcdef0123456789ABCDEF"
    yield f"{_PREFIX}webhook", f'{{"url": "{address}/webhook", "secret": "{signing}"}}'


def spec_of(kind: str, address: str) -> DestinationSpec:
    options = {"address": f"{address}/pagerduty"} if kind == "pagerduty" else {}
    return DestinationSpec(
        name=kind, kind=kind, secret=kind, target=_TARGETS.get(kind, ""), options=options
    )
