"""What notifications can be like, as far as rules say it, and which of them a matcher takes.

A rule's incidents have its severity. What operators do about a rule, such as a change of its mode,
is told under the rule's id, with a severity of its own; so are a quarantine and a breaker.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from streamwarden.domain.globs import matcher
from streamwarden.domain.notifications.routing import IncidentMatch
from streamwarden.domain.verdicts import Mode, Severity
from streamwarden_cli.policy.lint.coverage import takes_all
from streamwarden_cli.policy.parsed import ParsedRule
from streamwarden_cli.policy.routing.matchers import ENDINGS
from streamwarden_cli.policy.routing.own_words import OWN_WORDS

_OWN_SEVERITIES: Final = (Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_PLACES: Final = ("owner", "channel", "account", "region")


class IncidentKind(NamedTuple):
    """The rule's id, or what stands in its place, and the severity."""

    rule: str
    severity: Severity


def incidents_of(rules: Iterable[ParsedRule]) -> list[IncidentKind]:
    """Of the rules that tell people."""
    return [
        IncidentKind(each.id, each.document.severity)
        for each in rules
        if each.document.mode is not Mode.OBSERVE
    ]


def news_of(rules: Iterable[ParsedRule]) -> Iterator[IncidentKind]:
    """What else can be told, also of rules that only observe."""
    for word in (*OWN_WORDS, *(each.id for each in rules)):
        yield from (IncidentKind(word, severity) for severity in _OWN_SEVERITIES)


def of_another_rule() -> Iterator[IncidentKind]:
    """What a rule that is added later may tell, under an id that no route names."""
    yield from (IncidentKind("~", severity) for severity in Severity)


def may_hold(match: IncidentMatch, kind: IncidentKind) -> bool:
    """Whether there can be a notification of the kind that it takes."""
    if match.severity.is_above(kind.severity) or kind.severity.is_above(match.at_most):
        return False
    return not match.rule or bool(matcher(match.rule)(kind.rule))


def takes_more(one: IncidentMatch, other: IncidentMatch) -> bool:
    """Whether, of kinds that it takes, `one` certainly takes all that `other` takes."""
    has_status = not one.status or (other.status and set(other.status) <= set(one.status))
    return bool(has_status) and covers_places(one, other)


def covers_places(one: IncidentMatch, other: IncidentMatch) -> bool:
    """Whether `one` is certainly about all resources that `other` is about."""
    return takes_all(one, other, _PLACES)


def opens_none(match: IncidentMatch) -> bool:
    """Whether it only takes what is told where its incident was opened."""
    return bool(match.status) and set(match.status) <= ENDINGS


def rules_taken(match: IncidentMatch, rules: Sequence[ParsedRule]) -> list[ParsedRule]:
    """Whose own incidents it may take, were they told."""
    return [
        each for each in rules if may_hold(match, IncidentKind(each.id, each.document.severity))
    ]
