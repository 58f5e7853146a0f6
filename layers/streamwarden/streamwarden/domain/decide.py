"""The one pure function that says what should be true now for a channel, and what to do about it.

decide(known, open breaches, policy, now) -> Decision. No clock, no I/O, no randomness.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.breaches.life_cycle import BreachUpdate, update_breach
from streamwarden.domain.breaches.notifications import resolved_notification
from streamwarden.domain.policy import Policy, RuleSet
from streamwarden.domain.rules.check import not_applicable
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Breach, Decision, Finding, Mode, Status, Verdict


def decide(
    state: Resource,
    breaches: Mapping[str, Breach],
    policy: Policy,
    now: datetime,
    max_mode: Mode = Mode.ENFORCE,
    notification_history: Mapping[str, datetime] | None = None,
) -> Decision:
    """Everything that follows from what is known.

    `breaches` are those that were open after the last decision, by breach id.
    `notification_history` are the early warnings that were sent until then. No rule goes further
    than `max_mode`, which is the mode of the whole stack.
    """
    facts = Facts(state)
    rule_set = policy.about(facts.resource_type)
    verdicts = assess(facts, rule_set, now, max_mode)
    updates = {
        verdict.breach_id: update_breach(verdict, rule, breaches.get(verdict.breach_id), facts, now)
        for rule, verdict in zip(rule_set.rules, verdicts, strict=True)
        if verdict.status is Status.BREACH
    }
    resolved = [breach for key, breach in breaches.items() if key not in updates]
    by_rule = {verdict.rule_id: verdict for verdict in verdicts}
    farewells = [
        resolved_notification(breach, facts, by_rule.get(breach.rule_id), now)
        for breach in resolved
        if breach.is_notified
    ]
    decision = Decision(
        verdicts=verdicts,
        breaches={key: update.breach for key, update in updates.items()},
        opened=tuple(each.breach for key, each in updates.items() if key not in breaches),
        resolved=tuple(resolved),
        actions=tuple(action for each in updates.values() for action in each.actions),
        notifications=(
            *(notification for each in updates.values() for notification in each.notifications),
            *farewells,
        ),
        recheck_at=_earliest(verdicts, updates.values()),
    )
    if not notification_history and not any(verdict.finding.warning for verdict in verdicts):
        return decision
    # Few policies have early warnings, and each import makes a cold start slower.
    from streamwarden.domain.breaches.early_warnings import with_early_warnings

    return with_early_warnings(decision, rule_set.rules, notification_history or {}, facts, now)


def assess(
    facts: Facts, rule_set: RuleSet, now: datetime, max_mode: Mode = Mode.ENFORCE
) -> tuple[Verdict, ...]:
    """One verdict per rule, also for every rule that does not apply, each with its reason.

    Rules with the same filter ask it once.
    """
    arn, current = facts.arn, facts.session.stream_id if facts.session else None
    filtered, unread = _filtered(facts, rule_set, now), _unread(facts)
    verdicts = []
    for rule in rule_set.rules:
        if unread and rule.needs_settings:
            finding = unread
        else:
            finding = filtered[rule.filter_index] or rule.judge(facts, now)
        judged = finding.subject.stream_ids
        stream_id = current if judged is None else _concerned(judged, current)
        verdicts.append(Verdict(rule.headings[max_mode], arn, stream_id, finding))
    return tuple(verdicts)


def _filtered(facts: Facts, rule_set: RuleSet, now: datetime) -> Sequence[Finding | None]:
    """What each filter finds, in order; None where its rules apply."""
    if facts.is_gone:
        return [_GONE[facts.resource_type]] * len(rule_set.filters)
    return [filter_function(facts, now) for filter_function in rule_set.filters]


def _unread(facts: Facts) -> Finding | None:
    """What rules find that need the settings of a resource, while these are not known."""
    is_known = facts.are_settings_known or facts.is_gone
    return None if is_known else _UNKNOWN[facts.resource_type]


def _concerned(judged: tuple[str, ...], current: str | None) -> str | None:
    """The stream that a finding about these streams concerns: the current one if it is of them."""
    if current in judged:
        return current
    return judged[0] if len(judged) == 1 else None


_GONE: Final = {each: not_applicable(f"the {each.noun} no longer exists") for each in ResourceType}
_UNKNOWN: Final = {
    each: not_applicable(f"the {each.noun}'s settings are not known yet; the next sweep reads them")
    for each in ResourceType
}


def _earliest(verdicts: Iterable[Verdict], updates: Iterable[BreachUpdate]) -> datetime | None:
    moments = [verdict.finding.recheck_at for verdict in verdicts]
    moments += [update.recheck_at for update in updates]
    return min((moment for moment in moments if moment is not None), default=None)
