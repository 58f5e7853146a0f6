"""Early warnings: notifications before a breach. Loaded only for a policy that has warnings.

The notification history stores the moment of the last warning. So each warning is sent once, no
matter how late or how often a function decides. No earlier warning follows a later one.
"""

from collections.abc import Iterable, Mapping
from copy import replace
from datetime import datetime

from streamwarden.domain.actions import ACTION_KINDS, ActionKind
from streamwarden.domain.breaches.notifications import early_warning_notification
from streamwarden.domain.decision import Decision
from streamwarden.domain.policy import Rule
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.verdicts import (
    Action,
    EarlyWarning,
    Mode,
    Notification,
    Status,
    Verdict,
    warning_id,
)


def with_early_warnings(
    decision: Decision,
    rules: Iterable[Rule],
    notification_history: Mapping[str, datetime],
    facts: Facts,
    now: datetime,
) -> Decision:
    """The decision and what follows from the warnings in its verdicts.

    `rules` are those of the verdicts, in order. `notification_history` says what was sent.
    """
    history = _kept(notification_history, decision.verdicts, facts)
    actions: list[Action] = []
    notifications: list[Notification] = []
    for rule, verdict in zip(rules, decision.verdicts, strict=True):
        warning = verdict.finding.warning
        if warning is None or not _is_news(verdict, warning, history):
            continue
        history[verdict.breach_id] = warning.at
        notifications.append(early_warning_notification(verdict, warning, rule.steps, facts, now))
        actions += actions_before(rule, verdict, warning, facts, now)
    return replace(
        decision,
        actions=(*decision.actions, *actions),
        notifications=(*decision.notifications, *notifications),
        standing=replace(decision.standing, notification_history=history),
    )


def actions_before(
    rule: Rule, verdict: Verdict, warning: EarlyWarning, facts: Facts, now: datetime
) -> list[Action]:
    """What is done with the warning already, before any breach."""
    kinds = _wanted_before(rule, verdict, facts)
    return [_action(kind, verdict, warning, now) for kind in kinds]


def _is_news(verdict: Verdict, warning: EarlyWarning, history: Mapping[str, datetime]) -> bool:
    last = history.get(verdict.breach_id)
    return verdict.mode is not Mode.OBSERVE and (last is None or last < warning.at)


def _kept(
    notification_history: Mapping[str, datetime], verdicts: Iterable[Verdict], facts: Facts
) -> dict[str, datetime]:
    """Without the warnings of rules that are gone, and of subjects that another one has followed.

    The end of a stream is not enough: a later event may show that it goes on. A channel off the air
    is not enough: its next stream may be in the same period.
    """
    by_rule = {verdict.rule_id: verdict for verdict in verdicts}
    kept = {}
    for key, at in notification_history.items():
        rule_id, _, subject = key.partition("/")
        verdict = by_rule.get(rule_id)
        if verdict is not None and not _is_followed(subject, verdict, facts):
            kept[key] = at
    return kept


def _is_followed(subject: str, verdict: Verdict, facts: Facts) -> bool:
    """Whether the rule is about the next stream or period now; a resource is always the same one.

    Where the rule does not apply, its verdict does not say what it would be about.
    """
    found = verdict.finding.subject.id
    if subject in ("", found):
        return False
    if subject in facts.state.sessions:
        return facts.session is not None and facts.session.stream_id != subject
    return found != "" and verdict.status is not Status.EXEMPT


def _wanted_before(rule: Rule, verdict: Verdict, facts: Facts) -> Iterable[ActionKind]:
    """The kinds of the rule's actions that follow from a warning already, and that change
    something now. The end of an exemption is told to people alone."""
    if verdict.mode is not Mode.ENFORCE or verdict.status is Status.EXEMPT:
        return ()
    planned_actions = {planned.kind: planned for planned in rule.actions}
    return (
        kind
        for word, planned in planned_actions.items()
        if (kind := ACTION_KINDS[word]).follows_early_warnings
        and kind.still_wanted(planned, verdict, facts, EMPTY) is not None
    )


def _action(kind: ActionKind, verdict: Verdict, warning: EarlyWarning, now: datetime) -> Action:
    """Requested once, because a late warning would give a wrong time."""
    return Action(
        id=warning_id(verdict, warning, kind.request_key(verdict.stream_id)),
        attempt=1,
        kind=kind.word,
        rule_id=verdict.rule_id,
        resource_arn=verdict.resource_arn,
        stream_id=verdict.stream_id,
        reason=warning.text,
        decided_at=now,
        text=warning.text,
    )
