"""What people are told of a breach, in words. No notice ever holds the value of a stream key."""

from collections.abc import Iterable
from datetime import datetime

from streamwarden.domain.channel import Outcome, OutcomeStatus
from streamwarden.domain.facts import Facts
from streamwarden.domain.policy import PlannedAction
from streamwarden.domain.verdicts import ActionKind, Breach, Mode, Notice, NoticeStatus, action_id


def opened_notice(
    breach: Breach, facts: Facts, wanted: Iterable[PlannedAction], now: datetime
) -> Notice:
    doing = " and ".join(_say_doing(each) for each in wanted)
    subject = "Streamwarden" if breach.mode is Mode.ENFORCE else f"In mode {breach.mode}, no one"
    follows = f" {subject} {doing}." if doing else ""
    return _notice(breach, facts, NoticeStatus.OPENED, "breach", f"{breach.reason}.{follows}", now)


def worsened_notice(breach: Breach, before: Breach, facts: Facts, now: datetime) -> Notice:
    text = f"{breach.reason}. Severity was {before.severity}, is {breach.severity}."
    return _notice(breach, facts, NoticeStatus.ESCALATED, f"now {breach.severity}", text, now)


def failed_notice(
    breach: Breach, facts: Facts, kind: str, outcome: Outcome, now: datetime
) -> Notice:
    news = f"{kind} failed"
    text = f"{breach.reason}. The action {kind} failed: {outcome.reason}."
    return _notice(breach, facts, NoticeStatus.ESCALATED, news, text, now)


def resolved_notice(breach: Breach, facts: Facts, reason: str | None, now: datetime) -> Notice:
    why = reason or "the rule is no longer part of the policy"
    done = [
        kind
        for kind in ActionKind
        if (outcome := facts.known.outcomes.get(action_id(breach.id, facts.arn, kind)))
        and outcome.value.status is OutcomeStatus.DONE
    ]
    acted = f" Streamwarden did: {', '.join(done)}." if done else ""
    return _notice(breach, facts, NoticeStatus.RESOLVED, "resolved", f"{why}.{acted}", now)


def _notice(
    breach: Breach, facts: Facts, status: NoticeStatus, news: str, text: str, now: datetime
) -> Notice:
    return Notice(
        id=f"{facts.arn}/{breach.rule_id}/{breach.subject}/{status}/{news}/{_moment(breach.opened_at)}",
        rule_id=breach.rule_id,
        severity=breach.severity,
        status=status,
        channel_arn=facts.arn,
        channel_name=facts.name,
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
