"""Notify and deliver on memory: services that answer as they are told, and functions that die."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from streamwarden.adapters.memory import MemoryInbox
from streamwarden.adapters.memory_deliveries import MemoryDeliveries, MemoryWakes
from streamwarden.domain.arn import Place
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import Unreadable
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.routing import DestinationSpec, Route, Routing
from streamwarden.domain.state.controls import (
    NO_CONTROLS,
    AccountControls,
    Sender,
    Silence,
    SilenceEnd,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.verdicts import Notification, NotificationStatus
from streamwarden.services.deliver import Deliverer
from streamwarden.services.delivery_events import DeliveryEvent, NotSent
from streamwarden.services.errors import PermanentError, Throttled
from streamwarden.services.first_look import JudgedByType
from streamwarden.services.notify import Notifier, Taken
from streamwarden.services.waiting_list import Outlet
from testbed.builders import NOON
from testbed.played_service import Service

CHAT: Final = "chat"
ANA: Final = Sender(id="AIDAANA")
# SQS shows a message again when it was hidden for so long (template.yaml).
_HIDDEN_FOR: Final = timedelta(seconds=180)
# An invocation ends before its time is over.
_RUN_FOR: Final = timedelta(seconds=15)


class Killed(BaseException):
    """The function's process ended here: no `except Exception` sees it."""


def silenced(hours: float, *, ended_at: datetime | None = None, **changes: Any) -> AccountControls:
    """A silence from NOON on, of rules like no-marathons unless `changes` say another."""
    given: dict[str, Any] = {
        "id": "5117ace0",
        "until": NOON + timedelta(hours=hours),
        "reason": "everybody knows",
        "author": ANA,
        "rule": "no-*",
    }
    silence = Silence(**{**given, **changes})
    end = SilenceEnd(reason="over", author=ANA)
    return AccountControls(
        silences={silence.id: Stamped(silence, NOON)},
        silence_ends={} if ended_at is None else {silence.id: Stamped(end, ended_at)},
    )


type Serving = Callable[[str, Callable[[], datetime]], Service]


@dataclass
class Killing:
    """A port whose calls may be the last of a function."""

    port: Any
    on_call: Callable[[], None]

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)

        def called(*given: Any, **more: Any) -> Any:
            self.on_call()
            answer = method(*given, **more)
            self.on_call()
            return answer

        return called


def routing_to(*names: str, **changes: Any) -> Routing:
    """Everything goes to all of these destinations."""
    specs = tuple(DestinationSpec(name=name, kind="sns") for name in names)
    return Routing(destinations=specs, routes=(Route(to=names, **changes),))


@dataclass
class NotifiedWorld:
    """Everything between an outbox and the services that people read. `now` is the time.

    `serving` makes a service by its destination's name.
    """

    routing: Routing = field(default_factory=lambda: routing_to(CHAT))
    limits: dict[str, Limits] = field(default_factory=dict)
    on_call: Callable[[], None] = lambda: None
    now: datetime = NOON
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    events: list[tuple[str, DeliveryEvent]] = field(default_factory=list)
    dead: list[tuple[str, str, str]] = field(default_factory=list)
    runs: int = 0
    controls: AccountControls | None = NO_CONTROLS
    port_of_wakes: Any = None
    judged: JudgedByType = field(default_factory=dict)
    inbox: Any = field(default_factory=MemoryInbox)
    serving: Serving = lambda name, clock: Service(clock)

    def __post_init__(self) -> None:
        names = [each.name for each in self.routing.destinations]
        self.services = {name: self.serving(name, self.clock) for name in names}
        self.wakes = MemoryWakes(self.clock)
        self.notifier = self._notifier()

    def clock(self) -> datetime:
        return self.now

    def deploy(self, routing: Routing) -> None:
        """Another policy."""
        self.routing = routing
        self.notifier = self._notifier()

    @property
    def chat(self) -> Service:
        return self.services[CHAT]

    def die_at(self, call: int) -> None:
        """The function ends once before or after the port's call with this number."""
        calls = iter(range(call))

        def die() -> None:
            if next(calls, None) is None:
                self.on_call = lambda: None
                raise Killed

        self.on_call = die

    def tell(self, *given: Notification) -> list[Taken]:
        """What the outbox hands over. A message whose function dies comes again."""
        return [self._take(each) for each in given]

    def pass_time(self, **span: float) -> None:
        """Let time pass, and functions run in it."""
        until = self.now + timedelta(**span)
        while self.wakes.due and min(self.wakes.due)[0] <= until:
            self.wakes.due.sort()
            at, name = self.wakes.due.pop(0)
            self.now = max(self.now, at)
            try:
                self._run(name)
            except Killed:
                self.services[name].interrupt(self.deliveries.state(name).state.sending)
                self.wakes.due.append((self.now + _HIDDEN_FOR, name))
            except Throttled as busy:
                self.wakes.due.append((self.now + busy.retry_after, name))
        self.now = max(self.now, until)

    def revive(self, notification: Notification) -> None:
        """What comes back from the dead-letter queue."""
        self._deliverer().revive(CHAT, notification.id)
        self.wakes.wake(CHAT, timedelta(0))

    def put(self, destination: str, notification: Notification | Unreadable, reason: str) -> None:
        """UndeliveredNotifications."""
        match notification:
            case Unreadable(name):
                pass
            case Notification(id=name):
                pass
        self.dead.append((destination, name, reason))

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        """ControlsLookup. They cannot be read while they are None."""
        if self.controls is None:
            raise PermanentError("the controls cannot be read")
        return self.controls

    def reasons(self, destination: str = CHAT) -> dict[str, str]:
        """Why notifications were not sent, by their ids."""
        events = (each for name, each in self.events if name == destination)
        return {e.notification.id: e.reason for e in events if isinstance(e, NotSent)}

    def _run(self, name: str) -> None:
        self.runs += 1
        ends = self.now + _RUN_FOR
        self._deliverer().run(name, lambda: self.now < ends)

    def _take(self, given: Notification) -> Taken:
        while True:
            try:
                return self.notifier.take(given)
            except Killed:
                self.notifier = self._notifier()

    def _notifier(self) -> Notifier:
        return Notifier(
            self._port(self.deliveries), self.routing, self._port(self.wakes), self.clock
        )

    def _deliverer(self) -> Deliverer:
        return Deliverer(
            deliveries=self._port(self.deliveries),
            outlets=self._outlet,
            routing=self.routing,
            controls=self,
            judged=lambda controls: self.judged,
            wakes=self._port(self.port_of_wakes or self.wakes),
            undelivered=self,
            inbox=self._port(self.inbox),
            clock=self.clock,
            pause=self._pause,
            record=lambda name, event: self.events.append((name, event)),
        )

    def _outlet(self, name: str) -> Outlet | None:
        if name not in self.services or self.routing.destination(name) is None:
            return None
        return Outlet(self._port(self.services[name]), self.limits.get(name, Limits()))

    def _pause(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _port(self, port: Any) -> Any:
        return Killing(port, self.on_call)


def news(
    number: int,
    status: NotificationStatus = NotificationStatus.OPENED,
    at: datetime = NOON,
    **changes: Any,
) -> Notification:
    """What is told of the incident with this number."""
    given: dict[str, Any] = {
        "id": f"n-{number}-{status}",
        "incident": f"incident-{number}",
        "rule_id": "no-marathons",
        "severity": Severity.LOW,
        "status": status,
        "resource_arn": f"arn:aws:ivs:eu-west-1:111122223333:channel/c{number}",
        "resource_name": f"channel {number}",
        "stream_id": None,
        "title": f"channel {number}: no-marathons breach",
        "text": f"on the air for 5h; 4h is allowed. incident-{number} {status}",
        "at": at,
    }
    return Notification(**{**given, **changes})
