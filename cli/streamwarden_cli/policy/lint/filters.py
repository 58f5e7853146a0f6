"""Filters about nobody, that exempt everybody, or another one than their author expects."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.expressions.closures import Node
from streamwarden.domain.filters import Match
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render
from streamwarden_cli.policy.globs import arn_of, can_fit
from streamwarden_cli.policy.lint.nodes import is_tag, nodes, parts_of, path_of
from streamwarden_cli.policy.lint.selection import matched, selected
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.matching import RESOURCE_TYPES
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "change one of them, or remove the rule"
_NO: Final = frozenset({"", "false", "no", "off", "0"})


def misplaced_arns(rule: ParsedRule) -> Iterator[LintWarning]:
    """ARNs of what the rule's kind is not about."""
    judged = rule.document.params.judges
    possible = [arn_of(name) for name in RESOURCE_TYPES if resource_type_of(_like(name)) in judged]
    for text in rule.document.match.arn:
        if not any(can_fit(text, each) for each in possible):
            message = f"`match.arn` is not the ARN of a {_nouns(rule)}: {text!r}"
            yield about(rule, "match", message, f"{rule.document.kind} is about nothing else")


def _like(resource_type: str) -> str:
    return f"arn:aws:ivs:eu-west-1:111122223333:{resource_type}/abcdABCDefgh"


def _nouns(rule: ParsedRule) -> str:
    return format_list(sorted(each.noun for each in rule.document.params.judges))


def finds_nothing(rule: ParsedRule) -> Iterator[LintWarning]:
    """The first reason why there can be no breach of the rule."""
    document, params, states = rule.document, rule.document.params, selected(rule.document)
    wanted = parse(params.breached_only_where) if params.breached_only_where else None
    place = "match" if document.when is None else "when"
    if document.match.type and ResourceType.CHANNEL not in params.judges:
        text = f"`match.type` is the type of a channel, and it is about a {_nouns(rule)}"
        yield about(rule, "match", text, "leave the type out")
    elif matched(document).is_contradictory:
        yield about(rule, "match", "nothing is all that `match` wants at once", "leave a part out")
    elif states.is_contradictory and document.match == Match():
        text = f"`when` never holds for what {document.kind} is about"
        yield about(rule, "when", text, "correct it, or remove the rule")
    elif states.is_contradictory:
        yield about(rule, "when", "`when` never holds for what `match` selects", _REMEDY)
    elif wanted and states.outcome(wanted) is False:
        text = f"a breach of {document.kind} needs `{params.breached_only_where}`, which "
        remedy = "the rule never finds anything: correct or remove it"
        yield about(rule, place, f"{text}`{place}` excludes", remedy)
    elif document.unless is not None:
        found = states.suppose(params.breached_only_where)
        if found.outcome(parse(document.unless)) is True:
            text = "`unless` exempts everything that the rule could find a breach of"
            yield about(rule, "unless", text, "make it narrower, or remove the rule")


def exempting_any_tag(rule: ParsedRule) -> Iterator[LintWarning]:
    """For JMESPath the text `false` is true, and a tag that is not there differs from any text."""
    if rule.document.unless is None:
        return
    condition = parse(rule.document.unless)
    said = [path_of(each) for each in nodes(condition)]
    for tag in filter(is_tag, parts_of(condition, "and_expression", "or_expression")):
        if said.count(path_of(tag)) == 1:
            message = f"{render(tag)} also exempts where the tag says 'false'"
            yield about(rule, "unless", message, f"write {render(tag)} && {render(tag)} != 'false'")
    states = selected(rule.document)
    for part in parts_of(condition, "or_expression"):
        for tag in _not_denied(part):
            if said.count(path_of(tag)) == 1 and states.outcome(tag) is None:
                message = f"{render(part)} also exempts where there is no such tag"
                yield about(rule, "unless", message, f"write {render(tag)} && {render(part)}")


def _not_denied(node: Node) -> list[Node]:
    """The tag in `tag != 'false'`; none elsewhere."""
    if node["type"] != "comparator" or node["value"] != "ne":
        return []
    literals = [each["value"] for each in node["children"] if each["type"] == "literal"]
    is_no = any(str(each).casefold() in _NO for each in literals)
    return [*filter(is_tag, node["children"])] if is_no else []


def ended_exemptions(rule: ParsedRule, now: datetime) -> Iterator[LintWarning]:
    """The rule judges what its author once exempted."""
    exemption = rule.document.exemption
    if exemption and exemption.until and exemption.until <= now:
        message = f"the exemption ended on {exemption.until:%Y-%m-%d %H:%M} UTC"
        yield about(rule, "unless", message, "remove it, or let it end later")
