"""Notifications of an incident, in words. No notification contains the value of a stream key."""

from collections.abc import Iterable, Sequence
from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct

from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.arn import ResourceType, label_of, noun_of
from streamwarden.domain.breaches.effects import Conflict
from streamwarden.domain.breaches.steps import Progress
from streamwarden.domain.brief import LONGEST_TEXT, brief
from streamwarden.domain.decision import Incident
from streamwarden.domain.duration import format_duration
from streamwarden.domain.notifications.keys import incident_key
from streamwarden.domain.notifications.undoing import exempting
from streamwarden.domain.policy import OnRepeat, Step
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Author, Outcome
from streamwarden.domain.verdicts import (
    EarlyWarning,
    Mode,
    Notification,
    NotificationStatus,
    PlannedAction,
    Verdict,
)


def early_warning_notification(
    verdict: Verdict, warning: EarlyWarning, steps: Sequence[Step], facts: Facts, now: datetime
) -> Notification:
    then = _describe_step(verdict.mode, steps[0], _describe_when(steps[0])) if steps else ""
    return _warning_notification(verdict, warning, then, facts, now)


def near_limit_notification(
    verdict: Verdict, warning: EarlyWarning, steps: Sequence[Step], facts: Facts, now: datetime
) -> Notification:
    above = _describe_step(verdict.mode, steps[0], _describe_above(steps[0])) if steps else ""
    return _warning_notification(verdict, warning, above, facts, now)


def _warning_notification(
    verdict: Verdict, warning: EarlyWarning, then: str, facts: Facts, now: datetime
) -> Notification:
    """`then` is what is done later, as a sentence; empty if nothing is."""
    moment = _moment(warning.at)
    return Notification(
        id=f"{facts.arn}/{verdict.rule_id}/{verdict.finding.subject.id}/warning/{moment}",
        incident=incident_key(facts.arn, verdict.breach_id, "warning", moment),
        rule_id=verdict.rule_id,
        severity=verdict.severity,
        status=NotificationStatus.WARNING,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=verdict.stream_id,
        title=f"{_describe_subject(facts)}: {verdict.rule_id} warning",
        text=brief(f"{warning.text}.{then}", LONGEST_TEXT),
        at=now,
        notes=verdict.rule.notes,
        undo=_exempting(facts, verdict.rule_id),
    )


class BreachNews(Struct, frozen=True):
    """What people may be told of an incident while its breach is open. `verdict` is its rule's.

    `wanted` is what is to be done. `held` says what holds it back; empty if nothing does.
    """

    incident: Incident
    facts: Facts
    verdict: Verdict
    now: datetime

    def opened(self, wanted: Iterable[PlannedAction], held: str, steps: Progress) -> Notification:
        detail = self._consequence(wanted, held) + self._next(steps)
        return self._with_reason(NotificationStatus.OPENED, "breach", detail)

    def repeated(self, wanted: Iterable[PlannedAction], held: str) -> Notification:
        """The rule is broken again before the incident has resolved. It is said once."""
        passed = format_duration(self.now - self.incident.opened_at)
        detail = (
            f"{self._consequence(wanted, held)} {self.incident.times} breaches within {passed}. "
            "More breaches cause no notification until the incident resolves."
        )
        return self._with_reason(NotificationStatus.REPEATED, "repeated", detail)

    def worsened(self, before: Incident) -> Notification:
        severity = self.incident.severity
        detail = f" Severity was {before.severity}, is {severity}."
        return _dated(self._escalated(f"now {severity}", detail))

    def enforced(self, wanted: Iterable[PlannedAction], held: str, steps: Progress) -> Notification:
        detail = self._consequence(wanted, held) + self._next(steps)
        return _dated(self._escalated("now enforced", f" The rule is enforced now.{detail}"))

    def step(
        self, newly: Iterable[PlannedAction], held: str, steps: Progress, number: int
    ) -> Notification:
        """A later step has been reached; `newly` is what it asks for, `number` counts from 1."""
        step = f"step {number} of {steps.count}"
        doing = _describe_who_does(self.incident.mode, newly, held) or "the breach is still open"
        return self._escalated(step, f" {step.capitalize()}: {doing}.{self._next(steps)}")

    def on_repeat(
        self, repeat: OnRepeat, newly: Iterable[PlannedAction], held: str
    ) -> Notification:
        """The rule was broken as often as its `on_repeat` says; `newly` is what follows."""
        count = f"{repeat.times} times within {format_duration(repeat.within)}"
        detail = f" The rule was broken {count}.{self._consequence(newly, held)}"
        return self._escalated(f"broken {count}", detail)

    def held(self, wanted: Iterable[PlannedAction], held: str) -> Notification:
        """A brake holds back what people were told would be done."""
        return _dated(self._escalated("held", self._consequence(wanted, held)))

    def failed(self, kind: str, outcome: Outcome) -> Notification:
        detail = f" The action {kind} failed: {outcome.reason}."
        return self._escalated(f"{kind} failed", detail)

    def expired(self, expired: Iterable[PlannedAction]) -> Notification:
        """What had no effect for so long is left alone."""
        return self._escalated("given up", f" {' '.join(map(_describe_expired, expired))}")

    def conflict(self, conflicts: Iterable[Conflict]) -> Notification:
        """What an action did was taken back again and again; the action now waits."""
        described = (_describe_conflict(each, self.facts, self.now) for each in conflicts)
        return self._escalated("taken back", f" {' '.join(described)}")

    def _consequence(self, wanted: Iterable[PlannedAction], held: str) -> str:
        doing = _describe_who_does(self.incident.mode, wanted, held)
        return f" {doing[0].upper()}{doing[1:]}." if doing else ""

    def _next(self, steps: Progress) -> str:
        """What the next step does, if it does more than notify."""
        if steps.next_at is None:
            return ""
        when = f"In {format_duration(steps.next_at - self.now)}"
        return _describe_step(self.incident.mode, steps.ahead[0], when)

    def _escalated(self, news: str, detail: str) -> Notification:
        return self._with_reason(NotificationStatus.ESCALATED, news, detail)

    def _with_reason(self, status: NotificationStatus, news: str, detail: str) -> Notification:
        """`detail` follows the reason of the breach: sentences, each after a space."""
        text = f"{self.verdict.finding.reason}.{detail}"
        return _notification(self.incident, self.facts, self.verdict, status, news, text, self.now)


def _describe_expired(planned: PlannedAction) -> str:
    kind = ACTION_KINDS[planned.kind]
    span = format_duration(kind.given_up_after(planned) or timedelta(0))
    return (
        f"The action {planned.kind} is given up after {span}, and the channel is left alone: "
        f"Streamwarden no longer {kind.describe(planned)}."
    )


def _describe_conflict(conflict: Conflict, facts: Facts, now: datetime) -> str:
    doing = ACTION_KINDS[conflict.planned.kind].describe(conflict.planned)
    who, again = _describe_opponent(conflict, facts), format_duration(conflict.again_at - now)
    return (
        f"Streamwarden {doing}; this was taken back by {who}, {conflict.times} times. "
        f"It waits {again} before it tries again."
    )


def _describe_opponent(conflict: Conflict, facts: Facts) -> str:
    """Who changed the tags since the effect was last seen, as far as CloudTrail has said it."""
    seen_at = conflict.seen_at.replace(microsecond=0)  # CloudTrail knows whole seconds
    authors = facts.state.tag_authors
    concerned = (*conflict.planned.tags, *conflict.planned.tag_keys)
    changes = [authors[key] for key in concerned if key in authors]
    last = max((each for each in changes if each.at >= seen_at), key=_changed_at, default=None)
    if last is None or not last.value.is_named:
        return "somebody unknown"
    return last.value.role_arn or last.value.arn or last.value.name


def _changed_at(change: Stamped[Author]) -> datetime:
    return change.at


def acknowledged_notification(
    incident: Incident, facts: Facts, verdict: Verdict | None, reason: str, now: datetime
) -> Notification:
    text = (
        f"{incident.acknowledged_by} looks after it: {reason}. People are told of it again if it "
        "becomes worse, and when it resolves."
    )
    return _notification(
        incident, facts, verdict, NotificationStatus.ACKNOWLEDGED, "acknowledged", text, now
    )


def resolved_notification(
    incident: Incident, facts: Facts, verdict: Verdict | None, now: datetime
) -> Notification:
    why = verdict.finding.reason if verdict else "the rule is no longer part of the policy"
    text = f"{why}.{_describe_times(incident)}{_describe_done(incident)}"
    return _notification(
        incident, facts, verdict, NotificationStatus.RESOLVED, "resolved", text, now
    )


def _describe_times(incident: Incident) -> str:
    if incident.times == 1 or incident.calm_since is None:
        return ""
    return f" {incident.times} breaches within {
        format_duration(incident.calm_since - incident.opened_at)
    }."


def _describe_done(incident: Incident) -> str:
    """What was done, and what was requested and given up with the breach."""
    done = f" Streamwarden {incident.last_done}." if incident.last_done else ""
    if not incident.awaited:
        return done
    kind = _kind_of(incident.awaited)
    return f"{done} The action {kind} was given up; it is not known whether it was carried out."


def _kind_of(action_id: str) -> str:
    """The word of the action kind: an id ends in `@{moment}/{kind}` and what tells it apart."""
    return action_id.rpartition("@")[2].split("/")[1]


def _describe_when(first: Step) -> str:
    return f"{format_duration(first.after)} after that" if first.after else "Then"


def _describe_above(first: Step) -> str:
    after = format_duration(first.after)
    return f"{after} after the limit is exceeded" if first.after else "Above the limit"


def _describe_step(mode: Mode, step: Step, when: str) -> str:
    """What a step that is still ahead does; empty in a mode in which it does nothing."""
    doing = _describe_who_does(mode, step.do) if mode is Mode.ENFORCE else ""
    return f" {when}, {doing}." if doing else ""


def _describe_who_does(mode: Mode, planned: Iterable[PlannedAction], held: str = "") -> str:
    """As part of a sentence; empty where nothing is to be done in any mode."""
    doing = " and ".join(ACTION_KINDS[each.kind].describe(each) for each in planned)
    if doing and held and mode is Mode.ENFORCE:
        return f"an action is held, because {held} (without this, Streamwarden {doing})"
    if not doing or mode is Mode.ENFORCE:
        return f"Streamwarden {doing}" if doing else ""
    return f"nothing is done, because the rule is in mode {mode} (mode enforce {doing})"


def _dated(notification: Notification) -> Notification:
    """For news that one incident can have again: a severity or a mode is lowered, then raised."""
    return replace(notification, id=f"{notification.id}/{_moment(notification.at)}")


def key_of(resource_arn: str, incident: Incident) -> str:
    """The name under which destinations know the incident."""
    return incident_key(resource_arn, incident.rule_id, _moment(incident.opened_at))


def _notification(
    incident: Incident,
    facts: Facts,
    verdict: Verdict | None,
    status: NotificationStatus,
    news: str,
    text: str,
    now: datetime,
) -> Notification:
    opened_at = _moment(incident.opened_at)
    return Notification(
        id=f"{facts.arn}/{incident.rule_id}/{status}/{news}/{opened_at}",
        incident=key_of(facts.arn, incident),
        rule_id=incident.rule_id,
        severity=incident.severity,
        status=status,
        resource_arn=facts.arn,
        resource_name=facts.name,
        stream_id=verdict.stream_id if verdict else None,
        title=f"{_describe_subject(facts)}: {incident.rule_id} {news}",
        text=brief(text, LONGEST_TEXT),
        at=now,
        notes=verdict.rule.notes if verdict else None,
        since=incident.opened_at,
        undo=() if status is NotificationStatus.RESOLVED else _exempting(facts, incident.rule_id),
    )


def _exempting(facts: Facts, rule_id: str) -> tuple[str, ...]:
    """Only channels can be exempt."""
    is_channel = facts.resource_type is ResourceType.CHANNEL
    return (exempting(facts.arn, rule_id),) if is_channel else ()


def _describe_subject(facts: Facts) -> str:
    """Most notifications are about channels, so only other resources have their type named."""
    if facts.resource_type is ResourceType.CHANNEL:
        return facts.name or facts.arn
    return f"{noun_of(facts.arn)} {label_of(facts.arn, facts.name)}"


def _moment(at: datetime) -> str:
    """To the microsecond: incidents of one rule can follow each other within a second."""
    return f"{at:%Y%m%dT%H%M%S.%fZ}"
