"""Send one message to a destination, and write down what became of it.

It is written down before it is sent, so that a run that dies sends the same message again, under
the same id.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from functools import cache

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    PendingDelivery,
    Sending,
    message_id,
    name_of,
    opens_incident,
)
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.open_incidents import OpenIncidents, opens_after
from streamwarden.domain.notifications.reminders import next_reminder_at
from streamwarden.domain.verdicts import Notification
from streamwarden.services.delivery_events import Sent
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Unanswered,
)
from streamwarden.services.leased_destination import LeasedDestination


class Attempts:
    """The tries of one run at telling a destination."""

    def __init__(self, leased: LeasedDestination) -> None:
        self._leased = leased

    def send(self, told: tuple[Notification, ...], group: str, opens: OpenIncidents) -> None:
        """Write it down, send it, and write down what became of it."""
        message = Message(id=message_id(told), notifications=told)
        begun = Sending(message_id=message.id, names=tuple(map(name_of, told)), group=group)
        self._attempt(message, begun, opens)

    def finish_begun(self, begun: Sending, waiting: Sequence[PendingDelivery]) -> None:
        """A run has died, or nobody answered it: the same message, under the same id."""
        by_name = {name_of(each.notification): each.notification for each in waiting}
        found = tuple(by_name[name] for name in begun.names if name in by_name)
        opens = cache(self._leased.opens)
        if begun.is_accepted:
            self._finish(found, opens)
        if begun.is_accepted or not found:
            self._forget_begun()
            return
        message = Message(id=begun.message_id, notifications=found)
        self._attempt(message, begun, opens, is_in_doubt=True)

    def _attempt(
        self, message: Message, begun: Sending, opens: OpenIncidents, *, is_in_doubt: bool = False
    ) -> None:
        """`is_in_doubt` says that it may have been taken before."""
        leased = self._leased
        leased.begin(begun)
        try:
            leased.destination.deliver(message)
        except TemporaryError as obstacle:
            is_in_doubt = is_in_doubt or isinstance(obstacle, Unanswered)
            leased.wait(obstacle, begun if is_in_doubt else None)
        except MessageRefused as refusal:
            self._refused(message, str(refusal), begun.names if is_in_doubt else ())
        except PermanentError as refusal:
            in_doubt = begun.names if is_in_doubt else ()
            leased.dead_letter(message.notifications, str(refusal), in_doubt)
            leased.answered()
        except Exception as error:  # noqa: BLE001  # what waits is kept, whatever is wrong
            leased.wait(TemporaryError(f"{type(error).__name__} in our own code"), begun)
        else:
            self._accepted(message, begun, opens)

    def _accepted(self, message: Message, begun: Sending, opens: OpenIncidents) -> None:
        self._leased.answered(replace(begun, is_accepted=True), self._reminders_after(message))
        self._leased.note(Sent(message))
        self._finish(message.notifications, opens)
        self._forget_begun()

    def _reminders_after(self, message: Message) -> datetime | None:
        """When the first incident is told again, with those of the message."""
        leased, now = self._leased, self._leased.ports.clock()
        told = (OpenIncident(last=each, told_at=now) for each in message.notifications)
        opening = [each for each in told if opens_incident(each.last)]
        at = next_reminder_at(leased.name, opening, leased.ports.routing)
        return first_of([leased.state.reminders_at, at])

    def _finish(self, told: Sequence[Notification], opens: OpenIncidents) -> None:
        leased = self._leased
        changed = opens_after(told, opens, leased.waiting_notifications, leased.ports.clock())
        leased.ports.deliveries.finish(leased.name, told, opens=changed.opens, ended=changed.ended)

    def _refused(self, message: Message, reason: str, in_doubt: Container[str]) -> None:
        """One of several may be at fault, and must not take the others with it."""
        is_found = len(message.notifications) == 1
        if is_found:
            self._leased.dead_letter(message.notifications, reason, in_doubt)
        self._leased.answered(is_one_by_one=not is_found)

    def _forget_begun(self) -> None:
        """The next save says so: until then it would only be finished once more."""
        self._leased.change(replace(self._leased.state, sending=None))
