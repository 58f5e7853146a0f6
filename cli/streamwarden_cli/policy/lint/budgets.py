"""Budgets of airtime, and the limits on one stream that stand beside them."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import Final

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.live_sessions.broadcast_budget import BroadcastBudget
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.state.merge import EMPTY
from streamwarden_cli.policy.lint.coverage import can_match_both, selects_more
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

# A record holds what each of them has used in 600 bytes at most, and has 4 KB for all.
_MOST_SHARED: Final = 6


def too_many_shared(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """A sweep adds up and sends each of them once, however many rules have a limit of it."""
    counted: frozenset[object] = EMPTY
    for rule in rules:
        added = rule.params.needs.airtime - counted
        counted |= added
        if added and len(counted) > _MOST_SHARED:
            message = (
                f"channels share budgets by {len(counted)} combinations of tag, period and zone, "
                f"and at most {_MOST_SHARED} are counted"
            )
            yield about(rule, ("params", message, "use those of another rule"))


def limits_without_budget(
    sound: Sequence[ParsedRule], rules: Sequence[ParsedRule]
) -> Iterator[LintWarning]:
    """An encoder that reconnects begins another stream, and its time counts from zero."""
    budgets = [each for each in rules if _budget(each)]
    for rule in sound:
        stops = [place for place, action in rule.actions() if action.kind == "stop"]
        is_limit = rule.is_enforced and isinstance(rule.params, MaxDuration)
        if is_limit and stops and not _is_covered(rule, budgets):
            message = "an encoder that reconnects avoids the stop: each stream counts from zero"
            remedy = "add an enforced broadcast_budget that stops the same channels beside it"
            yield about(rule, (stops[0], message, remedy))


def _budget(rule: ParsedRule) -> BroadcastBudget | None:
    """That takes whatever has used it up off the air."""
    is_ending = any(ACTION_KINDS[action.kind].ends_stream for _, action in rule.actions())
    is_acting = rule.is_enforced and is_ending
    return rule.params if is_acting and isinstance(rule.params, BroadcastBudget) else None


def _is_covered(rule: ParsedRule, budgets: Sequence[ParsedRule]) -> bool:
    """Whether one budget is about all of it; several that meet it may be, taken together."""
    matched = [each for each in budgets if can_match_both(rule.document.match, each.document.match)]
    return len(matched) > 1 or any(selects_more(each, rule) for each in matched)


def budgets_below_limits(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """Said only where the budget is certainly about all channels that the limit is about.

    A budget that ends no stream says when to tell people, which may be before the limit.
    """
    for rule, other in permutations(rules, 2):
        limit, budget = rule.params, _budget(other)
        if isinstance(limit, MaxDuration) and budget and budget.limit < limit.limit:
            message = (
                f"it allows a stream of {format_duration(limit.limit)}, and {other.id} allows "
                f"{format_duration(budget.limit)} in a {budget.period}"
            )
            if selects_more(other, rule):
                yield about(rule, ("params", message, "raise the budget, or lower the limit"))
