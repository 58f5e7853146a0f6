"""Rules that fight over a tag: what one sets, another sets otherwise or refuses.

Said only of rules that can certainly be broken by one channel at once: rules of one kind, and rules
that demand the tag. Conditions that nothing is known of may exclude each other.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, permutations, product
from typing import Final, NamedTuple

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.actions.base.found_tags import SetsFoundTags
from streamwarden.domain.globs import is_glob, matcher
from streamwarden.domain.rules.check import Check
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.globs import is_finer
from streamwarden_cli.policy.lint.certainty import Assumptions
from streamwarden_cli.policy.lint.coverage import can_match_both, selects_more
from streamwarden_cli.policy.lint.nodes import TAGS, is_opaque
from streamwarden_cli.policy.lint.selection import FILLED, demands_of, matched
from streamwarden_cli.policy.lint.values import like
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_REMEDY: Final = "let them agree, or let `match` select different channels"


class TagSet(NamedTuple):
    """A tag that an enforcing rule sets. `value` is None where only the action finds it."""

    rule: ParsedRule
    place: Location
    key: str
    value: str | None


# What is set, the other rule, and how they fight.
type Fight = tuple[TagSet, ParsedRule, str]


def fights(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """Each pair once, at the action of the rule that comes later, or at that which is refused."""
    sets = [*_tags_set(rules)]
    said: set[frozenset[str]] = set()
    for one, other, text in chain(_undone(sets), _refused(sets, rules)):
        pair = frozenset((one.rule.id, other.id))
        if pair not in said:
            said.add(pair)
            yield LintWarning(one.place, text, _REMEDY, one.rule.id)


def _undone(sets: Sequence[TagSet]) -> Iterator[Fight]:
    for one, other in permutations(sets, 2):
        if one.rule.index > other.rule.index and _undo_each_other(one, other):
            text = f"it sets {one.key} to {one.value!r}, and {other.rule.id} to {other.value!r}"
            yield one, other.rule, f"{text}: they fight for ever"


def _refused(sets: Sequence[TagSet], rules: Sequence[ParsedRule]) -> Iterator[Fight]:
    for one, rule in product(sets, rules):
        if one.rule.id != rule.id and (fault := _fault_for(one, rule)):
            yield one, rule, f"its action sets a value that {rule.id} refuses ({fault})"


def tags_asked_for_and_forbidden(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """Whatever is done about one of these rules breaks the other."""
    for one, other in permutations(rules, 2):
        mine, its = one.document.params, other.document.params
        if not mine.demands_tags or not mine.judges & its.judges or not _is_within(one, other):
            continue
        for key in mine.tag_keys:
            if mine.fault_of_tag(key, "") and _why_forbidden(key, its):
                text = f"it asks for the tag {key!r}, which {other.id} forbids"
                yield about(one, "params", text, _REMEDY)


def key_tags_asked_for_and_forbidden(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """The same of a stream key, which takes over what its channel has."""
    for one, other in permutations(rules, 2):
        is_asked = matcher(one.document.params.asks_of_stream_key)
        for key in filter(is_asked, other.document.params.forbids_on_stream_key):
            if _is_within(one, other):
                text = f"it asks for the tag {key!r} on stream keys, which {other.id} forbids there"
                yield about(one, "params", text, _REMEDY)


def _why_forbidden(key: str, params: Check) -> str:
    """Why the rule allows no value of the tag; empty if some, or if that is not certain.

    A glob stands for keys that are all forbidden if its text is like one in which only `*` stands
    for others.
    """
    if params.demands_tags or any(params.tag_values):
        return ""
    if is_glob(key) and any(map(is_finer, (key, *params.tag_keys))):
        return ""
    return params.fault_of_tag(key, "any")


def _is_within(one: ParsedRule, other: ParsedRule) -> bool:
    return selects_more(one, other) or selects_more(other, one)


def _tags_set(rules: Sequence[ParsedRule]) -> Iterator[TagSet]:
    for rule in rules:
        if rule.document.mode is Mode.ENFORCE:
            for place, action in rule.actions():
                for key, value in action.tags.items():
                    yield TagSet(rule, place, key, value)
                if isinstance(ACTION_KINDS[action.kind], SetsFoundTags):
                    for key in rule.document.params.tag_keys:
                        yield TagSet(rule, place, key, None)


def _undo_each_other(one: TagSet, other: TagSet) -> bool:
    if one.key != other.key or one.value == other.value or None in (one.value, other.value):
        return False
    return (
        _are_broken_together(one, other)
        and _acts_again(one, other.value)
        and _acts_again(other, one.value)
        and _may_both_apply(one.rule, other.rule, one.key)
    )


def _are_broken_together(one: TagSet, other: TagSet) -> bool:
    """Events come one after the other; streams that last too long have viewers, or none."""
    mine, its = one.rule.document, other.rule.document
    is_same = mine.kind == its.kind and not mine.params.detail_types
    return is_same or any(_demands(each.rule, each.key) for each in (one, other))


def _demands(rule: ParsedRule, key: str) -> bool:
    params = rule.document.params
    return params.demands_tags and any(matcher((each,))(key) for each in params.tag_keys)


def _acts_again(mine: TagSet, found: str | None) -> bool:
    """Whether the rule still applies, and is broken, when its tag has the other value."""
    params = mine.rule.document.params
    if found and _demands(mine.rule, mine.key) and not params.fault_of_tag(mine.key, found):
        return False
    return _applies_with(mine.rule, mine.key, found)


def _fault_for(tag: TagSet, rule: ParsedRule) -> str:
    params = rule.document.params
    if tag.value is None:
        fault = _why_forbidden(tag.key, params)
    else:
        fault = params.fault_of_tag(tag.key, tag.value)
    is_meant = (
        bool(fault)
        and _applies_with(rule, tag.key, tag.value)
        and _may_both_apply(tag.rule, rule, tag.key)
    )
    return fault if is_meant else ""


def _applies_with(rule: ParsedRule, key: str, value: str | None) -> bool:
    found = FILLED if value is None else like((value,))
    states = matched(rule.document)
    for root in TAGS:
        states = states.demand((*root, key), found)
    return not _with_conditions(states, rule).is_contradictory


def _may_both_apply(one: ParsedRule, other: ParsedRule, key: str) -> bool:
    """Whether there is certainly a channel that both are about, whatever the tag is."""
    if not one.document.params.judges & other.document.params.judges:
        return False
    conditions = [_conditions(rule) for rule in (one, other)]
    is_unclear = any(is_opaque(parse(text)) for texts in conditions for text in texts)
    if is_unclear and all(conditions) and conditions[0] != conditions[1]:
        return False
    if _are_distinct(one.document, other.document):
        return False
    if not can_match_both(one.document.match, other.document.match, key):
        return False
    states = matched(one.document)
    for path, demand in demands_of(other.document):
        if path[1:] != ("tags", key):
            states = states.demand(path, demand)
    for rule in (one, other):
        if not any(key in text for text in _conditions(rule)):
            states = _with_conditions(states, rule)
        states = states.suppose(rule.document.params.breached_only_where)
    return not states.is_contradictory


def _are_distinct(one: RuleDocument, other: RuleDocument) -> bool:
    """Whether a negation may let each rule judge what the other leaves alone."""
    selections = [(each.match, each.when, each.unless) for each in (one, other)]
    is_negated = any(unless or "!" in (when or "") for _, when, unless in selections)
    return is_negated and selections[0] != selections[1]


def _conditions(rule: ParsedRule) -> tuple[str, ...]:
    return tuple(filter(None, (rule.document.when, rule.document.unless)))


def _with_conditions(states: Assumptions, rule: ParsedRule) -> Assumptions:
    return states.suppose(rule.document.when).suppose(rule.document.unless, holds=False)
