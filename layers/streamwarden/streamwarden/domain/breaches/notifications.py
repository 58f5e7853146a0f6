"""Notifications of a breach, in words. No notification contains the value of a stream key."""

from collections.abc import Iterable, Sequence
from copy import replace
from datetime import datetime

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.arn import ResourceType, label_of, noun_of
from streamwarden.domain.breaches.steps import Progress
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.duration import format_duration
from streamwarden.domain.policy import Step
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import (
    Breach,
    EarlyWarning,
    Mode,
    Notification,
    NotificationStatus,
    PlannedAction,
    Verdict,
    action_id,
)


def early_warning_notification(
    verdict: Verdict, warning: EarlyWarning, steps: Sequence[Step], facts: Facts, now: datetime
) -> Notification:
    then = _describe_step(verdict.mode, steps[0], _describe_when(steps[0])) if steps else ""
    return Notification(
        id=f"{facts.arn}/{verdict.rule_id}/{verdict.finding.subject.id}/warning/{_moment(warning.at)}",
        rule_id=verdict.rule_id,
        severity=verdict.severity,
        status=NotificationStatus.WARNING,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=verdict.stream_id,
        title=f"{_describe_subject(facts)}: {verdict.rule_id} warning",
        text=brief(f"{warning.text}.{then}", LONGEST_TEXT),
        at=now,
    )


def opened_notification(
    breach: Breach,
    facts: Facts,
    reason: str,
    wanted: Iterable[PlannedAction],
    steps: Progress,
    now: datetime,
) -> Notification:
    text = f"{reason}.{_describe_consequence(breach, wanted)}{_describe_next(breach, steps, now)}"
    return _notification(breach, facts, NotificationStatus.OPENED, "breach", text, now)


def worsened_notification(
    breach: Breach, before: Breach, facts: Facts, reason: str, now: datetime
) -> Notification:
    text = f"{reason}. Severity was {before.severity}, is {breach.severity}."
    return _notification(
        breach, facts, NotificationStatus.ESCALATED, f"now {breach.severity}", text, now
    )


def enforced_notification(
    breach: Breach,
    facts: Facts,
    reason: str,
    wanted: Iterable[PlannedAction],
    steps: Progress,
    now: datetime,
) -> Notification:
    detail = f"{_describe_consequence(breach, wanted)}{_describe_next(breach, steps, now)}"
    text = f"{reason}. The rule is enforced now.{detail}"
    return _notification(breach, facts, NotificationStatus.ESCALATED, "now enforced", text, now)


def step_notification(
    breach: Breach,
    facts: Facts,
    verdict: Verdict,
    newly: Iterable[PlannedAction],
    steps: Progress,
    number: int,
    now: datetime,
) -> Notification:
    """A later step has been reached; `newly` is what it asks for, `number` counts from 1."""
    step = f"step {number} of {steps.count}"
    doing = _describe_who_does(breach.mode, newly) or "the breach is still open"
    detail = f"{step.capitalize()}: {doing}.{_describe_next(breach, steps, now)}"
    text = f"{verdict.finding.reason}. {detail}"
    return _notification(breach, facts, NotificationStatus.ESCALATED, step, text, now)


def failed_notification(
    breach: Breach, facts: Facts, verdict: Verdict, key: str, outcome: Outcome, now: datetime
) -> Notification:
    kind = key.partition("/")[0]
    text = f"{verdict.finding.reason}. The action {kind} failed: {outcome.reason}."
    notification = _notification(
        breach, facts, NotificationStatus.ESCALATED, f"{kind} failed", text, now
    )
    # A failure on the next stream, or in the next step, is another notification.
    return replace(notification, id=f"{notification.id}/{key}")


def resolved_notification(
    breach: Breach, facts: Facts, verdict: Verdict | None, now: datetime
) -> Notification:
    text = f"{_describe_why_resolved(breach, verdict)}.{_describe_done(breach, facts)}"
    return _notification(breach, facts, NotificationStatus.RESOLVED, "resolved", text, now)


def _describe_why_resolved(breach: Breach, verdict: Verdict | None) -> str:
    if verdict is None:
        return "the rule is no longer part of the policy"
    if verdict.finding.subject.id not in ("", breach.subject):
        return f"{breach.subject} is over"
    return verdict.finding.reason


def _describe_done(breach: Breach, facts: Facts) -> str:
    detail = [
        _describe_request(key, action_id(facts.arn, breach, key), facts) for key in breach.requests
    ]
    return f" Streamwarden {' and '.join(filter(None, detail))}." if any(detail) else ""


def _describe_request(key: str, action: str, facts: Facts) -> str:
    """The outcome of a request. The end of a stream can arrive before the outcome."""
    outcome = facts.state.outcomes.get(action)
    if outcome is None:
        return f"had asked for: {key.partition('/')[0]}"
    return outcome.value.reason if outcome.value.status is OutcomeStatus.DONE else ""


def _describe_consequence(breach: Breach, wanted: Iterable[PlannedAction]) -> str:
    doing = _describe_who_does(breach.mode, wanted)
    return f" {doing[0].upper()}{doing[1:]}." if doing else ""


def _describe_next(breach: Breach, steps: Progress, now: datetime) -> str:
    """What the next step does, if it does more than notify."""
    if steps.next_at is None:
        return ""
    when = f"In {format_duration(steps.next_at - now)}"
    return _describe_step(breach.mode, steps.ahead[0], when)


def _describe_when(first: Step) -> str:
    return f"{format_duration(first.after)} after that" if first.after else "Then"


def _describe_step(mode: Mode, step: Step, when: str) -> str:
    doing = _describe_who_does(mode, step.do)
    return f" {when}, {doing}." if doing else ""


def _describe_who_does(mode: Mode, planned: Iterable[PlannedAction]) -> str:
    """As part of a sentence; empty where nothing is done."""
    doing = " and ".join(ACTION_KINDS[each.kind].describe(each) for each in planned)
    subject = "Streamwarden" if mode is Mode.ENFORCE else f"in mode {mode}, no one"
    return f"{subject} {doing}" if doing else ""


def _notification(
    breach: Breach, facts: Facts, status: NotificationStatus, news: str, text: str, now: datetime
) -> Notification:
    return Notification(
        id=f"{facts.arn}/{breach.rule_id}/{breach.subject}/{status}/{news}/{_moment(breach.opened_at)}",
        rule_id=breach.rule_id,
        severity=breach.severity,
        status=status,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=breach.stream_id,
        title=f"{_describe_subject(facts)}: {breach.rule_id} {news}",
        text=brief(text, LONGEST_TEXT),
        at=now,
    )


def _describe_subject(facts: Facts) -> str:
    """Most notifications are about channels, so only other resources have their type named."""
    if facts.resource_type is ResourceType.CHANNEL:
        return facts.name or facts.arn
    return f"{noun_of(facts.arn)} {label_of(facts.arn, facts.name)}"


def _moment(at: datetime) -> int:
    return int(at.timestamp())
