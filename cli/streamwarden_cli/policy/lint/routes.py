"""Routes and destinations that nothing reaches, and what no route takes or takes in vain."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Severity
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.lint.kinds_of_incident import (
    IncidentKind,
    all_kinds,
    incidents_of,
    may_hold,
    opens_none,
    takes_more,
)
from streamwarden_cli.policy.lint.warnings import Found
from streamwarden_cli.policy.lint.zones import fault_of_zone
from streamwarden_cli.policy.parsed import ParsedPolicy
from streamwarden_cli.policy.routing.options import has_no_groups
from streamwarden_cli.policy.routing.routes import RouteDocument

# What a rule that is added later may tell, under an id that no route names.
_OF_ANOTHER_RULE: Final = [IncidentKind("~", each) for each in Severity]
_ADD_ROUTE: Final = "add a route that takes it; one with `to: []` says that nobody is to be told"


def unnamed_destinations(policy: ParsedPolicy) -> Iterator[Found]:
    routes = policy.routing.routes
    named = {name for route in routes for name in route.to}
    for name in policy.routing.destinations:
        if routes and name not in named:
            remedy = "name it in a route, or remove it once what it was told of is over"
            yield ("destinations", name), "no route leads to it", remedy


def unreached_routes(policy: ParsedPolicy) -> Iterator[Found]:
    kinds = [*all_kinds(policy.rules), *_OF_ANOTHER_RULE]
    before: dict[str, IncidentMatch] = {}
    for index, route in enumerate(policy.routing.routes):
        place, match = f"routes[{index}]", route.compiled_match()
        wider = {name: each for name, each in before.items() if takes_more(each, match)}
        taking = {
            next((name for name, each in wider.items() if may_hold(each, kind)), "")
            for kind in kinds
            if may_hold(match, kind)
        }
        if taking and "" not in taking:
            names = format_list([each for each in before if each in taking], last="and")
            takes = "takes" if len(taking) == 1 else "take"
            text = f"nothing reaches it: {names} {takes} all of it before"
            yield ("routes", index), text, "move it up, or write `continue: true` there"
        if not route.goes_on:
            before[route.name or place] = match


def idle_settings(policy: ParsedPolicy) -> Iterator[Found]:
    """What a route says and what has no effect."""
    for index, route in enumerate(policy.routing.routes):
        yield from _idle(("routes", index), route, policy)


def _idle(place: Location, route: RouteDocument, policy: ParsedPolicy) -> Iterator[Found]:
    if opens_none(route.compiled_match()):
        text = "what ends an incident is told where it was opened, and by no route"
        yield (*place, "status"), text, "add the status with which it opens, or remove the route"
    if route.repeat is not None and route.repeat < route.group.interval:
        repeat, interval = format_duration(route.repeat), format_duration(route.group.interval)
        text = f"nothing is repeated after {repeat}: a group is told once in {interval} at most"
        yield (*place, "repeat"), text, "make it longer, or `group.interval` shorter"
    to = [each for each in policy.compiled.routing.destinations if each.name in route.to]
    if "group" in route.model_fields_set and to and all(map(has_no_groups, to)):
        kinds = format_list(sorted({each.kind for each in to}), last="and")
        text = f"it has no effect: {kinds} is told of each incident by itself"
        yield (*place, "group"), text, "leave it out"
    if route.quiet is not None and route.severity is Severity.CRITICAL:
        text = "what is critical is told also in quiet hours, and nothing else takes this route"
        yield (*place, "quiet"), text, "leave them out"
    if route.quiet is not None and (fault := fault_of_zone(route.quiet.zone)):
        yield (*place, "quiet", "zone"), *fault


def unrouted(policy: ParsedPolicy) -> Iterator[Found]:
    """A route to nobody is an answer."""
    kinds = all_kinds(policy.rules)
    opening = [each.match for each in policy.compiled.routing.routes if not opens_none(each.match)]
    taken = {each for each in kinds if any(may_hold(match, each) for match in opening)}
    lost = {each.severity for each in kinds} - {each.severity for each in taken}
    if lost:
        severities = format_list([each for each in Severity if each in lost])
        yield ("routes",), f"nobody is told of what is {severities}: no route takes it", _ADD_ROUTE
    for rule in policy.rules:
        if any(each not in taken and each.severity not in lost for each in incidents_of([rule])):
            text = f"{rule.id}: nobody is told of it: no route takes it"
            yield rule.place("id"), text, _ADD_ROUTE
