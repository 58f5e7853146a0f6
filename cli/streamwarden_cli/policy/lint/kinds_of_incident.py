"""What notifications can be like, as far as rules say it, and which of them a matcher takes.

A rule's incidents have its severity. What operators do about a rule, such as a change of its mode,
is told under the rule's id, with a severity of its own; so are a quarantine and a breaker.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Final, NamedTuple

from streamwarden.domain.globs import matcher
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.policy.lint.coverage import accepts_all, takes_all
from streamwarden_cli.policy.parsed import ParsedRule
from streamwarden_cli.policy.routing.matchers import ENDINGS
from streamwarden_cli.policy.routing.own_words import OWN_WORDS

_OWN_SEVERITIES: Final = (Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_PLACES: Final = ("channel", "account", "region")


class IncidentKind(NamedTuple):
    """The rule's id, or what stands in its place, and the severity."""

    rule: str
    severity: Severity


def incidents_of(rules: Iterable[ParsedRule]) -> list[IncidentKind]:
    """Of the rules that tell people."""
    notifying = (each for each in rules if each.document.mode is not Mode.OBSERVE)
    return [IncidentKind(each.id, each.document.severity) for each in notifying]


def all_kinds(rules: Sequence[ParsedRule]) -> list[IncidentKind]:
    """Of these, and of what else can be told, also of rules that only observe."""
    words = (*OWN_WORDS, *(each.id for each in rules))
    return [*incidents_of(rules), *map(IncidentKind._make, product(words, _OWN_SEVERITIES))]


def may_hold(match: IncidentMatch, kind: IncidentKind) -> bool:
    """Whether there can be a notification of the kind that it takes."""
    is_outside = match.severity.is_above(kind.severity) or kind.severity.is_above(match.at_most)
    return not is_outside and (not match.rule or bool(matcher(match.rule)(kind.rule)))


def takes_more(one: IncidentMatch, other: IncidentMatch) -> bool:
    """Whether, of kinds that it takes, `one` certainly takes all that `other` takes."""
    has_status = not one.status or (other.status and set(other.status) <= set(one.status))
    return bool(has_status) and covers_places(one, other)


def covers_places(one: IncidentMatch, other: IncidentMatch) -> bool:
    """Whether `one` is certainly about all resources that `other` is about."""
    return takes_all(one, other, _PLACES) and accepts_all(one.owner, other.owner)


def opens_none(match: IncidentMatch) -> bool:
    """Whether it only takes what is told where its incident was opened."""
    return bool(match.status) and set(match.status) <= ENDINGS


def takes_own_words(match: IncidentMatch) -> bool:
    """Whether it may take what no rule has opened."""
    return not match.rule or any(map(matcher(match.rule), OWN_WORDS))


def rules_taken(match: IncidentMatch, rules: Sequence[ParsedRule]) -> list[ParsedRule]:
    """Whose own incidents it may take, were they told."""
    kinds = ((each, IncidentKind(each.id, each.document.severity)) for each in rules)
    return [each for each, kind in kinds if may_hold(match, kind)]
