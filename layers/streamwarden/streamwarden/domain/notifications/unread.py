"""What a version cannot read as a whole says some things that every version writes."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from streamwarden.domain.notifications.delivery import OpenIncident, Unreadable
from streamwarden.domain.verdicts import Notification, NotificationStatus


class UnreadNotification(Struct, frozen=True):
    """Of one that waits. Both are empty where its text is damaged."""

    incident: str = ""
    status: str = ""

    @property
    def is_end(self) -> bool:
        return self.status == NotificationStatus.RESOLVED


class _UnreadOpen(Struct, frozen=True):
    """Of an open incident, all but its last notification."""

    notified_at: datetime | None = None
    notified_by: str = ""
    is_acknowledged: bool = False
    baseline: str = ""

    def about(self, last: Notification) -> OpenIncident:
        return OpenIncident(
            last=last,
            notified_at=self.notified_at,
            notified_by=self.notified_by,
            is_acknowledged=self.is_acknowledged,
            baseline=self.baseline,
        )


def unread_notification(given: Unreadable) -> UnreadNotification:
    try:
        return json.decode(given.notification, type=UnreadNotification)
    except DecodeError:
        return UnreadNotification()


def with_unread(
    known: Mapping[str, OpenIncident],
    unread: Mapping[str, Unreadable],
    waiting: Iterable[Notification],
) -> Mapping[str, OpenIncident]:
    """Also those that cannot be read, as far as something waits of them or they are in a baseline.

    The first must be ended, the others keep their baseline from being over.
    """
    ending = {
        each.incident: _opened(unread[each.incident], each)
        for each in waiting
        if each.incident in unread
    }
    parts = {
        key: _part(key, said, known)
        for key, said in ((key, _said(each)) for key, each in unread.items())
        if said is not None and said.baseline in known
    }
    return {**parts, **ending, **known}


def _said(given: Unreadable) -> _UnreadOpen | None:
    """None where its text is damaged."""
    try:
        return json.decode(given.text, type=_UnreadOpen)
    except DecodeError:
        return None


def _opened(given: Unreadable, last: Notification) -> OpenIncident:
    said = _said(given)
    # People may know of it.
    return OpenIncident(last=last, notified_at=last.at) if said is None else said.about(last)


def _part(key: str, said: _UnreadOpen, known: Mapping[str, OpenIncident]) -> OpenIncident:
    """It stands for what is left in a baseline. Without `notified_at`, nobody is reminded of it."""
    last = replace(known[said.baseline].last, incident=key)
    return replace(said.about(last), notified_at=None)
