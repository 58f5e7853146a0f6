"""A trace for people and for programs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.routing import Route
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.routing.matchers import ENDINGS
from streamwarden_cli.policy.tracing.trace import InhibitionTrace, RoutedDelivery, RouteTrace, Trace
from streamwarden_cli.policy.tracing.wording import describe_match
from streamwarden_cli.replay.jsonl import format_time

_GOING_ON: Final = (NotificationStatus.REPEATED, NotificationStatus.ESCALATED)


def heading(found: Trace) -> str:
    given = found.notification
    of = f" of {given.owner}" if given.owner else ""
    return f"{given.rule_id}{of}, {given.severity}, {given.status} at {format_time(given.at)}"


def delivery_lines(found: Trace) -> Iterator[str]:
    """Who is told, and when."""
    given = found.notification
    if given.status in ENDINGS:
        yield f"what is {given.status} is told only where it was opened; if that were now:"
    elif given.status in _GOING_ON:
        yield f"what is {given.status} is told also where it was opened"
    if not found.deliveries:
        yield "nobody is told"
    for each in found.deliveries:
        yield f"{each.destination} ({each.kind}), by {each.by}: {_when(each, given.at)}"
        yield from (f"  {line}" for line in _details(each))


def route_lines(found: Trace) -> Iterator[str]:
    for each in found.routes:
        yield f"{each.label}: {_describe_route(each.route)}"
        yield from (f"  {line}" for line in _outcome(each))


def inhibition_lines(found: Trace) -> Iterator[str]:
    for each in found.inhibitions:
        yield f"inhibit[{each.index}]: {_describe_inhibition(each)}"


def _when(delivery: RoutedDelivery, now: datetime) -> str:
    return "at once" if delivery.at == now else f"at {format_time(delivery.at)}"


def _details(delivery: RoutedDelivery) -> Iterator[str]:
    if delivery.quiet_until is not None:
        yield "when the quiet hours end"
    if delivery.group:
        interval = format_duration(delivery.interval)
        yield f"in one message with {delivery.group}, which is sent once in {interval} at most"
    if delivery.repeat is not None:
        yield f"again every {format_duration(delivery.repeat)} while it is open"


def _describe_route(route: Route) -> str:
    to = format_list(route.to, last="and") if route.to else "nobody"
    goes_on = "; the search goes on" if route.goes_on else ""
    return f"{describe_match(route.match) or 'everything'} goes to {to}{goes_on}"


def _outcome(each: RouteTrace) -> Iterator[str]:
    if each.after:
        yield f"not tried: {each.after} ends the search"
    elif each.why_not:
        yield from (f"not taken: {reason}" for reason in each.why_not)
    else:
        yield "taken"


def _describe_inhibition(each: InhibitionTrace) -> str:
    side = "of" if each.is_held else "by"
    excepted = f", but for what `{side}` matches too: {each.excepted}" if each.excepted else ""
    if each.is_held:
        return f"nothing is told while another incident is open: {each.others or 'any'}{excepted}"
    return f"while it is open, nothing is told of others: {each.others or 'all'}{excepted}"


def as_json(found: Trace) -> dict[str, object]:
    given = found.notification
    return {
        "incident": {
            "rule": given.rule_id,
            "severity": given.severity,
            "status": given.status,
            "owner": given.owner or None,
            "tags": dict(given.tags),
            "at": format_time(given.at),
        },
        "routes": [
            {
                "route": each.label,
                "to": list(each.route.to),
                "taken": each.is_taken,
                "why_not": [f"{each.after} ends the search"] if each.after else [*each.why_not],
            }
            for each in found.routes
        ],
        "deliveries": [
            {
                "destination": each.destination,
                "kind": each.kind,
                "route": each.by,
                "group": each.group or None,
                "at": format_time(each.at),
                "quiet_until": format_time(each.quiet_until) if each.quiet_until else None,
                "repeat_seconds": each.repeat.total_seconds() if each.repeat else None,
            }
            for each in found.deliveries
        ],
        "inhibitions": [
            {
                "inhibit": each.index,
                "held": each.is_held,
                "others": each.others,
                "excepted": each.excepted,
            }
            for each in found.inhibitions
        ],
    }
