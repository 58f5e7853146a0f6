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
from streamwarden_cli.documents.source import Location
from streamwarden_cli.policy.conditions.syntax import parse
from streamwarden_cli.policy.document import RuleDocument
from streamwarden_cli.policy.globs import is_finer
from streamwarden_cli.policy.lint.coverage import can_match_both, selects_more
from streamwarden_cli.policy.lint.nodes import TAGS, is_opaque
from streamwarden_cli.policy.lint.selection import FILLED, demands_of, judged, matched
from streamwarden_cli.policy.lint.values import like
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

_AGREE: Final = "let them agree, or let `match` select different channels"


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
    sets, found = [*_tags_set(rules)], dict[frozenset[str], LintWarning]()
    for one, other, text in chain(_undone(sets), _refused(sets, rules)):
        pair = frozenset((one.rule.id, other.id))
        found.setdefault(pair, about(one.rule, (one.place, text, _AGREE)))
    yield from found.values()


def _undone(sets: Sequence[TagSet]) -> Iterator[Fight]:
    for one, other in permutations(sets, 2):
        values = {one.value, other.value}
        if one.key == other.key and len(values) > 1 and None not in values:
            text = f"it sets {one.key} to {one.value!r}, and {other.rule.id} to {other.value!r}"
            if one.rule.index > other.rule.index and _undo_each_other(one, other):
                yield one, other.rule, f"{text}: they fight for ever"


def _refused(sets: Sequence[TagSet], rules: Sequence[ParsedRule]) -> Iterator[Fight]:
    for one, rule in product(sets, rules):
        fault = _fault_of(one, rule) if one.rule.id != rule.id else ""
        if fault and _may_both_apply(one.rule, rule, one.key) and _applies_with(one, rule):
            yield one, rule, f"its action sets a value that {rule.id} refuses ({fault})"


def tags_asked_for_and_forbidden(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """Whatever is done about one of these rules breaks the other."""
    for one, other in permutations(rules, 2):
        texts = [*_asked_in_vain(one.params, other.params, other.id)]
        if texts and (selects_more(one, other) or selects_more(other, one)):
            yield from (about(one, ("params", text, _AGREE)) for text in texts)


def _asked_in_vain(mine: Check, its: Check, name: str) -> Iterator[str]:
    """A stream key takes over tags that its channel has."""
    if mine.demands_tags and mine.judges & its.judges:
        for key in mine.tag_keys:
            if mine.fault_of_tag(key, "") and _why_forbidden(key, its):
                yield f"it asks for the tag {key!r}, which {name} forbids"
    for key in filter(matcher(mine.asks_of_stream_key), its.forbids_on_stream_key):
        yield f"it asks for the tag {key!r} on stream keys, which {name} forbids there"


def _why_forbidden(key: str, params: Check) -> str:
    """Why the rule allows no value of the tag; empty if some, or if that is not certain.

    A glob stands for keys that are all forbidden if its text is like one in which only `*` stands
    for others.
    """
    is_unlike = is_glob(key) and any(map(is_finer, (key, *params.tag_keys)))
    is_open = is_unlike or params.demands_tags or any(params.tag_values)
    return "" if is_open else params.fault_of_tag(key, "any")


def _tags_set(rules: Sequence[ParsedRule]) -> Iterator[TagSet]:
    for rule in rules:
        for place, action in rule.actions() if rule.is_enforced else ():
            is_found = isinstance(ACTION_KINDS[action.kind], SetsFoundTags)
            found = dict.fromkeys(rule.params.tag_keys if is_found else ())
            for key, value in {**action.tags, **found}.items():
                yield TagSet(rule, place, key, value)


def _fault_of(tag: TagSet, rule: ParsedRule) -> str:
    if tag.value is None:
        return _why_forbidden(tag.key, rule.params)
    return rule.params.fault_of_tag(tag.key, tag.value)


def _undo_each_other(one: TagSet, other: TagSet) -> bool:
    """Events come one after the other; streams that last too long have viewers, or none."""
    mine, its = one.rule, other.rule
    is_same = mine.document.kind == its.document.kind and not mine.params.detail_types
    are_broken_together = is_same or _demands(mine, one.key) or _demands(its, one.key)
    may_act = are_broken_together and _may_both_apply(mine, its, one.key)
    return may_act and _acts_after(one, other) and _acts_after(other, one)


def _demands(rule: ParsedRule, key: str) -> bool:
    return rule.params.demands_tags and any(matcher((each,))(key) for each in rule.params.tag_keys)


def _acts_after(one: TagSet, other: TagSet) -> bool:
    """Whether the rule of the other still applies, and is broken, with the value of the one."""
    is_broken = bool(_fault_of(one, other.rule)) or not _demands(other.rule, one.key)
    return is_broken and _applies_with(one, other.rule)


def _applies_with(tag: TagSet, rule: ParsedRule) -> bool:
    states = matched(rule.document)
    for root in TAGS:
        demand = FILLED if tag.value is None else like((tag.value,))
        states = states.demand((*root, tag.key), demand)
    return not judged(rule.document, states).is_contradictory


def _may_both_apply(one: ParsedRule, other: ParsedRule, key: str) -> bool:
    """Whether there is certainly a channel that both are about, whatever the tag is."""
    mine, its = one.document, other.document
    is_apart = not one.params.judges & other.params.judges or _may_be_apart(mine, its)
    if is_apart or not can_match_both(mine.match, its.match, key):
        return False
    states = matched(mine)
    for path, demand in demands_of(its):
        if path[1:] != ("tags", key):
            states = states.demand(path, demand)
    for rule in (mine, its):
        if key not in f"{rule.when} {rule.unless}":
            states = judged(rule, states)
        states = states.suppose(rule.params.breached_only_where)
    return not states.is_contradictory


def _may_be_apart(one: RuleDocument, other: RuleDocument) -> bool:
    """Whether what is not certain may let each judge what the other leaves alone."""
    mine, its = (one.when, one.unless), (other.when, other.unless)
    is_negated = any(each.unless or "!" in (each.when or "") for each in (one, other))
    if mine == its:
        return is_negated and one.match != other.match
    are_opaque = any(is_opaque(parse(each)) for each in (*mine, *its) if each)
    return is_negated or (any(mine) and any(its) and are_opaque)
