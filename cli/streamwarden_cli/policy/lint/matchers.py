"""Matchers that take nothing: of ids that no rule has, of a severity that none of these has."""

from collections.abc import Iterator, Sequence

from streamwarden.domain.globs import is_glob, matcher
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.policy.globs import unlike
from streamwarden_cli.policy.lint.kinds_of_incident import rules_taken
from streamwarden_cli.policy.lint.warnings import LintWarning
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.matchers import MatcherDocument
from streamwarden_cli.policy.routing.own_words import OWN_WORDS

type Placed = tuple[Location, MatcherDocument]


def matchers_of(policy: ParsedPolicy) -> Iterator[Placed]:
    """All of them, and where they stand."""
    for index, route in enumerate(policy.routing.routes):
        yield ("routes", index), route
    for index, inhibition in enumerate(policy.routing.inhibit):
        yield ("inhibit", index, "by"), inhibition.by
        yield ("inhibit", index, "of"), inhibition.of


def empty_matchers(policy: ParsedPolicy) -> Iterator[LintWarning]:
    rules = (*policy.rules, *policy.disabled)
    known = [*(each.id for each in rules), *OWN_WORDS]
    for place, document in matchers_of(policy):
        unknown = [*unlike(known, document.rule)]
        for glob in unknown:
            index = (document.rule.index(glob),) if len(document.rule) > 1 else ()
            text = f"no rule has an id like {glob!r}" if is_glob(glob) else f"no rule is {glob!r}"
            text += did_you_mean(glob, known)
            yield LintWarning((*place, "rule", *index), text, "correct it, or take it out")
        if not unknown:
            yield from _without_severity(document.compiled_match(), place, rules)


def _without_severity(
    match: IncidentMatch, place: Location, rules: Sequence[ParsedRule]
) -> Iterator[LintWarning]:
    """News about rules may still be as severe; nobody names rules for that alone."""
    if not match.rule or any(map(matcher(match.rule), OWN_WORDS)) or rules_taken(match, rules):
        return
    named = [each for each in rules if matcher(match.rule)(each.id)]
    found = ", ".join(f"{each.id} is {each.document.severity}" for each in named[:3])
    text = f"no rule that it names has such a severity: {found}"
    yield LintWarning((*place, "rule"), text, "change the severity, or name other rules")
