"""Collects the incidents of a replay: one record each, for the answer at its end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter

from streamwarden.domain.decision import Decision
from streamwarden.domain.state.resource import Outcome
from streamwarden.domain.verdicts import Breach, Notification, RuleNotes, Status, Verdict
from streamwarden_cli.replay.records import ActionsDone, IncidentRecord


@dataclass(slots=True)
class _Incident:
    """One incident so far. Actions are counted by kind and outcome."""

    arn: str
    first: Breach
    opened_at: datetime
    reason: str
    notes: RuleNotes | None = None
    held: str = ""
    resolved_at: datetime | None = None
    breaches: int = 0
    notifications: int = 0
    actions: dict[tuple[str, str], ActionsDone] = field(default_factory=dict)


@dataclass(slots=True)
class IncidentLog:
    """`_last` has the last incident of each rule, by resource: open or resolved."""

    _all: list[_Incident] = field(default_factory=list)
    _last: dict[str, dict[str, _Incident]] = field(default_factory=dict)

    def decided(self, arn: str, decision: Decision, now: datetime) -> None:
        """A breach belongs to the incident of its rule on its resource, if that is still open.

        One that was open before the replay began counts from when it opened.
        """
        if not decision.breaches and arn not in self._last:
            return
        of_resource = self._last.setdefault(arn, {})
        for breach in (*decision.opened, *_remembered(decision, of_resource)):
            last = of_resource.get(breach.rule_id)
            if last is None or last.resolved_at is not None:
                reason, notes = _said(breach.rule_id, decision.verdicts)
                opened_at = min(breach.opened_at, now)
                last = _Incident(arn, breach, opened_at, reason, notes)
                of_resource[breach.rule_id] = last
                self._all.append(last)
            last.breaches += 1
        for breach in decision.breaches.values():
            if breach.held:
                of_resource[breach.rule_id].held = breach.held
        open_rules = {each.rule_id for each in decision.breaches.values()}
        for rule, incident in of_resource.items():
            if incident.resolved_at is None and rule not in open_rules:
                # People are told that it is resolved once no breach has followed for a while.
                incident.resolved_at = None if rule in decision.standing.incidents else now

    def acted(self, arn: str, rule: str, kind: str, outcome: Outcome, now: datetime) -> None:
        incident = self._last.get(arn, {}).get(rule)
        if incident is None:
            return
        key = (kind, str(outcome.status))
        done = incident.actions.get(key)
        incident.actions[key] = ActionsDone(
            action=kind,
            outcome=outcome.status,
            times=done.times + 1 if done else 1,
            first_at=done.first_at if done else now,
            reason=done.reason if done else outcome.reason,
        )

    def notified(self, notification: Notification) -> None:
        incident = self._last.get(notification.resource_arn, {}).get(notification.rule_id)
        if incident is not None:
            incident.notifications += 1

    def records(self, now: datetime) -> Iterator[IncidentRecord]:
        """In the order in which they opened."""
        for incident in sorted(self._all, key=attrgetter("opened_at")):
            yield IncidentRecord(
                at=now,
                rule=incident.first.rule_id,
                mode=incident.first.mode,
                severity=incident.first.severity,
                channel_arn=incident.arn,
                opened_at=incident.opened_at,
                resolved_at=incident.resolved_at,
                breaches=incident.breaches,
                notifications=incident.notifications,
                actions=tuple(incident.actions.values()),
                reason=incident.reason,
                notes=incident.notes,
                held=incident.held,
            )


def _remembered(decision: Decision, of_resource: Mapping[str, _Incident]) -> tuple[Breach, ...]:
    """What was open before the replay began."""
    opened = {each.id for each in decision.opened}
    return tuple(
        each
        for each in decision.breaches.values()
        if each.id not in opened and each.rule_id not in of_resource
    )


def _said(rule: str, verdicts: Iterable[Verdict]) -> tuple[str, RuleNotes | None]:
    """The reason of the breach, and the notes of its rule."""
    for each in verdicts:
        if each.rule_id == rule and each.status is Status.BREACH:
            return each.finding.reason, each.rule.notes
    return "", None
