"""Budgets of airtime, and the limits on one stream that stand beside them."""

from collections.abc import Iterator, Sequence
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.live_sessions.broadcast_budget import BroadcastBudget
from streamwarden.domain.rules.live_sessions.max_duration import MaxDuration
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.verdicts import Mode
from streamwarden_cli.policy.lint.coverage import can_match_both, selects_more
from streamwarden_cli.policy.lint.warnings import LintWarning, about
from streamwarden_cli.policy.parsed import ParsedRule

# A record holds what each of them has used in 600 bytes at most, and has 4 KB for all.
_MOST_SHARED: Final = 6
_ENDING: Final = frozenset({"stop", "quarantine"})


def too_many_shared(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """A sweep adds up and sends each of them once, however many rules have a limit of it."""
    counted: frozenset[object] = frozenset()
    for rule in rules:
        params = rule.document.params
        added = params.needs.airtime - counted if isinstance(params, BroadcastBudget) else EMPTY
        counted |= added
        if added and len(counted) > _MOST_SHARED:
            message = (
                f"channels share budgets by {len(counted)} combinations of tag, period and zone, "
                f"and at most {_MOST_SHARED} are counted"
            )
            yield about(rule, "params", message, "use those of another rule")


def limits_without_budget(
    sound: Sequence[ParsedRule], rules: Sequence[ParsedRule]
) -> Iterator[LintWarning]:
    """An encoder that reconnects begins another stream, and its time counts from zero."""
    budgets = [each for each in rules if _ends_streams(each)]
    for rule in sound:
        stops = [place for place, action in rule.actions() if action.kind == "stop"]
        is_limit = isinstance(rule.document.params, MaxDuration)
        is_enforced = is_limit and rule.document.mode is Mode.ENFORCE
        if stops and is_enforced and not _is_covered(rule, budgets):
            message = "an encoder that reconnects avoids the stop: each stream counts from zero"
            remedy = "add an enforced broadcast_budget that stops the same channels beside it"
            yield LintWarning(stops[0], message, remedy, rule.id)


def _ends_streams(rule: ParsedRule) -> bool:
    """Whether it is a budget that takes whatever has used it up off the air."""
    is_enforced = rule.document.mode is Mode.ENFORCE
    is_budget = isinstance(rule.document.params, BroadcastBudget)
    return is_enforced and is_budget and any(each.kind in _ENDING for _, each in rule.actions())


def _is_covered(rule: ParsedRule, budgets: Sequence[ParsedRule]) -> bool:
    """Whether one budget is about all of it; several that meet it may be, taken together."""
    matched = [each for each in budgets if can_match_both(rule.document.match, each.document.match)]
    return len(matched) > 1 or any(selects_more(each, rule) for each in matched)


def budgets_below_limits(rules: Sequence[ParsedRule]) -> Iterator[LintWarning]:
    """Said only where the budget is certainly about all channels that the limit is about.

    A budget that ends no stream says when to tell people, which may be before the limit.
    """
    for rule in rules:
        for other in filter(_ends_streams, rules):
            limit, budget = rule.document.params, other.document.params
            if (
                isinstance(limit, MaxDuration)
                and budget.limit < limit.limit
                and selects_more(other, rule)
            ):
                message = (
                    f"it allows a stream of {format_duration(limit.limit)}, and {other.id} allows "
                    f"{format_duration(budget.limit)} in a {budget.period}"
                )
                remedy = "raise the budget, or lower the limit"
                yield about(rule, "params", message, remedy)
