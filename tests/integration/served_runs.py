"""Seeded runs in which the real destinations of `notify` tell a real server on this machine.

The time is virtual, but for the time-outs: a service that hangs is left after some hundredths of a
second. On a slow machine one that does not hang may be left as well. That is another failed try.
"""

import os
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, Final
from unittest.mock import patch

from streamwarden.adapters.destination_secrets import DestinationSecrets
from streamwarden.adapters.destinations import Resources, destination_of, limits_of, words
from streamwarden.bootstrap.notifier import client_of_destination
from streamwarden.domain.notifications.delivery import Sending
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec, Route, Routing
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import Unanswered
from streamwarden.services.ports import Clock, Destination
from tests.conftest import ENVIRONMENT
from tests.integration.troubled_requests import read
from tests.integration.troubled_server import Answer, TroubledServer, troubled_server
from tests.unit.services.notified_runs import Run, Trouble, run_of_incidents
from tests.unit.services.notified_world import NotifiedWorld
from tests.unit.services.played_service import Service

KINDS: Final = words()
# One run tells few places of few incidents: what makes the difference is how many runs there are.
_INCIDENTS: Final = 4
_AT_ONCE: Final = 3
_DEATHS: Final = 0.01
_REFUSALS: Final = 0.03
PATIENCE_SECONDS: Final = 0.02
CALM_SECONDS: Final = 5.0
_PREFIX: Final = "streamwarden/destinations/"
_PLACE: Final = "eu-west-1:111122223333"
_TARGETS: Final[Mapping[str, str]] = {
    "sns": f"arn:aws:sns:{_PLACE}:incidents",
    "eventbridge": f"arn:aws:events:{_PLACE}:event-bus/incidents",
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

    def run(self, seed: int) -> ServedRun:
        """One run, after which nothing of it is under way."""
        self._destinations.clear()
        self.server.begin(random.Random(f"{seed} at the server"))  # noqa: S311
        found = run_of_incidents(seed, _INCIDENTS, self._world)
        self.server.settle()
        found.lost += sum(len(each.unfinished) for each in self._destinations)
        messages = {each.spec.kind: len(each.messages) for each in self._destinations}
        return ServedRun(found, dict(self.server.answers), messages)

    def _world(self, trouble: Trouble) -> NotifiedWorld:
        self.on_call = trouble.die
        trouble.deaths = _DEATHS
        kinds = tuple(trouble.chance.sample(KINDS, _AT_ONCE))
        specs = {kind: spec_of(kind, self.server.address) for kind in kinds}

        def serving(name: str, clock: Clock) -> Service:
            made = ServedDestination(clock, spec=specs[name], served=self, chance=trouble.chance)
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


@dataclass
class ServedDestination(Service):
    """A destination of `notify`. What the server has taken of it is what it has taken.

    The server's own reading of each request says which message it was (`troubled_requests.py`).
    """

    spec: DestinationSpec = field(kw_only=True)
    served: Served = field(kw_only=True)
    chance: random.Random = field(kw_only=True)

    def __post_init__(self) -> None:
        self._is_calm = False
        self._made: Destination | None = None
        self._ended = set[str]()

    def deliver(self, message: Message) -> None:
        self.asked += 1
        self.last = message
        before = len(self.taken)
        try:
            with self._reach():
                self._destination().deliver(message)
        except BaseException as error:
            # It may be on its way still.
            self.served.server.settle()
            self._collect(message)
            if isinstance(error, Unanswered) and len(self.taken) > before:
                self.doubt(message.id)
            raise
        self._collect(message)

    def interrupt(self, begun: Sending | None) -> None:
        super().interrupt(begun)
        self._made = None

    def calm(self) -> None:
        """From now on it has the time for an answer that it has on AWS, however slow we are."""
        self.served.server.chance = None
        self._is_calm, self._made = True, None

    @property
    def unfinished(self) -> set[str]:
        """Incidents whose finding says that they are over, while people still have it to do."""
        if self.spec.kind != "security_hub":
            return set()
        told = (each for message in self.messages for each in message.notifications)
        over = {each.incident for each in told if each.status is NotificationStatus.RESOLVED}
        return over - self._ended

    def _destination(self) -> Destination:
        if self._made is None:
            seconds = CALM_SECONDS if self._is_calm else PATIENCE_SECONDS
            self._made = self.served.destination(self.spec, self.clock, seconds)
        return self._made

    def _reach(self) -> AbstractContextManager[None]:
        is_refused = not self._is_calm and self.chance.random() < _REFUSALS
        return self.served.server.refusing() if is_refused else nullcontext()

    def _collect(self, message: Message) -> None:
        """What the server has taken of this try. It shows the message, and nothing else."""
        for request in self.served.server.collect():
            told = read(request)
            if told is None:
                continue
            assert told.destination == self.spec.kind
            self._ended.update(told.resolved)
            if told.notifications:
                assert told.notifications == self._shown(message)
                assert told.message_id in ("", message.id)
                self.taken.append((self.clock(), message))

    def _shown(self, message: Message) -> tuple[str, ...]:
        """The notifications that the destination shows: of a finding, what is told last."""
        told = {each.id: each for each in message.notifications}
        if self.spec.kind == "security_hub":
            told = {each.incident: each for each in message.notifications}
        return tuple(each.id for each in told.values())


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
