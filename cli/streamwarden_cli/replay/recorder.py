"""Turns what happens on the stack into records, each written once, and counts them.

The incidents are written at the end, before the summary.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ivs_simulator.runtime.call_log import RecordedCall
from streamwarden.domain.decision import Decision
from streamwarden.domain.events import Event
from streamwarden.domain.state.resource import Outcome
from streamwarden.domain.verdicts import Action, Notification, Verdict
from streamwarden.services.rotate import Rotated
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.replay.clock import VirtualClock
from streamwarden_cli.replay.incidents import IncidentLog
from streamwarden_cli.replay.records import (
    ActionRecord,
    CallRecord,
    EventRecord,
    NotificationRecord,
    Origin,
    Record,
    RejectedRecord,
    SummaryRecord,
    VerdictRecord,
)
from streamwarden_cli.replay.timeline import Rejection

# Spans of time in a reason, as `format_duration` writes them.
_SPAN: Final = re.compile(r"\d+[dhms]\b(?: \d+[dhms]\b)*")

type Write = Callable[[Record], None]
type _Standing = tuple[str, ...]


@dataclass(slots=True)
class Recorder:
    """`write` takes each record at the moment it happens.

    Events, verdicts and calls are many. Where nobody reads them (`has_every_record`), no record is
    made of them: a third of the time of a replay.
    """

    clock: VirtualClock
    write: Write
    has_every_record: bool = True
    _counts: Counter[str] = field(default_factory=Counter)
    _standings: dict[tuple[str, str], _Standing] = field(default_factory=dict)
    _incidents: IncidentLog = field(default_factory=IncidentLog)

    def event(self, event: Event, arn: str | None, origin: Origin) -> None:
        if origin is not Origin.SIMULATION:
            self._counts["events"] += 1
        if not self.has_every_record:
            return
        self.write(
            EventRecord(
                at=self.clock(),
                event_id=event.envelope.id,
                detail_type=event.envelope.detail_type,
                name=event.name,
                channel_arn=arn,
                stream_id=getattr(event, "stream_id", None),
                origin=origin,
            )
        )

    def rejection(self, rejection: Rejection) -> None:
        self._counts["rejected"] += 1
        self.write(
            RejectedRecord(
                at=self.clock(),
                event_id=rejection.event_id,
                position=rejection.position,
                reason=rejection.reason,
            )
        )

    def refusal(self, error: DocumentErrors) -> None:
        """A step of the scenario cannot be done: nothing after it would be what it says."""
        raise error

    def assumed(self) -> None:
        """A channel has the API's defaults and no tags, because only events are known of it."""
        self._counts["assumed_channels"] += 1

    def decision(self, arn: str, decision: Decision) -> None:
        self._incidents.decided(arn, decision, self.clock())
        if decision.opened or decision.resolved:
            self._counts["breaches_opened"] += len(decision.opened)
            self._counts["breaches_resolved"] += len(decision.resolved)
        if not self.has_every_record:
            return
        for verdict in decision.verdicts:
            place = (verdict.resource_arn, verdict.rule_id)
            standing = _standing(verdict)
            if self._standings.get(place) != standing:
                self._standings[place] = standing
                self._verdict(verdict)

    def _verdict(self, verdict: Verdict) -> None:
        self.write(
            VerdictRecord(
                at=self.clock(),
                rule=verdict.rule_id,
                kind=verdict.kind,
                mode=verdict.mode,
                channel_arn=verdict.resource_arn,
                stream_id=verdict.stream_id,
                verdict=verdict.status,
                reason=verdict.finding.reason,
                recheck_at=verdict.finding.recheck_at,
            )
        )

    def action(self, action: Action, outcome: Outcome) -> None:
        self._action(action.rule_id, action.kind, action.resource_arn, action.stream_id, outcome)

    def rotation(self, rotated: Rotated) -> None:
        arn = rotated.channel_arn
        self._action(rotated.rule_id, rotated.kind, arn, None, rotated.outcome)

    def _action(
        self, rule: str, kind: str, arn: str, stream_id: str | None, outcome: Outcome
    ) -> None:
        self._counts["actions"] += 1
        self._incidents.acted(arn, rule, kind, outcome, self.clock())
        self.write(
            ActionRecord(
                at=self.clock(),
                rule=rule,
                action=kind,
                channel_arn=arn,
                stream_id=stream_id,
                outcome=outcome.status,
                reason=outcome.reason,
            )
        )

    def call(self, call: RecordedCall) -> None:
        self._counts["calls"] += 1
        if not self.has_every_record:
            return
        self.write(
            CallRecord(
                at=self.clock(),
                service="ivs",
                operation=call.operation,
                parameters=call.params,
                outcome=call.outcome,
            )
        )

    def notification(self, notification: Notification) -> None:
        self._counts["notifications"] += 1
        self._incidents.notified(notification)
        self.write(
            NotificationRecord(
                at=self.clock(),
                rule=notification.rule_id,
                severity=notification.severity,
                status=notification.status,
                channel_arn=notification.resource_arn,
                title=notification.title,
            )
        )

    def summary(self) -> None:
        for incident in self._incidents.records(self.clock()):
            self.write(incident)
        names = set(SummaryRecord.__struct_fields__) - {"at"}
        self.write(SummaryRecord(at=self.clock(), **{name: self._counts[name] for name in names}))


def _standing(verdict: Verdict) -> _Standing:
    """What makes a verdict another one. That time has passed does not."""
    finding = verdict.finding
    return (finding.status, verdict.mode, finding.subject.id, _SPAN.sub("", finding.reason))
