"""Filters about nobody, that exempt everybody, or another one than their author expects."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from streamwarden.domain.arn import ResourceType, resource_type_of
from streamwarden.domain.expressions.closures import Node, nodes_of
from streamwarden.domain.filters import Match
from streamwarden.domain.globs import matcher
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden_cli.documents.suggestion import format_list
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.conditions.wording import render
from streamwarden_cli.policy.globs import arn_of, can_fit
from streamwarden_cli.policy.lint.nodes import JOINED, compared, is_tag, parts_of, path_of
from streamwarden_cli.policy.lint.selection import matched, selected
from streamwarden_cli.policy.lint.warnings import Fault
from streamwarden_cli.policy.matching import RESOURCE_TYPES
from streamwarden_cli.policy.parsed import ParsedRule

_NAMELESS: Final = {kind for kind, each in LISTED_TYPES.items() if "name" not in each.compared}
_NO: Final = frozenset({"false", "no", "off", "0"})


def misplaced_arns(rule: ParsedRule) -> Iterator[Fault]:
    """ARNs of what the rule's kind is not about."""
    judges = rule.params.judges
    for text in rule.document.match.arn:
        possible = (arn_of(name) for name in RESOURCE_TYPES if _type_of(name) in judges)
        if not any(can_fit(text, each) for each in possible):
            message = f"`match.arn` is not the ARN of a {_nouns(rule)}: {text!r}"
            yield "match", message, f"{rule.document.kind} is about nothing else"


def _type_of(name: str) -> ResourceType | None:
    return resource_type_of(f"arn:aws:ivs:eu-west-1:111122223333:{name}/abcdABCDefgh")


def _nouns(rule: ParsedRule) -> str:
    return format_list(sorted(each.noun for each in rule.params.judges))


def finds_nothing(rule: ParsedRule) -> Iterator[Fault]:
    """The first reason why there can be no breach of the rule."""
    document, states = rule.document, selected(rule.document)
    found = states.suppose(rule.params.breached_only_where)
    if document.match.type and ResourceType.CHANNEL not in rule.params.judges:
        text = f"`match.type` is the type of a channel, and it is about a {_nouns(rule)}"
        yield "match", text, "leave the type out"
    elif _asks_for_name(document.match) and rule.params.judges <= _NAMELESS:
        text = f"`match.name` is no glob of an empty name, and a {_nouns(rule)} has no name"
        yield "match", text, "leave the name out"
    elif matched(document).is_contradictory:
        yield "match", "nothing is all that `match` wants at once", "leave a part out"
    elif states.is_contradictory and document.match == Match():
        text = f"`when` never holds for what {document.kind} is about"
        yield "when", text, "correct it, or remove the rule"
    elif states.is_contradictory:
        text = "`when` never holds for what `match` selects"
        yield "when", text, "change one of them, or remove the rule"
    elif found.is_contradictory:
        key = "match" if document.when is None else "when"
        needs = f"a breach of {document.kind} needs `{rule.params.breached_only_where}`"
        remedy = "the rule never finds anything: correct or remove it"
        yield key, f"{needs}, which `{key}` excludes", remedy
    elif document.unless and found.outcome(parse(document.unless)):
        text = "`unless` exempts everything that the rule could find a breach of"
        yield "unless", text, "make it narrower, or remove the rule"


def _asks_for_name(match: Match) -> bool:
    return bool(match.name) and not matcher(match.name)("")


def exempting_any_tag(rule: ParsedRule) -> Iterator[Fault]:
    """For JMESPath the text `false` is true, and a tag that is not there differs from any text."""
    if rule.document.unless is None:
        return
    condition, states = parse(rule.document.unless), selected(rule.document)
    said = Counter(map(path_of, nodes_of(condition)))
    for tag in filter(is_tag, chain.from_iterable(map(_choices, parts_of(condition, *JOINED)))):
        if said[path_of(tag)] == 1:
            message = f"{render(tag)} also exempts where the tag says 'false'"
            yield "unless", message, f"write {render(tag)} && {render(tag)} != 'false'"
    for part in parts_of(condition, "or_expression"):
        for tag in filter(is_tag, nodes_of(part) if _denies(part) else ()):
            if said[path_of(tag)] == 1 and states.outcome(tag) is None:
                message = f"{render(part)} also exempts where there is no such tag"
                yield "unless", message, f"write {render(tag)} && {render(part)}"


def _choices(node: Node) -> Sequence[Node]:
    is_choice = node["type"] == "function_expression" and node["value"] == "not_null"
    return node["children"] if is_choice else (node,)


def _denies(node: Node) -> bool:
    """As in `tag != 'false'`, or the same with `!`."""
    is_negated = node["type"] == "not_expression"
    whole = node["children"][0] if is_negated else node
    is_unequal = whole["type"] == "comparator" and whole["value"] == "ne"
    is_denied = any(str(each).casefold() in _NO for each in compared(whole))
    return is_denied and is_unequal is not is_negated


def ended_exemptions(rule: ParsedRule, now: datetime) -> Iterator[Fault]:
    """The rule judges what its author once exempted."""
    until = rule.document.unless_until
    if until and until <= now:
        message = f"the exemption ended on {until:%Y-%m-%d %H:%M} UTC"
        yield "unless", message, "remove it, or let it end later"
