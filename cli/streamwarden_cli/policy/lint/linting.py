"""All that is wrong with rules that are written right, and all the warnings there are on them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from streamwarden_cli.documents.problems import Problem
from streamwarden_cli.documents.source import Source
from streamwarden_cli.policy.lint.actions import (
    never_done,
    never_repeated,
    tells_nobody,
    warns_too_late,
)
from streamwarden_cli.policy.lint.anchors import anchors_at_one_end
from streamwarden_cli.policy.lint.budgets import (
    budgets_below_limits,
    limits_without_budget,
    too_many_shared,
)
from streamwarden_cli.policy.lint.callers import unknown_callers
from streamwarden_cli.policy.lint.decided import decided_conditions
from streamwarden_cli.policy.lint.fights import fights, tags_asked_for_and_forbidden
from streamwarden_cli.policy.lint.filters import (
    about_nobody,
    ended_exemptions,
    exempting_any_tag,
    exempts_everybody,
    finds_nothing,
    misplaced_arns,
)
from streamwarden_cli.policy.lint.inhibitions import (
    critical_inhibitions,
    idle_inhibitions,
    mutual_inhibitions,
)
from streamwarden_cli.policy.lint.matchers import empty_matchers
from streamwarden_cli.policy.lint.overlap import overlaps
from streamwarden_cli.policy.lint.own_actions import other_spelling, self_triggering
from streamwarden_cli.policy.lint.routes import (
    idle_settings,
    unnamed_destinations,
    unreached_routes,
    unrouted,
)
from streamwarden_cli.policy.lint.unreachable import unreachable
from streamwarden_cli.policy.lint.warnings import Check, LintWarning
from streamwarden_cli.policy.lint.zones import misleading_zones
from streamwarden_cli.policy.parsed import ParsedPolicy, ParsedRule
from streamwarden_cli.policy.routing.pasted import without_pasted

# What can only do harm; the rules of each check stand by themselves.
_ERRORS: Final[Sequence[Check]] = (decided_conditions, self_triggering, other_spelling)
# Rules that never do something that they say.
_NEVER: Final[Sequence[Check]] = (
    misplaced_arns,
    about_nobody,
    finds_nothing,
    exempts_everybody,
    never_done,
    never_repeated,
    unreachable,
)
# Rules that work, and rarely as their author expects.
_MISLEADING: Final[Sequence[Check]] = (
    exempting_any_tag,
    tells_nobody,
    warns_too_late,
    misleading_zones,
    anchors_at_one_end,
    unknown_callers,
)

# Who is told, and of what nobody is.
_ROUTING: Final[Sequence[Callable[[ParsedPolicy], Iterator[LintWarning]]]] = (
    unnamed_destinations,
    empty_matchers,
    unreached_routes,
    idle_settings,
    mutual_inhibitions,
    idle_inhibitions,
    critical_inhibitions,
    unrouted,
)


def errors_of(rules: Sequence[ParsedRule]) -> list[LintWarning]:
    """For which the policy is refused."""
    alone = [fault for rule in rules for check in _ERRORS for fault in check(rule)]
    enabled = [rule for rule in rules if rule.document.enabled]
    return [*alone, *fights(enabled), *too_many_shared(enabled)]


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
    checks: list[Check] = [*_NEVER, *_MISLEADING, partial(ended_exemptions, now=now)]
    for rule in rules:
        yield from _first_of_each_place(rule, checks)


def _first_of_each_place(rule: ParsedRule, checks: Iterable[Check]) -> list[LintWarning]:
    """What is wrong in one place is said once, by the first check that finds it."""
    found: list[LintWarning] = []
    for check in checks:
        places = {each.location for each in found}
        found += [each for each in check(rule) if each.location not in places]
    return found


def _of_several(policy: ParsedPolicy) -> Iterator[LintWarning]:
    """Of rules that do something, compared with others, and of who is told."""
    sound = [rule for rule in policy.rules if not any(any(check(rule)) for check in _NEVER)]
    yield from overlaps(sound)
    yield from tags_asked_for_and_forbidden(sound)
    yield from budgets_below_limits(sound)
    yield from limits_without_budget(sound, policy.rules)
    for check in _ROUTING:
        yield from check(policy)
