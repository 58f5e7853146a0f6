"""The one pure function that says what should be true now for a channel, and what to do about it.

decide(state, standing, policy, now) -> Decision. No clock, no I/O, no randomness.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import Final

from streamwarden.domain.arn import ResourceType
from streamwarden.domain.brakes import Brakes, exemption_from, is_protected_by_tag, mode_under
from streamwarden.domain.breaches.holding import hold_back
from streamwarden.domain.breaches.incidents import update_incidents
from streamwarden.domain.breaches.life_cycle import all_effects, update_breach
from streamwarden.domain.decision import (
    NO_STANDING,
    Decision,
    Effect,
    Repetition,
    Standing,
    first_of,
)
from streamwarden.domain.orders.step import NO_STEP
from streamwarden.domain.policy import Policy, Rule, RuleSet
from streamwarden.domain.rules.check import not_applicable
from streamwarden.domain.rules.exemptions import exempt
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls, ChannelControls
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import NO_ORDERS
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.verdicts import Finding, Mode, RuleHeading, Status, Verdict


def decide(
    state: Resource,
    before: Standing,
    policy: Policy,
    now: datetime,
    max_mode: Mode = Mode.ENFORCE,
    controls: AccountControls = NO_CONTROLS,
) -> Decision:
    """Everything that follows from the state.

    `before` is what the last decision left. No rule goes further than `max_mode`, which is the mode
    of the whole stack. `controls` are those of the account and region.
    """
    decision = _decide(state, before, policy, now, max_mode, controls)
    if policy.routing.tells_recordings and state.recordings:
        from streamwarden.domain.breaches.ready_recordings import with_ready_recordings

        decision = with_ready_recordings(decision, before.recordings_notified, Facts(state), now)
    if not decision.notifications:
        return decision
    from streamwarden.domain.notifications.belongings import with_belongings

    return with_belongings(decision, policy.routing, Facts(state).tags)


def _decide(
    state: Resource,
    before: Standing,
    policy: Policy,
    now: datetime,
    max_mode: Mode,
    controls: AccountControls,
) -> Decision:
    orders = NO_STEP
    if before.orders != NO_ORDERS or state.controls is not None:
        from streamwarden.domain.orders.deciding import followed

        orders = followed(state, before, now, max_mode)
    facts = Facts(state, orders.orders)
    rule_set = policy.about(facts.resource_type)
    verdicts, pending_since = assess(facts, rule_set, now, max_mode, controls), _NOTHING_PENDING
    if orders is NO_STEP and _follows_nothing(facts, before, verdicts):
        return _with_verdicts_alone(before, verdicts)
    if rule_set.has_holds:
        verdicts, pending_since = hold_back(rule_set.rules, verdicts, before.pending_since, now)
    pairs, repeated = tuple(zip(rule_set.rules, verdicts, strict=True)), None
    if rule_set.has_repeats:
        from streamwarden.domain.breaches.repetition import with_repetition

        repeated = with_repetition(pairs, before, facts, now)
        pairs = repeated.pairs
    brakes = Brakes(account=controls, channel=state.controls, tags=facts.tags, now=now)
    updates = {
        rule.id: update_breach(
            verdict,
            rule,
            before.breaches.get(verdict.breach_id),
            before.effects.get(verdict.breach_id, _NO_EFFECTS),
            facts,
            brakes,
            now,
        )
        for rule, verdict in pairs
        if verdict.status is Status.BREACH
    }
    effects = all_effects(pairs, updates, before, facts, now)
    incidents = update_incidents(pairs, updates, effects, before, facts, now)
    breaches = {each.breach.id: each.breach for each in updates.values()}
    decision = Decision(
        verdicts=verdicts,
        standing=Standing(
            breaches=breaches,
            incidents={key: each.incident for key, each in incidents if each.incident},
            pending_since=pending_since,
            effects=effects,
            is_protected=is_protected_by_tag(facts.tags),
            repetitions=repeated.repetitions if repeated else _NO_REPETITIONS,
        ),
        opened=tuple(each for key, each in breaches.items() if key not in before.breaches),
        resolved=tuple(each for key, each in before.breaches.items() if key not in breaches),
        actions=tuple(action for each in updates.values() for action in each.actions),
        notifications=tuple(news for _, each in incidents for news in each.notifications),
        recheck_at=first_of(
            [
                *[verdict.finding.recheck_at for verdict in verdicts],
                *[update.recheck_at for update in updates.values()],
                *[update.recheck_at for _, update in incidents],
            ]
        ),
    )
    if repeated is not None and repeated.due:
        from streamwarden.domain.breaches.repetition import with_repetition_notified

        decision = with_repetition_notified(decision, repeated, updates, facts, now)
    wanted = [
        (update.begins, verdict)
        for rule, verdict in pairs
        if (update := updates.get(rule.id)) is not None and update.begins is not None
    ]
    if wanted or orders is not NO_STEP:
        from streamwarden.domain.orders.deciding import with_orders

        decision = with_orders(decision, orders, wanted, facts, brakes, now, max_mode)
    if _has_controls(state, before, decision.standing):
        from streamwarden.domain.breaches.control_changes import with_control_changes

        decision = with_control_changes(decision, before, facts, now)
    shares = before.shares_notified
    if shares or any(verdict.finding.near for verdict in verdicts):
        from streamwarden.domain.breaches.near_limits import with_near_limits

        decision = with_near_limits(decision, rule_set.rules, shares, facts, now)
    history = before.notification_history
    if not history and not any(verdict.finding.warning for verdict in verdicts):
        return decision
    # Few policies have early warnings, and each import makes a cold start slower.
    from streamwarden.domain.breaches.early_warnings import with_early_warnings

    return with_early_warnings(decision, rule_set.rules, history, facts, now)


def _follows_nothing(facts: Facts, before: Standing, verdicts: Iterable[Verdict]) -> bool:
    """Whether nothing is broken, nothing stands and nothing is told, as with most inputs.

    Everything that follows is empty then, and most of a decision's time would go to find that out.
    """
    state, standing = facts.state, _STANDING[is_protected_by_tag(facts.tags)]
    if before != standing or state.controls is not None or state.account_controls is not None:
        return False
    for verdict in verdicts:  # a generator takes three times as long
        finding = verdict.finding
        if finding.status is Status.BREACH or finding.warning is not None:
            return False
        if finding.near is not None:
            return False
    return True


def _with_verdicts_alone(before: Standing, verdicts: tuple[Verdict, ...]) -> Decision:
    return Decision(
        verdicts=verdicts,
        standing=before,
        opened=(),
        resolved=(),
        actions=(),
        notifications=(),
        recheck_at=first_of([verdict.finding.recheck_at for verdict in verdicts]),
    )


def _has_controls(state: Resource, before: Standing, after: Standing) -> bool:
    """Whether people may have to be told of controls: few channels have any."""
    is_set = state.controls is not None or state.account_controls is not None
    return is_set or after.is_protected is not before.is_protected


# By whether the channel has the protecting tag.
_STANDING: Final = {False: NO_STANDING, True: Standing(is_protected=True)}
_NOTHING_PENDING: Final[Mapping[str, datetime]] = {}
_NO_REPETITIONS: Final[Mapping[str, tuple[Repetition, ...]]] = {}
_NO_EFFECTS: Final[Mapping[str, Effect]] = {}


def assess(
    facts: Facts,
    rule_set: RuleSet,
    now: datetime,
    max_mode: Mode = Mode.ENFORCE,
    controls: AccountControls = NO_CONTROLS,
) -> tuple[Verdict, ...]:
    """One verdict per rule, also for every rule that does not apply, each with its reason.

    Rules with the same filter ask it once, and those that check the same judge once.
    """
    state, session = facts.state, facts.session
    arn, current = state.arn, session.stream_id if session else None
    gone = _GONE[facts.resource_type] if facts.is_gone else None
    filtered, unread = _filtered(facts, rule_set, now), _unread(facts)
    judged_before: list[Finding | None] = [None] * len(rule_set.rules)
    verdicts = []
    for rule in rule_set.rules:
        finding = filtered[rule.filter_index]
        if gone is not None and rule.event_matcher is None:
            finding = gone
        if unread is not None and rule.needs_settings:
            finding = unread
        elif finding is None:
            finding = judged_before[rule.judge_index]
            if finding is None:
                finding = judged_before[rule.judge_index] = rule.judge(facts, now)
        if state.controls is not None:
            finding = _exempted(finding, rule, state.controls, now)
        judged = finding.subject.stream_ids
        stream_id = current if judged is None else _concerned(judged, current)
        heading = rule.headings[max_mode]
        if controls is not NO_CONTROLS:
            heading = _under(controls, heading, max_mode)
        verdicts.append(Verdict(heading, arn, stream_id, finding))
    return tuple(verdicts)


def _exempted(finding: Finding, rule: Rule, controls: ChannelControls, now: datetime) -> Finding:
    """What an exemption makes of it. Where the rule does not apply, nothing is exempted."""
    if finding.status is Status.NOT_APPLICABLE:
        return finding
    given = exemption_from(controls, rule.id, now)
    return finding if given is None else exempt(rule.id, given, now)


def _under(controls: AccountControls, heading: RuleHeading, max_mode: Mode) -> RuleHeading:
    mode = mode_under(controls, heading.id, heading.mode).at_most(max_mode)
    return heading if mode is heading.mode else replace(heading, mode=mode)


def _filtered(facts: Facts, rule_set: RuleSet, now: datetime) -> Sequence[Finding | None]:
    """What each filter finds, in order; None where its rules apply.

    Of a channel nothing is judged any more once it is gone. A composition ends by failing, and a
    recording of a stage may fail after it: what events tell of them does not end with them.
    """
    if facts.is_gone and (facts.resource_type is ResourceType.CHANNEL or not rule_set.matchers):
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
