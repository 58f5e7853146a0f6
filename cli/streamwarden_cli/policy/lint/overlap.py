"""Rules that say nothing another one does not say: the same again, or the same but milder."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Any

import msgspec

from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.policy.lint.coverage import selects_more
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule


def overlaps(rules: Sequence[ParsedRule], named: Sequence[Texts]) -> Iterator[LintWarning]:
    """`named` are the ids by which people are told of rules."""
    seen: set[str] = set()
    for mild, strict in permutations(rules, 2):
        if mild.id in seen or strict.id in seen or mild.document.kind != strict.document.kind:
            continue
        if _is_same(mild, strict):
            if mild.index < strict.index:
                continue
            text = f"it judges exactly what {strict.id} judges"
            remedy = f"merge it with {strict.id} (rules[{strict.index}])"
        elif _is_implied(mild, strict) and _are_routed_alike(mild, strict, named):
            text = f"{strict.id} finds every breach of it, and does as much about it"
            remedy = f"remove it, or make it differ from {strict.id} (rules[{strict.index}])"
        else:
            continue
        seen.add(mild.id)
        yield about(mild, "id", text, remedy)


def _is_same(one: ParsedRule, other: ParsedRule) -> bool:
    mine, its = one.document, other.document
    selections = [(each.match, each.when, each.exemption, each.hold) for each in (mine, its)]
    return selections[0] == selections[1] and mine.params == its.params


def _is_implied(mild: ParsedRule, strict: ParsedRule) -> bool:
    """Whether every breach of `mild` is one of `strict`, with the same consequences."""
    return (
        selects_more(strict, mild)
        and _is_stricter(strict, mild)
        and strict.document.hold <= mild.document.hold
        and not mild.document.severity.is_above(strict.document.severity)
        and _does_more(strict, mild)
    )


def _are_routed_alike(one: ParsedRule, other: ParsedRule, named: Sequence[Texts]) -> bool:
    takes = map(matcher, named)
    return all(bool(each(one.id)) is bool(each(other.id)) for each in takes)


def _params(rule: ParsedRule) -> dict[str, Any]:
    params: dict[str, Any] = msgspec.to_builtins(rule.document.params)
    return params


def _is_stricter(one: ParsedRule, other: ParsedRule) -> bool:
    mine, its = one.document.params, other.document.params
    upper, lower = mine.upper_limit, mine.lower_limit
    if upper and getattr(mine, upper) > getattr(its, upper):
        return False
    if lower and getattr(mine, lower) < getattr(its, lower):
        return False
    limits = dict.fromkeys(filter(None, (upper, lower)))
    return _params(one) | limits == _params(other) | limits


def _does_more(one: ParsedRule, other: ParsedRule) -> bool:
    """Whether `one` tells and does all that `other` tells and does, and as soon."""
    if other.document.mode.at_most(one.document.mode) is not other.document.mode:
        return False
    if other.document.mode is Mode.OBSERVE:
        return True
    if other.compiled.on_repeat not in (None, one.compiled.on_repeat):
        return False
    if _count_notifications(one) < _count_notifications(other):
        return False
    return all(
        any(mine.after <= step.after and action in mine.do for mine in one.compiled.steps)
        for step in other.compiled.steps
        for action in step.do
    )


def _count_notifications(rule: ParsedRule) -> int:
    """Of a breach, after people were told that it is open."""
    return sum(bool(step.after) for step in rule.compiled.steps)
