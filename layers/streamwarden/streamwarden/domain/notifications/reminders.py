"""Reminders: a route may have what is still open told again, until somebody acknowledges it."""

from collections.abc import Iterable
from datetime import datetime

from streamwarden.domain.notifications.delivery import OpenIncident
from streamwarden.domain.notifications.message import Limits
from streamwarden.domain.notifications.routing import Routing, group_key
from streamwarden.domain.verdicts import Notification


def due_reminders(
    name: str,
    opens: Iterable[OpenIncident],
    routing: Routing,
    limits: Limits,
    now: datetime,
) -> tuple[OpenIncident, ...]:
    """Incidents of one group that are to be told again now, as many as one message takes.

    Those of a baseline are told again as they were told: together.
    """
    due: dict[str, list[OpenIncident]] = {}
    for each in opens:
        at = reminder_at(name, each, routing)
        if at is not None and at <= now:
            group = each.baseline or _group_of(name, each.last, routing, limits)
            due.setdefault(group, []).append(each)
    first = next(iter(due.values()), [])
    is_as_one = bool(first and first[0].baseline)
    return tuple(first[: limits.largest_baseline if is_as_one else limits.largest])


def _group_of(name: str, last: Notification, routing: Routing, limits: Limits) -> str:
    if last.is_baseline and limits.largest > 1:
        return f"baseline,{last.rule_id}"
    return group_key(routing.route_to(name, last).group, last)


def next_reminder_at(
    name: str, opens: Iterable[OpenIncident], routing: Routing, after: datetime | None = None
) -> datetime | None:
    """When the next one is due, at `after` at the earliest; None if none is."""
    moments = [reminder_at(name, each, routing) for each in opens]
    first = min((each for each in moments if each is not None), default=None)
    return first if first is None or after is None else max(first, after)


def reminder_at(name: str, opened: OpenIncident, routing: Routing) -> datetime | None:
    """When an incident is told again; None for one that is not told yet, or acknowledged.

    Of a baseline, its incidents are.
    """
    repeat = routing.route_to(name, opened.last).repeat
    if repeat is None or opened.notified_at is None or opened.is_acknowledged:
        return None
    if opened.is_whole_baseline:
        return None
    return opened.notified_at + repeat
