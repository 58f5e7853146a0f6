"""The one pure function that says what should be true now for a channel, and what to do about it.

decide(known, open breaches, policy, now) -> Decision. No clock, no I/O, no randomness.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.consequences.followup import Followup, follow_up
from streamwarden.domain.consequences.notices import resolved_notice
from streamwarden.domain.facts import Facts
from streamwarden.domain.knowledge.resource import Resource
from streamwarden.domain.policy import Policy, Rule, Rulebook
from streamwarden.domain.rules.check import not_applicable
from streamwarden.domain.verdicts import Breach, Decision, Finding, Mode, Status, Verdict


def decide(
    known: Resource,
    breaches: Mapping[str, Breach],
    policy: Policy,
    now: datetime,
    ceiling: Mode = Mode.ENFORCE,
    warned: Mapping[str, datetime] | None = None,
) -> Decision:
    """Everything that follows from what is known.

    `breaches` are those that were open after the last decision, by breach id, and `warned` the
    warnings that it remembered. No rule goes further than `ceiling`, which is the mode of the
    whole stack.
    """
    facts = Facts(known)
    rulebook = policy.about(facts.resource_type)
    verdicts = assess(facts, rulebook, now, ceiling)
    followups = {
        verdict.breach_id: follow_up(verdict, rule, breaches.get(verdict.breach_id), facts, now)
        for rule, verdict in zip(rulebook.rules, verdicts, strict=True)
        if verdict.status is Status.BREACH
    }
    resolved = [breach for key, breach in breaches.items() if key not in followups]
    by_rule = {verdict.rule_id: verdict for verdict in verdicts}
    goodbyes = [
        resolved_notice(breach, facts, by_rule.get(breach.rule_id), now)
        for breach in resolved
        if breach.is_told
    ]
    decision = Decision(
        verdicts=verdicts,
        breaches={key: followup.breach for key, followup in followups.items()},
        opened=tuple(each.breach for key, each in followups.items() if key not in breaches),
        resolved=tuple(resolved),
        actions=tuple(action for each in followups.values() for action in each.actions),
        notices=(*(notice for each in followups.values() for notice in each.notices), *goodbyes),
        next_check=_earliest(verdicts, followups.values()),
    )
    if not warned and not any(verdict.finding.warning for verdict in verdicts):
        return decision
    # Few policies warn, and a cold start pays for what it loads.
    from streamwarden.domain.consequences.forewarning import with_warnings

    return with_warnings(decision, rulebook.rules, warned or {}, facts, now)


def assess(
    facts: Facts, rulebook: Rulebook, now: datetime, ceiling: Mode = Mode.ENFORCE
) -> tuple[Verdict, ...]:
    """One verdict per rule, also for every rule that does not apply, each with its reason."""
    current = facts.session.stream_id if facts.session else None
    arn, findings = facts.arn, _findings(facts, rulebook, now)
    return tuple(
        [
            Verdict(
                rule_id=rule.id,
                kind=rule.kind,
                mode=rule.modes[ceiling],
                severity=rule.severity,
                resource_arn=arn,
                stream_id=_concerned(finding.subject.stream_ids, current),
                finding=finding,
            )
            for rule, finding in zip(rulebook.rules, findings, strict=True)
        ]
    )


def _concerned(judged: tuple[str, ...] | None, current: str | None) -> str | None:
    """The stream that a finding concerns: the current one, unless it was judged about others."""
    if judged is None or current in judged:
        return current
    return judged[0] if len(judged) == 1 else None


def _findings(facts: Facts, rulebook: Rulebook, now: datetime) -> list[Finding]:
    """What each rule finds, in order. Rules with the same selector ask it once."""
    if facts.is_gone:
        return [_GONE[facts.resource_type]] * len(rulebook.rules)
    if not facts.are_settings_known:
        return [_find_without_settings(rule, facts, rulebook, now) for rule in rulebook.rules]
    sifted = [sieve(facts, now) for sieve in rulebook.audiences]
    return [sifted[rule.audience] or rule.judge(facts, now) for rule in rulebook.rules]


def _find_without_settings(rule: Rule, facts: Facts, rulebook: Rulebook, now: datetime) -> Finding:
    if rule.needs_settings:
        return _UNKNOWN[facts.resource_type]
    return rulebook.audiences[rule.audience](facts, now) or rule.judge(facts, now)


_GONE: Final = {each: not_applicable(f"the {each.noun} no longer exists") for each in ResourceType}
_UNKNOWN: Final = {
    each: not_applicable(f"the {each.noun}'s settings are not known yet; the next sweep reads them")
    for each in ResourceType
}


def _earliest(verdicts: Iterable[Verdict], followups: Iterable[Followup]) -> datetime | None:
    moments = [verdict.finding.next_check for verdict in verdicts]
    moments += [followup.next_check for followup in followups]
    return min((moment for moment in moments if moment is not None), default=None)
