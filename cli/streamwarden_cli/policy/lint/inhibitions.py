"""Inhibitions that do not say what covers what, that silence nothing, or what is critical."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from streamwarden.domain.notifications.routing import IncidentMatch, Inhibition
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.lint.kinds_of_incident import (
    IncidentKind,
    covers_places,
    incidents_of,
    may_hold,
    rules_taken,
    takes_own_words,
)
from streamwarden_cli.policy.lint.warnings import Found
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.own_words import OWN_WORDS
from streamwarden_cli.policy.routing.routes import InhibitionDocument

_EVERYTHING: Final = Inhibition(by=IncidentMatch(), of=IncidentMatch())
_ALSO_CRITICAL: Final = "say `at_most: high`, or `at_most: critical` if it is meant"
_REMEDY: Final = (
    "let `by` name what covers the others, and `of` the others; `at_most` limits a severity"
)


def misleading_inhibitions(policy: ParsedPolicy) -> Iterator[Found]:
    for index, document in enumerate(policy.routing.inhibit):
        yield from _faults(("inhibit", index), document, policy.rules)


def _faults(
    place: Location, document: InhibitionDocument, rules: Sequence[ParsedRule]
) -> Iterator[Found]:
    inhibition = document.compiled()
    by, of = inhibition.by, inhibition.of
    if inhibition == _EVERYTHING:
        yield place, "every incident matches both `by` and `of`: it silences nothing", _REMEDY
        return
    if pair := _pair(inhibition, rules):
        both = f"incidents of {pair[0]} and {pair[1]} on one channel match both `by` and `of`"
        yield place, f"{both}: neither silences the other", _REMEDY
    covering, covered = rules_taken(by, rules), rules_taken(of, rules)
    if covering and covered and not (takes_own_words(by) or takes_own_words(of)):
        if len({each.id for each in (*covering, *covered)}) == 1:
            text = "it silences nothing: no incident silences itself"
            yield place, text, "name another rule in `of`"
        elif not _judged(covering) & _judged(covered):
            text = "it silences nothing: `by` and `of` are about different types of resources"
            yield place, text, "name rules about the same type"
    # Without `at_most`, an inhibition is also of what somebody is called for at night.
    if "at_most" not in document.of.model_fields_set and _takes_critical(of, rules):
        text = "critical incidents are told all the same: none of `by` is critical"
        if _takes_critical(by, rules):
            text = "critical incidents are held back too, by a critical one of `by`"
        yield (*place, "of"), text, _ALSO_CRITICAL


def _pair(inhibition: Inhibition, rules: Sequence[ParsedRule]) -> tuple[str, str] | None:
    """Two rules whose incidents certainly match both sides, on one resource."""
    by, of = inhibition.by, inhibition.of
    if by.status != of.status or not (covers_places(by, of) or covers_places(of, by)):
        return None
    notifying = [each for each in rules if each.document.mode is not Mode.OBSERVE]
    for one, other in combinations(rules_taken(by, rules_taken(of, notifying)), 2):
        severities = {one.document.severity, other.document.severity}
        # Of two, a critical one is told.
        is_critical = Severity.CRITICAL in severities and len(severities) > 1
        if not is_critical and one.params.judges & other.params.judges:
            return one.id, other.id
    return None


def _takes_critical(match: IncidentMatch, rules: Sequence[ParsedRule]) -> bool:
    """Whether an incident that it takes may be critical: of a rule, or of no rule."""
    kinds = [*incidents_of(rules), *(IncidentKind(word, Severity.CRITICAL) for word in OWN_WORDS)]
    return any(may_hold(match, each) for each in kinds if each.severity is Severity.CRITICAL)


def _judged(rules: Sequence[ParsedRule]) -> frozenset[str]:
    return frozenset(each for rule in rules for each in rule.params.judges)
