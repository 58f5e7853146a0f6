"""Who was notified of an incident, and where the notification still waits: from what is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streamwarden.domain.breaches.notifications import key_of
from streamwarden.domain.brief import brief
from streamwarden.domain.decision import Incident
from streamwarden.services.records import Record
from streamwarden_cli.operate.destinations import GROUPED, KnownDestination
from streamwarden_cli.operate.wording import format_minute

_NOBODY: Final = "nobody is known to be notified; `streamwarden why` says what was not sent"
_LONGEST_WAIT: Final = 120
_ON_ITS_WAY: Final = "the notification is on its way"


@dataclass(frozen=True, slots=True)
class Notified:
    """One incident at one destination. `sent_at` is None while nothing was sent of it; `waits`
    says why its next notification is not sent, and is empty where none waits."""

    destination: str
    sent_at: datetime | None = None
    waits: str = ""


class Notifications:
    """What destinations know of incidents."""

    def __init__(self, destinations: Sequence[KnownDestination], now: datetime) -> None:
        self._by_incident, self._now = _by_incident(destinations, now), now

    def of(self, record: Record, incident: Incident) -> tuple[Notified, ...]:
        return tuple(self._by_incident.get(key_of(record.state.arn, incident), ()))

    def describe(self, record: Record, incident: Incident) -> str:
        """All there is to say of who was notified."""
        found = self.of(record, incident)
        parts = [*filter(None, (self._sent(found), _waits_in_words(found)))]
        if parts:
            return "; ".join(parts)
        key = key_of(record.state.arn, incident)
        is_pending = any(each.incident == key for each in record.pending.notifications)
        return _ON_ITS_WAY if is_pending else _NOBODY

    def _sent(self, found: Iterable[Notified]) -> str:
        """`sent to chat 12:03, to pager 12:04`"""
        places = ", ".join(
            f"to {each.destination} {format_minute(each.sent_at, self._now)}"
            for each in found
            if each.sent_at is not None
        )
        return f"sent {places}" if places else ""


def withheld_in_words(found: Iterable[Notified]) -> str:
    """The same of what waits for more than its group, which is over within minutes."""
    return _waits_in_words(each for each in found if each.waits != GROUPED)


def _waits_in_words(found: Iterable[Notified]) -> str:
    """`waits for chat: it is within quiet hours`; empty where nothing waits. `status` has the
    whole of what a destination answers, once."""
    waiting = (each for each in found if each.waits)
    return "; ".join(
        f"waits for {each.destination}: {brief(each.waits, _LONGEST_WAIT)}" for each in waiting
    )


def _by_incident(
    destinations: Iterable[KnownDestination], now: datetime
) -> Mapping[str, list[Notified]]:
    found: dict[str, list[Notified]] = {}
    for destination in destinations:
        sent = {each.key: each.notified_at for each in destination.opens}
        waits = {
            each.notification.incident: destination.why_it_waits(each, now)
            for each in destination.waiting
        }
        for key in dict.fromkeys((*sent, *waits)):
            known = Notified(destination.name, sent.get(key), waits.get(key, ""))
            found.setdefault(key, []).append(known)
    return found
