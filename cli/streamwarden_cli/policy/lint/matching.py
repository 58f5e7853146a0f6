"""Rules that are about nobody, exempt everybody, or look where their kind finds nothing."""

from collections.abc import Iterator
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.filters import Match
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.lint.certainty import Assumptions, may_fail
from streamwarden_cli.policy.lint.selection import matched, selected
from streamwarden_cli.policy.lint.values import truth
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "change one of them, or remove the rule"


def about_nobody(rule: ParsedRule) -> Iterator[LintWarning]:
    document = rule.document
    judges = document.params.judges
    if document.match.type and ResourceType.CHANNEL not in judges:
        nouns = format_list(sorted(each.noun for each in judges))
        message = f"`match.type` is the type of a channel, and it is about a {nouns}"
        yield about(rule, "match", message, "leave the type out")
    elif matched(document).is_contradictory:
        yield about(rule, "match", "nothing is all that `match` wants at once", "leave a part out")
    elif document.when is not None and selected(document).is_contradictory:
        if document.match == Match():
            text = f"`when` never holds for what {document.kind} is about"
            remedy = "correct it, or remove the rule"
        else:
            text, remedy = "`when` never holds for what `match` selects", _REMEDY
        yield about(rule, "when", text, remedy)


def exempts_everybody(rule: ParsedRule) -> Iterator[LintWarning]:
    document, states = rule.document, _breached(rule)
    if document.unless is None or states is None:
        return
    node = parse(document.unless)
    # One that raises counts as one that does not hold; where it is the same as `when`, it held.
    is_certain = not may_fail(node) and truth(states.evaluate(node)) is True
    if is_certain or document.unless == document.when:
        message = "`unless` exempts everything that the rule could find a breach of"
        yield about(rule, "unless", message, "make it narrower, or remove the rule")


def finds_nothing(rule: ParsedRule) -> Iterator[LintWarning]:
    document = rule.document
    if not selected(document).is_contradictory and _breached(rule) is None:
        wanted = document.params.breached_only_where
        place = "match" if document.when is None else "when"
        message = f"a breach of {document.kind} needs `{wanted}`, which `{place}` excludes"
        yield about(rule, place, message, "the rule never finds anything: correct or remove it")


def _breached(rule: ParsedRule) -> Assumptions | None:
    """What is known of whatever is in breach of the rule; None where nothing can be."""
    states = selected(rule.document)
    wanted = rule.document.params.breached_only_where
    if wanted:
        states.assume(parse(wanted))
    return None if states.is_contradictory else states
