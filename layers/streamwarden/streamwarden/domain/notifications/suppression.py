"""What keeps an incident from being told now: silences, quiet hours, incidents that cover it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.delivery import OpenIncident
from streamwarden.domain.notifications.planning import Suppression
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.notifications.silences import silence_of
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.verdicts import Notification


def silence_on(
    notification: Notification, controls: AccountControls, now: datetime
) -> Suppression | None:
    """What an operator has set for a time."""
    silence = silence_of(controls, notification, now)
    if silence is None:
        return None
    reason = f"silence {silence.id} of {silence.author}: {silence.reason}"
    return Suppression(reason, controls.end_of(silence))


def quiet_hours_of(
    name: str, notification: Notification, routing: Routing, now: datetime
) -> Suppression | None:
    """The quiet hours of the route to a destination. What is critical is always told."""
    quiet = routing.route_to(name, notification).quiet
    if quiet is None or notification.severity is Severity.CRITICAL:
        return None
    until = quiet.until(now)
    return None if until is None else Suppression("it is within quiet hours", until)


def inhibition_of(
    notification: Notification, opens: Callable[[], Iterable[OpenIncident]], routing: Routing
) -> Suppression | None:
    """An open incident of the same resource that covers this one."""
    for rule in routing.inhibitions:
        by = rule.by_for(notification)
        if by is None:
            continue
        for each in _others(notification, opens()):
            # What both sides match is not held back by what both sides match (as Alertmanager).
            is_mutual = rule.by.holds(notification) and rule.of.holds(each.last)
            if by.holds(each.last) and not is_mutual:
                return Suppression(f"the incident of {each.last.rule_id} covers it")
    return None


def _others(notification: Notification, opens: Iterable[OpenIncident]) -> Iterable[OpenIncident]:
    return (
        each
        for each in opens
        if each.last.resource_arn == notification.resource_arn and each.key != notification.incident
    )
