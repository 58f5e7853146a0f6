"""What people are told of a breach, in words. No notice ever holds the value of a stream key."""

from collections.abc import Iterable
from datetime import datetime

from streamwarden.domain.facts import Facts
from streamwarden.domain.policy import PlannedAction
from streamwarden.domain.resource import Outcome, OutcomeStatus
from streamwarden.domain.verdicts import (
    ActionKind,
    Breach,
    Mode,
    Notice,
    NoticeStatus,
    Verdict,
    action_id,
)


def opened_notice(
    breach: Breach, facts: Facts, wanted: Iterable[PlannedAction], now: datetime
) -> Notice:
    text = f"{breach.reason}.{_say_consequence(breach, wanted)}"
    return _notice(breach, facts, NoticeStatus.OPENED, "breach", text, now)


def worsened_notice(breach: Breach, before: Breach, facts: Facts, now: datetime) -> Notice:
    text = f"{breach.reason}. Severity was {before.severity}, is {breach.severity}."
    return _notice(breach, facts, NoticeStatus.ESCALATED, f"now {breach.severity}", text, now)


def enforced_notice(
    breach: Breach, facts: Facts, wanted: Iterable[PlannedAction], now: datetime
) -> Notice:
    text = f"{breach.reason}. The rule is enforced now.{_say_consequence(breach, wanted)}"
    return _notice(breach, facts, NoticeStatus.ESCALATED, "now enforced", text, now)


def failed_notice(
    breach: Breach, facts: Facts, verdict: Verdict, key: str, outcome: Outcome, now: datetime
) -> Notice:
    kind = key.partition("/")[0]
    text = f"{verdict.finding.reason}. The action {kind} failed: {outcome.reason}."
    return _notice(breach, facts, NoticeStatus.ESCALATED, f"{kind} failed", text, now)


def resolved_notice(breach: Breach, facts: Facts, verdict: Verdict | None, now: datetime) -> Notice:
    text = f"{_say_why_resolved(breach, verdict)}.{_say_done(breach, facts)}"
    return _notice(breach, facts, NoticeStatus.RESOLVED, "resolved", text, now)


def _say_why_resolved(breach: Breach, verdict: Verdict | None) -> str:
    if verdict is None:
        return "the rule is no longer part of the policy"
    if verdict.finding.subject not in ("", breach.subject):
        return f"{breach.subject} is over"
    return verdict.finding.reason


def _say_done(breach: Breach, facts: Facts) -> str:
    said = [_say_request(key, action_id(facts.arn, breach, key), facts) for key in breach.requests]
    return f" Streamwarden {' and '.join(filter(None, said))}." if any(said) else ""


def _say_request(key: str, action: str, facts: Facts) -> str:
    """What became of a request; the news that a stream ended can be faster than the outcome."""
    outcome = facts.known.outcomes.get(action)
    if outcome is None:
        return f"had asked for: {key.partition('/')[0]}"
    return outcome.value.reason if outcome.value.status is OutcomeStatus.DONE else ""


def _say_consequence(breach: Breach, wanted: Iterable[PlannedAction]) -> str:
    doing = " and ".join(_say_doing(each) for each in wanted)
    subject = "Streamwarden" if breach.mode is Mode.ENFORCE else f"In mode {breach.mode}, no one"
    return f" {subject} {doing}." if doing else ""


def _notice(
    breach: Breach, facts: Facts, status: NoticeStatus, news: str, text: str, now: datetime
) -> Notice:
    return Notice(
        id=f"{facts.arn}/{breach.rule_id}/{breach.subject}/{status}/{news}/{_moment(breach.opened_at)}",
        rule_id=breach.rule_id,
        severity=breach.severity,
        status=status,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=breach.stream_id,
        title=f"{facts.name or facts.arn}: {breach.rule_id} {news}",
        text=text,
        at=now,
    )


def _say_doing(planned: PlannedAction) -> str:
    match planned.kind:
        case ActionKind.STOP:
            return "stops the stream"
        case ActionKind.TAG:
            return f"sets {', '.join(f'{key}={value}' for key, value in planned.tags.items())}"
        case ActionKind.ROTATE_KEY:
            return "replaces the stream key"


def _moment(at: datetime) -> int:
    return int(at.timestamp())
