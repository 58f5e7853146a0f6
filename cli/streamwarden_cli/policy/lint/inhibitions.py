"""Inhibitions that do not say what covers what, that silence nothing, or what is critical."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from streamwarden.domain.globs import matcher
from streamwarden.domain.notifications.routing import IncidentMatch, Inhibition
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.policy.lint.kinds_of_incident import (
    IncidentKind,
    covers_places,
    incidents_of,
    may_hold,
    rules_taken,
)
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.own_words import OWN_WORDS

_EVERYTHING = Inhibition(by=IncidentMatch(), of=IncidentMatch())
_ALSO_CRITICAL = "say `at_most: high`, or `at_most: critical` if it is meant"
_REMEDY = "let `by` name what covers the others, and `of` the others; `at_most` limits a severity"


def mutual_inhibitions(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """Of two incidents that match both sides, neither silences the other. Both are told."""
    notifying = [each for each in policy.rules if each.document.mode is not Mode.OBSERVE]
    for index, document in enumerate(policy.routing.inhibit):
        inhibition = document.compiled()
        text = ""
        if inhibition == _EVERYTHING:
            text = "every incident matches both `by` and `of`: it silences nothing"
        elif pair := _pair(inhibition, notifying):
            both = f"incidents of {pair[0]} and {pair[1]} on one channel match both `by` and `of`"
            text = f"{both}: neither silences the other"
        if text:
            yield LintWarning(("inhibit", index), "", text, _REMEDY)


def _pair(inhibition: Inhibition, rules: Sequence[ParsedRule]) -> tuple[str, str] | None:
    """Two rules whose incidents certainly match both sides, on one resource."""
    by, of = inhibition.by, inhibition.of
    if by.status != of.status or not (covers_places(by, of) or covers_places(of, by)):
        return None
    others = {each.id for each in rules_taken(of, rules)}
    both = [each for each in rules_taken(by, rules) if each.id in others]
    for one, other in combinations(both, 2):
        severities = {one.document.severity, other.document.severity}
        if Severity.CRITICAL in severities and len(severities) > 1:
            continue  # the critical one is told
        if one.document.params.judges & other.document.params.judges:
            return one.id, other.id
    return None


def idle_inhibitions(policy: ParsedPolicy) -> Iterator[LintWarning]:
    for index, document in enumerate(policy.routing.inhibit):
        by, of = document.by.compiled_match(), document.of.compiled_match()
        if _takes_own_words(by) or _takes_own_words(of):
            continue
        sides = [rules_taken(each, policy.rules) for each in (by, of)]
        if len({rule.id for side in sides for rule in side}) == 1 and all(sides):
            text = "it silences nothing: no incident silences itself"
            yield LintWarning(("inhibit", index), "", text, "name another rule in `of`")
        elif all(sides) and not _judged(sides[0]) & _judged(sides[1]):
            text = "it silences nothing: `by` and `of` are about different types of resources"
            yield LintWarning(("inhibit", index), "", text, "name rules about the same type")


def critical_inhibitions(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """Without `at_most`, an inhibition is also of what somebody is called for at night."""
    for index, document in enumerate(policy.routing.inhibit):
        by, of = document.by.compiled_match(), document.of.compiled_match()
        is_meant = "at_most" in document.of.model_fields_set
        if is_meant or document.compiled() == _EVERYTHING or not _takes_critical(of, policy.rules):
            continue
        text = "critical incidents are told all the same: none of `by` is critical"
        if _takes_critical(by, policy.rules):
            text = "critical incidents are held back too, by a critical one of `by`"
        yield LintWarning(("inhibit", index, "of"), "", text, _ALSO_CRITICAL)


def _takes_critical(match: IncidentMatch, rules: Sequence[ParsedRule]) -> bool:
    """Whether an incident that it takes may be critical: of a rule, or of no rule."""
    kinds = [*incidents_of(rules), *(IncidentKind(word, Severity.CRITICAL) for word in OWN_WORDS)]
    critical = (each for each in kinds if each.severity is Severity.CRITICAL)
    return any(may_hold(match, each) for each in critical)


def _takes_own_words(match: IncidentMatch) -> bool:
    return not match.rule or any(map(matcher(match.rule), OWN_WORDS))


def _judged(rules: Sequence[ParsedRule]) -> frozenset[str]:
    return frozenset(each for rule in rules for each in rule.document.params.judges)
