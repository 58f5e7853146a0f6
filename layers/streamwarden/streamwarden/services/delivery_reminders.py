"""Tell a destination again of what is still open there, where a route says so."""

from collections.abc import Container, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.notifications.baseline_incident import as_one, baseline_of
from streamwarden.domain.notifications.delivery import OpenIncident, message_id
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.open_incidents import OpenIncidents
from streamwarden.domain.notifications.reminders import (
    due_reminders,
    next_reminder_at,
    reminder_at,
)
from streamwarden.services.delivery_events import Failed, Sent
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.leased_destination import LeasedDestination
from streamwarden.services.suppressions import Suppressions


class Reminders:
    """The reminders of one run over a destination."""

    def __init__(self, leased: LeasedDestination, suppressions: Suppressions) -> None:
        self._leased, self._suppressions = leased, suppressions

    def remind(self, opens: OpenIncidents, over: Container[str], now: datetime) -> datetime | None:
        """Send one message at most. Answers when the next reminder is due.

        `over` are the keys of incidents whose end waits: nobody is reminded of them.
        """
        leased, state = self._leased, self._leased.state
        if state.reminders_at is None or state.reminders_at > now:
            return state.reminders_at
        if leased.is_left_alone(now):
            return state.not_before
        routing = leased.ports.routing
        suppressed = self._suppressed(opens, now)
        free = {
            key: each for key, each in opens().items() if key not in suppressed and key not in over
        }
        due = due_reminders(leased.name, free.values(), routing, leased.limits, now)
        if due and not self._send(due, opens, now):
            return leased.state.not_before
        after = {**free, **{each.key: replace(each, notified_at=now) for each in due}}
        at = next_reminder_at(leased.name, after.values(), routing, now)
        at = first_of([at, *suppressed.values()])
        leased.save(replace(leased.state, reminders_at=at))
        return at

    def _suppressed(self, opens: OpenIncidents, now: datetime) -> Mapping[str, datetime | None]:
        """Of what would be told again now: when to look again, by incident key."""
        found = {}
        for key, each in opens().items():
            at = reminder_at(self._leased.name, each, self._leased.ports.routing)
            if at is None or at > now:
                continue
            suppression = self._suppressions.of(each.last, opens, now)
            if suppression is not None:
                found[key] = suppression.until
        return found

    def _send(self, due: Sequence[OpenIncident], opens: OpenIncidents, now: datetime) -> bool:
        """Whether it needs no other try. A reminder that is tried again has the same id."""
        leased = self._leased
        last = tuple(each.last for each in due)
        notified_before = max((each.notified_at for each in due if each.notified_at), default=now)
        named = message_id(last, notified_before.isoformat())
        message = Message(id=named, notifications=last, is_reminder=True)
        taken = message
        if due[0].baseline:
            figures = baseline_of(last, opens().values())
            taken = as_one(replace(message, baseline=figures), due[0].baseline)
        leased.begin(None)
        try:
            leased.destination.deliver(taken)
        except TemporaryError as obstacle:
            leased.wait(obstacle, None)
            return False
        except PermanentError as refusal:
            leased.note(Failed(str(refusal), now))
        except Exception as error:  # noqa: BLE001  # what waits is kept, whatever is wrong
            leased.wait(TemporaryError(f"{type(error).__name__} in our own code"), None)
            return False
        else:
            leased.note(Sent(message))
        notified = [replace(each, notified_at=now) for each in due]
        leased.ports.deliveries.finish(leased.name, (), opens=notified)
        leased.answered()
        return True
