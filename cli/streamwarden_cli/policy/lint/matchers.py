"""Matchers that take nothing: of ids that no rule has, of a severity that none of these has."""

from collections.abc import Iterator

from streamwarden.domain.globs import is_glob, matcher
from streamwarden_cli.documents.source import Location
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.policy.globs import unlike
from streamwarden_cli.policy.lint.kinds_of_incident import rules_taken, takes_own_words
from streamwarden_cli.policy.lint.warnings import Found
from streamwarden_cli.policy.parsed import ParsedPolicy
from streamwarden_cli.policy.routing.matchers import MatcherDocument
from streamwarden_cli.policy.routing.own_words import OWN_WORDS


def matchers_of(policy: ParsedPolicy) -> Iterator[tuple[Location, MatcherDocument]]:
    """All of them, and where they stand."""
    for index, route in enumerate(policy.routing.routes):
        yield ("routes", index), route
    for index, inhibition in enumerate(policy.routing.inhibit):
        yield ("inhibit", index, "by"), inhibition.by
        yield ("inhibit", index, "of"), inhibition.of


def empty_matchers(policy: ParsedPolicy) -> Iterator[Found]:
    """News about rules may be as severe as asked for; nobody names rules for that alone."""
    rules = (*policy.rules, *policy.disabled)
    known = [*(each.id for each in rules), *OWN_WORDS]
    for place, document in matchers_of(policy):
        globs, match = document.rule, document.compiled_match()
        unknown = [*unlike(known, globs)]
        for glob in unknown:
            index = (globs.index(glob),) if len(globs) > 1 else ()
            text = f"no rule has an id like {glob!r}" if is_glob(glob) else f"no rule is {glob!r}"
            hint = did_you_mean(glob, known)
            yield (*place, "rule", *index), f"{text}{hint}", "correct it, or take it out"
        if not (unknown or takes_own_words(match) or rules_taken(match, rules)):
            named = [each for each in rules if matcher(globs)(each.id)]
            found = ", ".join(f"{each.id} is {each.document.severity}" for each in named[:3])
            text = f"no rule that it names has such a severity: {found}"
            yield (*place, "rule"), text, "change the severity, or name other rules"
