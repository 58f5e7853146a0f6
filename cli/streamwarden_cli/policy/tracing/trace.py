"""Where an incident would go, when, and why: each route of a policy in its order."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from streamwarden.domain.notifications.routing import (
    DestinationSpec,
    IncidentMatch,
    Route,
    Routing,
    group_key,
)
from streamwarden.domain.verdicts import Notification, Severity
from streamwarden_cli.policy.routing.options import has_no_groups
from streamwarden_cli.policy.tracing.wording import describe_match, mismatches


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTrace:
    """What becomes of the incident at one route. `why_not` is empty if it takes the route.

    `after` is the route above that has ended the search, if one has.
    """

    label: str
    route: Route
    why_not: tuple[str, ...]
    after: str = ""

    @property
    def is_taken(self) -> bool:
        return not self.why_not and not self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedDelivery:
    """That a destination is told: by which route, in which group, and when at the earliest.

    `group` is empty where each incident is told by itself, or at once. `quiet_until` is the end of
    the quiet hours that it waits for.
    """

    destination: str
    kind: str
    by: str
    group: str
    at: datetime
    quiet_until: datetime | None
    interval: timedelta
    repeat: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InhibitionTrace:
    """An inhibition that may hold the incident back (`is_held`), or others because of it.

    `excepted` are those of the others that match both sides, as the incident does: neither holds
    the other back. Empty if there are none.
    """

    index: int
    is_held: bool
    others: str
    excepted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Everything there is to say of one notification."""

    notification: Notification
    routes: tuple[RouteTrace, ...]
    deliveries: tuple[RoutedDelivery, ...]
    inhibitions: tuple[InhibitionTrace, ...]


def trace(routing: Routing, notification: Notification) -> Trace:
    """As if it were told at the moment of the notification."""
    routes = tuple(_routes(routing, notification))
    return Trace(
        notification=notification,
        routes=routes,
        deliveries=tuple(_deliveries(routes, routing, notification)),
        inhibitions=tuple(_inhibitions(routing, notification)),
    )


def _routes(routing: Routing, notification: Notification) -> Iterator[RouteTrace]:
    after = ""
    for index, route in enumerate(routing.routes):
        label = route.name or f"routes[{index}]"
        why_not = tuple(mismatches(route.match, notification))
        found = RouteTrace(label=label, route=route, why_not=why_not, after=after)
        yield found
        if found.is_taken and not route.goes_on:
            after = label


def _deliveries(
    routes: tuple[RouteTrace, ...], routing: Routing, notification: Notification
) -> Iterator[RoutedDelivery]:
    """Each destination once: the first route to it says when."""
    seen: set[str] = set()
    for each in routes:
        for name in each.route.to if each.is_taken else ():
            spec = routing.destination(name)
            if name not in seen and spec is not None:
                seen.add(name)
                yield _delivery(each, spec, notification)


def _delivery(taken: RouteTrace, to: DestinationSpec, notification: Notification) -> RoutedDelivery:
    route, now = taken.route, notification.at
    is_critical = notification.severity is Severity.CRITICAL
    is_alone = is_critical or has_no_groups(to)
    quiet = None if is_critical else route.quiet
    ready = now if is_alone else now + route.group.wait
    quiet_until = None if quiet is None else quiet.until(ready)
    return RoutedDelivery(
        destination=to.name,
        kind=to.kind,
        by=taken.label,
        group="" if is_alone else group_key(route.group, notification),
        at=quiet_until or ready,
        quiet_until=quiet_until,
        interval=route.group.interval,
        repeat=route.repeat,
    )


def _inhibitions(routing: Routing, notification: Notification) -> Iterator[InhibitionTrace]:
    for index, each in enumerate(routing.inhibitions):
        matches_both = each.by.holds(notification) and each.of.holds(notification)
        sides = (
            (True, each.by_for(notification), each.of),
            (False, each.of_for(notification), each.by),
        )
        for is_held, others, excepted in sides:
            is_all = matches_both and (excepted == IncidentMatch() or each.by == each.of)
            if others is not None and not is_all:
                yield InhibitionTrace(
                    index=index,
                    is_held=is_held,
                    others=describe_match(others),
                    excepted=describe_match(excepted) if matches_both else "",
                )
