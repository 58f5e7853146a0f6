"""What people are told of a breach, in words. No notice ever holds the value of a stream key."""

from collections.abc import Iterable, Sequence
from copy import replace
from datetime import datetime
from typing import assert_never

from streamwarden.domain.arn import ResourceType, label_of, noun_of
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.consequences.steps import Progress
from streamwarden.domain.duration import say_duration
from streamwarden.domain.facts import Facts
from streamwarden.domain.knowledge.resource import Outcome, OutcomeStatus
from streamwarden.domain.policy import PlannedAction, Step
from streamwarden.domain.verdicts import (
    ActionKind,
    Breach,
    EarlyWarning,
    Mode,
    Notice,
    NoticeStatus,
    Verdict,
    action_id,
)


def warning_notice(
    verdict: Verdict, warning: EarlyWarning, steps: Sequence[Step], facts: Facts, now: datetime
) -> Notice:
    then = _say_step(verdict.mode, steps[0], _say_when(steps[0])) if steps else ""
    return Notice(
        id=f"{facts.arn}/{verdict.rule_id}/{verdict.finding.subject.id}/warning/{_moment(warning.at)}",
        rule_id=verdict.rule_id,
        severity=verdict.severity,
        status=NoticeStatus.WARNING,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=verdict.stream_id,
        title=f"{_say_subject(facts)}: {verdict.rule_id} warning",
        text=brief(f"{warning.text}.{then}", LONGEST_TEXT),
        at=now,
    )


def opened_notice(
    breach: Breach,
    facts: Facts,
    reason: str,
    wanted: Iterable[PlannedAction],
    steps: Progress,
    now: datetime,
) -> Notice:
    text = f"{reason}.{_say_consequence(breach, wanted)}{_say_next(breach, steps, now)}"
    return _notice(breach, facts, NoticeStatus.OPENED, "breach", text, now)


def worsened_notice(
    breach: Breach, before: Breach, facts: Facts, reason: str, now: datetime
) -> Notice:
    text = f"{reason}. Severity was {before.severity}, is {breach.severity}."
    return _notice(breach, facts, NoticeStatus.ESCALATED, f"now {breach.severity}", text, now)


def enforced_notice(
    breach: Breach,
    facts: Facts,
    reason: str,
    wanted: Iterable[PlannedAction],
    steps: Progress,
    now: datetime,
) -> Notice:
    said = f"{_say_consequence(breach, wanted)}{_say_next(breach, steps, now)}"
    text = f"{reason}. The rule is enforced now.{said}"
    return _notice(breach, facts, NoticeStatus.ESCALATED, "now enforced", text, now)


def step_notice(
    breach: Breach,
    facts: Facts,
    verdict: Verdict,
    newly: Iterable[PlannedAction],
    steps: Progress,
    number: int,
    now: datetime,
) -> Notice:
    """A later step has been reached; `newly` is what it asks for, `number` counts from 1."""
    step = f"step {number} of {steps.count}"
    doing = _say_who_does(breach.mode, newly) or "the breach is still open"
    said = f"{step.capitalize()}: {doing}.{_say_next(breach, steps, now)}"
    text = f"{verdict.finding.reason}. {said}"
    return _notice(breach, facts, NoticeStatus.ESCALATED, step, text, now)


def failed_notice(
    breach: Breach, facts: Facts, verdict: Verdict, key: str, outcome: Outcome, now: datetime
) -> Notice:
    kind = key.partition("/")[0]
    text = f"{verdict.finding.reason}. The action {kind} failed: {outcome.reason}."
    notice = _notice(breach, facts, NoticeStatus.ESCALATED, f"{kind} failed", text, now)
    # That it failed on the next stream, or in the next step, is other news.
    return replace(notice, id=f"{notice.id}/{key}")


def resolved_notice(breach: Breach, facts: Facts, verdict: Verdict | None, now: datetime) -> Notice:
    text = f"{_say_why_resolved(breach, verdict)}.{_say_done(breach, facts)}"
    return _notice(breach, facts, NoticeStatus.RESOLVED, "resolved", text, now)


def _say_why_resolved(breach: Breach, verdict: Verdict | None) -> str:
    if verdict is None:
        return "the rule is no longer part of the policy"
    if verdict.finding.subject.id not in ("", breach.subject):
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
    doing = _say_who_does(breach.mode, wanted)
    return f" {doing[0].upper()}{doing[1:]}." if doing else ""


def _say_next(breach: Breach, steps: Progress, now: datetime) -> str:
    """What the next step brings, if it does more than tell."""
    if steps.next_at is None:
        return ""
    when = f"In {say_duration(steps.next_at - now)}"
    return _say_step(breach.mode, steps.ahead[0], when)


def _say_when(first: Step) -> str:
    return f"{say_duration(first.after)} after that" if first.after else "Then"


def _say_step(mode: Mode, step: Step, when: str) -> str:
    doing = _say_who_does(mode, step.do)
    return f" {when}, {doing}." if doing else ""


def _say_who_does(mode: Mode, planned: Iterable[PlannedAction]) -> str:
    """As part of a sentence; empty where nothing is done."""
    doing = " and ".join(_say_doing(each) for each in planned)
    subject = "Streamwarden" if mode is Mode.ENFORCE else f"in mode {mode}, no one"
    return f"{subject} {doing}" if doing else ""


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
        title=f"{_say_subject(facts)}: {breach.rule_id} {news}",
        text=brief(text, LONGEST_TEXT),
        at=now,
    )


def _say_subject(facts: Facts) -> str:
    """Channels are what most news is about: only of others is it said what they are."""
    if facts.resource_type is ResourceType.CHANNEL:
        return facts.name or facts.arn
    return f"{noun_of(facts.arn)} {label_of(facts.arn, facts.name)}"


def _say_doing(planned: PlannedAction) -> str:
    match planned.kind:
        case ActionKind.STOP:
            return "stops the stream"
        case ActionKind.TAG:
            return f"sets {_say_tags(planned)}"
        case ActionKind.INHERIT_TAGS:
            tags = _say_tags(planned) if planned.tags else "the channel's tags"
            return f"copies {tags} to the stream key"
        case ActionKind.ROTATE_KEY:
            return "replaces the stream key"
        case ActionKind.WARN:
            return "puts a warning into the stream"
        case _:
            assert_never(planned.kind)


def _say_tags(planned: PlannedAction) -> str:
    return ", ".join(f"{key}={value}" for key, value in planned.tags.items())


def _moment(at: datetime) -> int:
    return int(at.timestamp())
