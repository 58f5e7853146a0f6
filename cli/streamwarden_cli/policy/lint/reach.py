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


def untold(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """A route to nobody is an answer."""
    lost = [each for each in Severity if _is_lost(policy, each)]
    if lost:
        text = f"nobody is told of what is {format_list(lost)}: no route takes it"
        yield LintWarning(("routes",), "", text, _REMEDY)
    told = {kind for kind in incidents_of(policy.rules) if _is_taken(policy, kind)}
    for rule in policy.rules:
        kind = IncidentKind(rule.id, rule.document.severity)
        if kind in incidents_of([rule]) and kind not in told and kind.severity not in lost:
            yield about(rule, "id", "nobody is told of it: no route takes it", _REMEDY)


def _is_lost(policy: ParsedPolicy, severity: Severity) -> bool:
    kinds = [*incidents_of(policy.rules), *news_of(policy.rules)]
    found = [each for each in kinds if each.severity is severity]
    return bool(found) and not any(_is_taken(policy, each) for each in found)


def _is_taken(policy: ParsedPolicy, kind: IncidentKind) -> bool:
    routes = policy.compiled.routing.routes
    return any(may_hold(each.match, kind) and not opens_none(each.match) for each in routes)
