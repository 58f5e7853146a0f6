"""Send one message to a destination, and write down what became of it.

It is written down before it is sent, so that a run that dies sends the same message again, under
the same id.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from msgspec.structs import replace

from streamwarden.domain.decision import first_of
from streamwarden.domain.inputs import Handling
from streamwarden.domain.notifications.baseline_incident import (
    as_one,
    baseline_key,
    whole_baseline,
)
from streamwarden.domain.notifications.delivery import (
    OpenIncident,
    PendingDelivery,
    Sending,
    name_of,
    opens_incident,
)
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.open_incidents import (
    OpenIncidents,
    leaving_baselines,
    opens_after,
)
from streamwarden.domain.notifications.reminders import next_reminder_at
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.delivery_events import Sent
from streamwarden.services.delivery_reports import sent_in_words
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

    def send(self, message: Message, group: str, opens: OpenIncidents) -> None:
        """Write it down, send it, and write down what became of it."""
        is_one = message.baseline is not None and self._leased.limits.takes_baseline_as_one
        begun = Sending(
            message_id=message.id,
            names=tuple(map(name_of, message.notifications)),
            group=group,
            baseline=message.baseline,
            notified_as=baseline_key(message.notifications[0]) if is_one else "",
            notified_by=self._leased.kind,
        )
        self._attempt(message, begun, opens)

    def finish_begun(self, begun: Sending, waiting: Sequence[PendingDelivery]) -> None:
        """A run has died, or nobody answered it: the same message, under the same id."""
        by_name = {name_of(each.notification): each.notification for each in waiting}
        found = tuple(by_name[name] for name in begun.names if name in by_name)
        opens = cache(self._leased.opens)
        message = Message(id=begun.message_id, notifications=found, baseline=begun.baseline)
        if begun.is_accepted and found:
            self._finish(message, begun, opens)
        if begun.is_accepted or not found:
            self._forget_begun()
            return
        self._attempt(message, begun, opens, is_in_doubt=True)

    def _attempt(
        self, message: Message, begun: Sending, opens: OpenIncidents, *, is_in_doubt: bool = False
    ) -> None:
        """`is_in_doubt` says that it may have been taken before."""
        leased, taken = self._leased, _as_taken(message, begun)
        leased.begin(begun)
        try:
            leased.destination.deliver(taken)
        except TemporaryError as obstacle:
            is_in_doubt = is_in_doubt or isinstance(obstacle, Unanswered)
            leased.wait(obstacle, begun if is_in_doubt else None)
        except MessageRefused as refusal:
            # One of several may be at fault, and must not take the others with it.
            is_found = len(taken.notifications) == 1
            if is_found:
                self._dead_letter(message, str(refusal), begun if is_in_doubt else None)
            leased.answered(is_one_by_one=not is_found)
        except PermanentError as refusal:
            self._dead_letter(message, str(refusal), begun if is_in_doubt else None)
            leased.answered()
        except Exception as error:  # noqa: BLE001  # what waits is kept, whatever is wrong
            leased.wait(TemporaryError(f"{type(error).__name__} in our own code"), begun)
        else:
            self._accepted(message, begun, opens)

    def _accepted(self, message: Message, begun: Sending, opens: OpenIncidents) -> None:
        self._leased.answered(replace(begun, is_accepted=True), self._reminders_after(message))
        self._leased.note(Sent(message))
        self._finish(message, begun, opens)
        self._forget_begun()

    def _reminders_after(self, message: Message) -> datetime | None:
        """When the first incident is told again, with those of the message."""
        leased, now = self._leased, self._leased.ports.clock()
        notified = (OpenIncident(last=each, notified_at=now) for each in message.notifications)
        opening = [each for each in notified if opens_incident(each.last)]
        at = next_reminder_at(leased.name, opening, leased.ports.routing)
        return first_of([leased.state.reminders_at, at])

    def _finish(self, message: Message, begun: Sending, opens: OpenIncidents) -> None:
        leased, notified, now = self._leased, message.notifications, self._leased.ports.clock()
        how = sent_in_words(len(notified), is_one_incident=bool(begun.notified_as))
        leased.report(Handling.SENT, ((each, how) for each in notified), message.id)
        whole = whole_baseline(message, begun, now)
        waiting = leased.waiting_notifications
        changed = opens_after(notified, opens, waiting, now, whole, notified_by=begun.notified_by)
        if any(
            each.is_baseline or each.status is not NotificationStatus.OPENED for each in notified
        ):
            leased.end_baselines(leaving_baselines(changed, opens()), opens)
        leased.ports.deliveries.finish(
            leased.name, notified, opens=changed.opens, ended=changed.ended
        )

    def _dead_letter(self, message: Message, reason: str, in_doubt: Sending | None) -> None:
        self._leased.dead_letter(message.notifications, reason, in_doubt)

    def _forget_begun(self) -> None:
        """The next save says so: until then it would only be finished once more."""
        self._leased.change(replace(self._leased.state, sending=None))


def _as_taken(message: Message, begun: Sending) -> Message:
    """The message as the destination gets it."""
    return as_one(message, begun.notified_as) if begun.notified_as else message
