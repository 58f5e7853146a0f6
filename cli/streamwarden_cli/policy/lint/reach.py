"""Severities, and rules, of which nobody is told because no route takes them."""

from collections.abc import Iterator

from streamwarden.domain.verdicts import Severity
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.lint.kinds_of_incident import (
    IncidentKind,
    incidents_of,
    may_hold,
    news_of,
    opens_none,
)
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedPolicy

_REMEDY = "add a route that takes it; one with `to: []` says that nobody is to be told"


def unrouted(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """A route to nobody is an answer."""
    lost = [each for each in Severity if _is_lost(policy, each)]
    if lost:
        text = f"nobody is told of what is {format_list(lost)}: no route takes it"
        yield LintWarning(("routes",), "", text, _REMEDY)
    for rule in policy.rules:
        kinds = [each for each in incidents_of([rule]) if each.severity not in lost]
        if any(not _is_taken(policy, each) for each in kinds):
            yield about(rule, "id", "nobody is told of it: no route takes it", _REMEDY)


def _is_lost(policy: ParsedPolicy, severity: Severity) -> bool:
    kinds = [*incidents_of(policy.rules), *news_of(policy.rules)]
    found = [each for each in kinds if each.severity is severity]
    return bool(found) and not any(_is_taken(policy, each) for each in found)


def _is_taken(policy: ParsedPolicy, kind: IncidentKind) -> bool:
    routes = policy.compiled.routing.routes
    return any(may_hold(each.match, kind) and not opens_none(each.match) for each in routes)
