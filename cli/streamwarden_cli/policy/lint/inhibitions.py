"""Inhibitions that do not say what covers what, that silence nothing, or what is critical."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

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
from streamwarden_cli.policy.lint.warnings import Fault, LintWarning, about_each
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.own_words import OWN_WORDS
from streamwarden_cli.policy.routing.routes import InhibitionDocument

_EVERYTHING: Final = Inhibition(by=IncidentMatch(), of=IncidentMatch())
_ALSO_CRITICAL: Final = "say `at_most: high`, or `at_most: critical` if it is meant"
_REMEDY: Final = (
    "let `by` name what covers the others, and `of` the others; `at_most` limits a severity"
)


def misleading_inhibitions(policy: ParsedPolicy) -> Iterator[LintWarning]:
    return about_each("inhibit", policy.routing.inhibit, lambda each: _faults(each, policy.rules))


def _faults(document: InhibitionDocument, rules: Sequence[ParsedRule]) -> Iterator[Fault]:
    inhibition = document.compiled()
    if inhibition == _EVERYTHING:
        yield (), "every incident matches both `by` and `of`: it silences nothing", _REMEDY
        return
    by, of = inhibition.by, inhibition.of
    if pair := _pair(inhibition, rules):
        both = f"incidents of {pair[0]} and {pair[1]} on one channel match both `by` and `of`"
        yield (), f"{both}: neither silences the other", _REMEDY
    sides = [rules_taken(each, rules) for each in (by, of)]
    if all(sides) and not any(map(_takes_own_words, (by, of))):
        if len({rule.id for side in sides for rule in side}) == 1:
            text = "it silences nothing: no incident silences itself"
            yield (), text, "name another rule in `of`"
        elif not frozenset.intersection(*map(_judged, sides)):
            text = "it silences nothing: `by` and `of` are about different types of resources"
            yield (), text, "name rules about the same type"
    # Without `at_most`, an inhibition is also of what somebody is called for at night.
    if "at_most" not in document.of.model_fields_set and _takes_critical(of, rules):
        text = "critical incidents are told all the same: none of `by` is critical"
        if _takes_critical(by, rules):
            text = "critical incidents are held back too, by a critical one of `by`"
        yield ("of",), text, _ALSO_CRITICAL


def _pair(inhibition: Inhibition, rules: Sequence[ParsedRule]) -> tuple[str, str] | None:
    """Two rules whose incidents certainly match both sides, on one resource."""
    by, of = inhibition.by, inhibition.of
    if by.status != of.status or not (covers_places(by, of) or covers_places(of, by)):
        return None
    notifying = [each for each in rules if each.document.mode is not Mode.OBSERVE]
    others = {each.id for each in rules_taken(of, notifying)}
    both = [each for each in rules_taken(by, notifying) if each.id in others]
    for one, other in combinations(both, 2):
        severities = {one.document.severity, other.document.severity}
        if Severity.CRITICAL in severities and len(severities) > 1:
            continue  # the critical one is told
        if one.document.params.judges & other.document.params.judges:
            return one.id, other.id
    return None


def _takes_critical(match: IncidentMatch, rules: Sequence[ParsedRule]) -> bool:
    """Whether an incident that it takes may be critical: of a rule, or of no rule."""
    kinds = [*incidents_of(rules), *(IncidentKind(word, Severity.CRITICAL) for word in OWN_WORDS)]
    critical = (each for each in kinds if each.severity is Severity.CRITICAL)
    return any(may_hold(match, each) for each in critical)


def _takes_own_words(match: IncidentMatch) -> bool:
    return not match.rule or any(map(matcher(match.rule), OWN_WORDS))


def _judged(rules: Sequence[ParsedRule]) -> frozenset[str]:
    return frozenset(each for rule in rules for each in rule.document.params.judges)
