"""All that is wrong with rules that are written right, and all the warnings there are on them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Location, Source
from streamwarden_cli.policy.lint import (
    actions,
    anchors,
    budgets,
    callers,
    decided,
    fights,
    filters,
    inhibitions,
    matchers,
    overlap,
    own_actions,
    routes,
    unreachable,
    zones,
)
from streamwarden_cli.policy.lint.warnings import Check, Found, LintWarning, about
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.pasted import without_pasted

# What can only do harm; the rules of each check stand by themselves.
_ERRORS: Final[Sequence[Check]] = (
    decided.decided_conditions,
    own_actions.self_triggering,
    own_actions.other_spelling,
    own_actions.removing_elsewhere,
)
# Rules that never do something that they say.
_NEVER: Final[Sequence[Check]] = (
    filters.misplaced_arns,
    filters.finds_nothing,
    actions.never_done,
    actions.never_repeated,
    unreachable.unreachable,
)
# Rules that work, and rarely as their author expects.
_MISLEADING: Final[Sequence[Check]] = (
    filters.exempting_any_tag,
    actions.tells_nobody,
    actions.warns_too_late,
    zones.misleading_zones,
    anchors.anchors_at_one_end,
    callers.unknown_callers,
)

# Who is told, and of what nobody is.
_ROUTING: Final[Sequence[Callable[[ParsedPolicy], Iterator[Found]]]] = (
    routes.unnamed_destinations,
    matchers.empty_matchers,
    routes.unreached_routes,
    routes.idle_settings,
    inhibitions.misleading_inhibitions,
    routes.unrouted,
)


def errors_of(rules: Sequence[ParsedRule]) -> list[LintWarning]:
    """For which the policy is refused."""
    alone = [about(rule, each) for rule in rules for check in _ERRORS for each in check(rule)]
    enabled = [rule for rule in rules if rule.document.enabled]
    return [*alone, *fights.fights(enabled), *budgets.too_many_shared(enabled)]


def lint(policy: ParsedPolicy, level: str, now: datetime) -> list[Problem]:
    """In the order of the file; `level` is the word before each."""
    found = [*_of_each(policy.rules, now), *_of_several(policy)]
    return _problems(found, policy.source, level)


def lint_rules(rules: Sequence[ParsedRule], level: str, now: datetime) -> list[Problem]:
    """What is said of each by itself. This holds whatever the rest of the policy says."""
    return _problems(_of_each(rules, now), rules[0].source, level) if rules else []


def _problems(found: Iterable[LintWarning], source: Source, level: str) -> list[Problem]:
    return sorted(without_pasted((each.problem(source, level) for each in found), source.data))


def _of_each(rules: Iterable[ParsedRule], now: datetime) -> Iterator[LintWarning]:
    """What is wrong in one place is said once, by the first check that finds it."""
    checks: list[Check] = [*_NEVER, *_MISLEADING, partial(filters.ended_exemptions, now=now)]
    for rule in rules:
        said: set[Location] = set()
        for check in checks:
            found = [about(rule, each) for each in check(rule)]
            yield from (each for each in found if each.location not in said)
            said.update(each.location for each in found)


def _of_several(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """Of rules that do something, compared with others, and of who is told."""
    sound = [rule for rule in policy.rules if not any(any(check(rule)) for check in _NEVER)]
    named = [each.rule for _, each in matchers.matchers_of(policy) if each.rule]
    yield from overlap.overlaps(sound, named)
    yield from fights.tags_asked_for_and_forbidden(sound)
    yield from budgets.budgets_below_limits(sound)
    yield from budgets.limits_without_budget(sound, policy.rules)
    yield from (LintWarning(*each) for check in _ROUTING for each in check(policy))
