"""Reminders: a route may have what is still open told again, until somebody acknowledges it."""

from collections.abc import Iterable
from datetime import datetime

from streamwarden.domain.notifications.delivery import OpenIncident
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.routing import Routing, group_key


def due_reminders(
    name: str,
    opens: Iterable[OpenIncident],
    routing: Routing,
    limits: Limits,
    now: datetime,
) -> tuple[OpenIncident, ...]:
    """Incidents of one group that are to be told again now, as many as one message takes."""
    due: dict[str, list[OpenIncident]] = {}
    for each in opens:
        at = reminder_at(name, each, routing)
        if at is not None and at <= now:
            group = group_key(routing.route_to(name, each.last).group, each.last)
            due.setdefault(group, []).append(each)
    first = next(iter(due.values()), [])
    return tuple(first[: limits.largest])


def next_reminder_at(
    name: str, opens: Iterable[OpenIncident], routing: Routing, after: datetime | None = None
) -> datetime | None:
    """When the next one is due, at `after` at the earliest; None if none is."""
    moments = [reminder_at(name, each, routing) for each in opens]
    first = min((each for each in moments if each is not None), default=None)
    return first if first is None or after is None else max(first, after)


def reminder_at(name: str, opened: OpenIncident, routing: Routing) -> datetime | None:
    """When an incident is told again; None for one that is not told yet, or acknowledged."""
    repeat = routing.route_to(name, opened.last).repeat
    if repeat is None or opened.told_at is None or opened.is_acknowledged:
        return None
    return opened.told_at + repeat
