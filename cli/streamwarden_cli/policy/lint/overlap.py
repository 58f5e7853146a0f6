"""Rules that say nothing another one does not say: the same again, or the same but milder."""

from collections.abc import Iterator, Sequence
from itertools import permutations

from msgspec.structs import asdict

from streamwarden.domain.globs import Texts, matcher
from streamwarden.domain.rules import Check
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.policy.lint.coverage import selects_more
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule


def overlaps(rules: Sequence[ParsedRule], named: Sequence[Texts]) -> Iterator[LintWarning]:
    """`named` are the ids by which people are told of rules."""
    seen: set[str] = set()
    for mild, strict in permutations(rules, 2):
        if seen & {mild.id, strict.id} or mild.document.kind != strict.document.kind:
            continue
        place, is_same = f"{strict.id} (rules[{strict.index}])", _is_same(mild, strict)
        if is_same and mild.index > strict.index:
            seen.add(mild.id)
            text = f"it judges exactly what {strict.id} judges"
            yield about(mild, ("id", text, f"merge it with {place}"))
        elif not is_same and _is_implied(mild, strict) and _are_routed_alike(mild, strict, named):
            seen.add(mild.id)
            text = f"{strict.id} finds every breach of it, and does as much about it"
            yield about(mild, ("id", text, f"remove it, or make it differ from {place}"))


def _is_same(one: ParsedRule, other: ParsedRule) -> bool:
    names = ("params", "match", "when", "exemption", "hold")
    return all(getattr(one.document, name) == getattr(other.document, name) for name in names)


def _are_routed_alike(one: ParsedRule, other: ParsedRule, named: Sequence[Texts]) -> bool:
    takes = map(matcher, named)
    return all(bool(each(one.id)) is bool(each(other.id)) for each in takes)


def _is_implied(mild: ParsedRule, strict: ParsedRule) -> bool:
    """Whether every breach of `mild` is one of `strict`, with the same consequences."""
    return (
        _is_stricter(strict.params, mild.params)
        and strict.document.hold <= mild.document.hold
        and not mild.document.severity.is_above(strict.document.severity)
        and _does_more(strict, mild)
        and selects_more(strict, mild)
    )


def _is_stricter(one: Check, other: Check) -> bool:
    limit = one.upper_limit or one.lower_limit
    mine, its = asdict(one), asdict(other)
    limits = [mine.pop(limit), its.pop(limit)] if limit else []
    return mine == its and limits == sorted(limits, reverse=bool(one.lower_limit))


def _does_more(one: ParsedRule, other: ParsedRule) -> bool:
    """Whether `one` tells and does all that `other` tells and does, and as soon."""
    mine, its = one.compiled, other.compiled
    # Of a breach, after people were told that it is open.
    count, its_count = (sum(bool(step.after) for step in each.steps) for each in (mine, its))
    return its.mode is Mode.OBSERVE or (
        its.mode.at_most(mine.mode) is its.mode
        and its.on_repeat in (None, mine.on_repeat)
        and count >= its_count
        and all(
            any(each.after <= step.after and action in each.do for each in mine.steps)
            for step in its.steps
            for action in step.do
        )
    )
