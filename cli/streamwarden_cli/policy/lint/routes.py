"""Routes and destinations that nothing reaches, and what no route takes or takes in vain."""

from collections.abc import Iterable, Iterator
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Severity
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.lint.kinds_of_incident import (
    IncidentKind,
    incidents_of,
    may_hold,
    news_of,
    of_another_rule,
    opens_none,
    takes_more,
)
from streamwarden_cli.policy.lint.warnings import Fault, LintWarning, about, about_each
from streamwarden_cli.policy.lint.zones import fault_of_zone
from streamwarden_cli.policy.parsed import ParsedPolicy
from streamwarden_cli.policy.routing.options import has_no_groups
from streamwarden_cli.policy.routing.routes import RouteDocument

_NONE: Final = -1
_ADD_ROUTE: Final = "add a route that takes it; one with `to: []` says that nobody is to be told"


def unnamed_destinations(policy: ParsedPolicy) -> Iterator[LintWarning]:
    routes = policy.routing.routes
    named = {name for route in routes for name in route.to}
    for name in policy.routing.destinations:
        if routes and name not in named:
            text = "no route leads to it"
            remedy = "name it in a route, or remove it once what it was told of is over"
            yield LintWarning(("destinations", name), text, remedy)


def unreached_routes(policy: ParsedPolicy) -> Iterator[LintWarning]:
    kinds = [*incidents_of(policy.rules), *news_of(policy.rules), *of_another_rule()]
    before: list[tuple[int, IncidentMatch]] = []
    for index, route in enumerate(policy.routing.routes):
        match = route.compiled_match()
        earlier = _taking_all(match, before, kinds)
        if not route.goes_on:
            before.append((index, match))
        if earlier:
            names = format_list([_label(policy, each) for each in earlier], last="and")
            takes = "takes" if len(earlier) == 1 else "take"
            text = f"nothing reaches it: {names} {takes} all of it before"
            remedy = "move it up, or write `continue: true` there"
            yield LintWarning(("routes", index), text, remedy)


def _taking_all(
    match: IncidentMatch, before: Iterable[tuple[int, IncidentMatch]], kinds: Iterable[IncidentKind]
) -> list[int]:
    """The routes that together leave nothing to it; none if they leave something."""
    wider = [(index, one) for index, one in before if takes_more(one, match)]
    taking = {
        next((index for index, one in wider if may_hold(one, kind)), _NONE)
        for kind in kinds
        if may_hold(match, kind)
    }
    return [] if _NONE in taking else sorted(taking)


def _label(policy: ParsedPolicy, index: int) -> str:
    return policy.routing.routes[index].name or f"routes[{index}]"


def idle_settings(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """What a route says and what has no effect."""
    return about_each("routes", policy.routing.routes, lambda each: _idle(each, policy))


def _idle(route: RouteDocument, policy: ParsedPolicy) -> Iterator[Fault]:
    if opens_none(route.compiled_match()):
        text = "what ends an incident is told where it was opened, and by no route"
        yield ("status",), text, "add the status with which it opens, or remove the route"
    if route.repeat is not None and route.repeat < route.group.interval:
        repeat, interval = format_duration(route.repeat), format_duration(route.group.interval)
        text = f"nothing is repeated after {repeat}: a group is told once in {interval} at most"
        yield ("repeat",), text, "make it longer, or `group.interval` shorter"
    if alone := _without_groups(route, policy):
        text = f"it has no effect: {alone} is told of each incident by itself"
        yield ("group",), text, "leave it out"
    if route.quiet is None:
        return
    if route.severity is Severity.CRITICAL:
        text = "what is critical is told also in quiet hours, and nothing else takes this route"
        yield ("quiet",), text, "leave them out"
    if fault := fault_of_zone(route.quiet.zone):
        yield ("quiet", "zone"), *fault


def _without_groups(route: RouteDocument, policy: ParsedPolicy) -> str:
    """The kinds that the route leads to, if `group` means nothing to any of them."""
    if "group" not in route.model_fields_set or not route.to:
        return ""
    found = [each for each in policy.compiled.routing.destinations if each.name in route.to]
    kinds = sorted({each.kind for each in found})
    return format_list(kinds, last="and") if all(map(has_no_groups, found)) else ""


def unrouted(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """A route to nobody is an answer."""
    lost = [each for each in Severity if _is_lost(policy, each)]
    if lost:
        text = f"nobody is told of what is {format_list(lost)}: no route takes it"
        yield LintWarning(("routes",), text, _ADD_ROUTE)
    for rule in policy.rules:
        kinds = [each for each in incidents_of([rule]) if each.severity not in lost]
        if any(not _is_taken(policy, each) for each in kinds):
            yield about(rule, "id", "nobody is told of it: no route takes it", _ADD_ROUTE)


def _is_lost(policy: ParsedPolicy, severity: Severity) -> bool:
    kinds = [*incidents_of(policy.rules), *news_of(policy.rules)]
    found = [each for each in kinds if each.severity is severity]
    return bool(found) and not any(_is_taken(policy, each) for each in found)


def _is_taken(policy: ParsedPolicy, kind: IncidentKind) -> bool:
    routes = policy.compiled.routing.routes
    return any(may_hold(each.match, kind) and not opens_none(each.match) for each in routes)
