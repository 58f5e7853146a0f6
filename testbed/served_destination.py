"""A real destination of `notify`, which tells the server of a run.

What the server took is compared with the message of the try, as the server itself can read it
(`troubled_requests.py`). Each try is over before the next one begins.
"""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Final

from streamwarden.domain.notifications.delivery import Sending
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import Unanswered
from streamwarden.services.ports import Destination
from testbed.played_service import Service
from testbed.troubled_requests import Received, named, read
from testbed.troubled_server import TroubledServer

# While there are troubles, and after them.
PATIENCE_SECONDS: Final = 0.02
CALM_SECONDS: Final = 5.0
_REFUSALS: Final = 0.03


class Misread(BaseException):
    """The server has taken something else than was sent. Nobody tries again."""


@dataclass
class ServedDestination(Service):
    """A destination of `notify` of a kind. What the server has taken of it is what it has taken.

    `made` makes it as a function does that starts cold; it waits so many seconds for an answer.
    """

    kind: str = field(kw_only=True)
    server: TroubledServer = field(kw_only=True)
    made: Callable[[float], Destination] = field(kw_only=True)
    chance: random.Random = field(kw_only=True)

    def __post_init__(self) -> None:
        self._is_calm = False
        self._warm: Destination | None = None
        self._workflows = dict[str, str]()

    def deliver(self, message: Message) -> None:
        self.asked += 1
        self.last = message
        before = len(self.taken)
        try:
            with self._reach():
                self._destination().deliver(message)
        except BaseException as error:
            # It may be on its way still.
            self.server.settle()
            self._collect(message)
            if isinstance(error, Unanswered) and len(self.taken) > before:
                self.doubt(message.id)
            raise
        self._collect(message)

    def interrupt(self, begun: Sending | None) -> None:
        super().interrupt(begun)
        self._warm = None

    def calm(self) -> None:
        """From now on it has the time for an answer that it has on AWS, however slow we are."""
        self.server.chance = None
        self._is_calm, self._warm = True, None

    @property
    def unfinished(self) -> set[str]:
        """Incidents whose finding says that they are over, while people still have it to do."""
        if self.kind != "security_hub":
            return set()
        received = {
            each.incident: each.status
            for message in self.messages
            for each in message.notifications
        }
        ends = {key for key, status in received.items() if status is NotificationStatus.RESOLVED}
        return {key for key in ends if self._workflows.get(key) != "RESOLVED"}

    def _destination(self) -> Destination:
        if self._warm is None:
            seconds = CALM_SECONDS if self._is_calm else PATIENCE_SECONDS
            self._warm = self.made(seconds)
        return self._warm

    def _reach(self) -> AbstractContextManager[None]:
        is_refused = not self._is_calm and self.chance.random() < _REFUSALS
        return self.server.refusing() if is_refused else nullcontext()

    def _collect(self, message: Message) -> None:
        """What the server has taken of this try. It shows the message, and nothing else."""
        try:
            self._read(message)
        except Exception as error:
            raise Misread from error

    def _read(self, message: Message) -> None:
        for request in self.server.collect():
            received = read(request)
            if received is None:
                continue
            assert received.destination == self.kind, received
            self._workflows.update(dict.fromkeys(received.findings, received.workflow))
            if received.notifications:
                _compare(received, self._shown(message), message.id)
                # It opens the finding of an incident again that begins again.
                for each in message.notifications:
                    self._workflows.pop(each.incident, None)
                self.taken.append((self.clock(), message))

    def _shown(self, message: Message) -> tuple[str, ...]:
        """The notifications that the destination shows: of a finding, what is told last."""
        received = list(message.notifications)
        if self.kind == "security_hub":
            received = [*{each.incident: each for each in received}.values()]
        return tuple(named(each.incident, each.status) for each in received)


def _compare(received: Received, shown: tuple[str, ...], message_id: str) -> None:
    """A digest for people lists the first ones, and counts the others."""
    assert received.message_id in ("", message_id), received
    assert received.notifications == shown[: len(received.notifications)], received
    assert len(received.notifications) + received.more == len(shown), received
