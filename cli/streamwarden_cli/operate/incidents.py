"""`streamwarden open`: what is open now, one line each, the most urgent first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streamwarden.domain.decision import Incident
from streamwarden.domain.verdicts import Breach, Mode, Severity
from streamwarden.services.fleet import open_incidents
from streamwarden.services.records import OpenIncident, Record
from streamwarden_cli.operate.done import describe_done
from streamwarden_cli.operate.notified import Notifications, Notified
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import (
    SEVERITIES,
    format_ago,
    format_resource,
    severity_cell,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One thing that is open, with what was done about it. `text` says that in words.

    `times` is how often the rule was broken since it opened. `notified` is what destinations know.
    """

    resource_arn: str
    name: str
    rule_id: str
    severity: Severity
    mode: Mode
    opened_at: datetime
    stream_id: str | None
    is_calm: bool
    text: str
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    times: int = 1
    notified: tuple[Notified, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """What of all that is open is listed; no rules are all of them."""

    rules: frozenset[str] = frozenset()
    has_observed: bool = True

    def has(self, each: OpenIncident) -> bool:
        is_notified = self.has_observed or each.mode is not Mode.OBSERVE
        return is_notified and (not self.rules or each.rule_id in self.rules)

    def has_any(self, incidents: Iterable[OpenIncident]) -> bool:
        return any(map(self.has, incidents))


ALL: Final = Selection()


def opened_in(
    records: Iterable[Record],
    notifications: Notifications,
    now: datetime,
    selection: Selection = ALL,
) -> list[Opened]:
    """The most urgent first, of these the oldest."""
    found = [each for record in records for each in _opened(record, notifications, now, selection)]
    return sorted(
        found, key=lambda each: (SEVERITIES.index(each.severity), each.opened_at, each.name)
    )


def open_section(opened: Sequence[Opened], now: datetime, observed: int = 0) -> Section:
    """`observed` breaches of rules in mode observe were left out."""
    left_out = f"; beside {observed:,} that are only observed (--observed)" if observed else ""
    return Section(
        key="open",
        title=f"Open: {len(opened):,}{left_out}",
        headings=("channel", "rule", "severity", "mode", "since", "what was done"),
        rows=[_row(each, now) for each in opened],
        values=[
            {
                "resource_arn": each.resource_arn,
                "name": each.name,
                "rule": each.rule_id,
                "severity": each.severity,
                "mode": each.mode,
                "opened_at": each.opened_at,
                "stream_id": each.stream_id,
                "is_calm": each.is_calm,
                "times": each.times,
                "done": each.text,
                "notified": [
                    {
                        "destination": known.destination,
                        "sent_at": known.sent_at,
                        "waits": known.waits or None,
                    }
                    for known in each.notified
                ],
                "acknowledged_by": each.acknowledged_by or None,
                "acknowledged_at": each.acknowledged_at,
            }
            for each in opened
        ],
        empty="nothing is open",
    )


def _opened(
    record: Record, notifications: Notifications, now: datetime, selection: Selection
) -> Iterator[Opened]:
    breaches = {each.rule_id: each for each in record.breaches.values()}
    name = record.state.settings.get("name")
    for each in filter(selection.has, open_incidents(record.standing)):
        breach = breaches.get(each.rule_id)
        incident = record.standing.incidents.get(each.rule_id)
        yield Opened(
            resource_arn=record.state.arn,
            name=str(name.value) if name else "",
            rule_id=each.rule_id,
            severity=each.severity,
            mode=each.mode,
            opened_at=_opened_at(incident, breach) or now,
            stream_id=breach.stream_id if breach else None,
            is_calm=each.is_calm,
            text=describe_done(record, incident, breach, notifications, now),
            acknowledged_by=incident.acknowledged_by if incident else "",
            acknowledged_at=incident.acknowledged_at if incident else None,
            times=incident.times if incident else 1,
            notified=notifications.of(record, incident) if incident else (),
        )


def _opened_at(incident: Incident | None, breach: Breach | None) -> datetime | None:
    """An incident opens with its first breach."""
    first = incident or breach
    return first.opened_at if first is not None else None


def acknowledged_in_words(incident: Incident | Opened, now: datetime) -> str:
    """Empty where nobody has acknowledged it."""
    if incident.acknowledged_at is None:
        return ""
    return f"acknowledged by {incident.acknowledged_by} {format_ago(incident.acknowledged_at, now)}"


def repeated_in_words(times: int) -> str:
    """Empty for an incident of one breach."""
    return f"{times:,} breaches so far" if times > 1 else ""


def incidents_section(incidents: Iterable[Incident], now: datetime) -> Section:
    """How often the rule was broken since it opened, and who looks after it."""
    found = [*incidents]
    return Section(
        key="incidents",
        title="Open incidents",
        headings=("rule", "since", "breaches", "acknowledged"),
        rows=[
            (
                each.rule_id,
                format_ago(each.opened_at, now),
                f"{each.times:,}",
                acknowledged_in_words(each, now),
            )
            for each in found
        ],
        values=[
            {
                "rule": each.rule_id,
                "opened_at": each.opened_at,
                "times": each.times,
                "acknowledged_by": each.acknowledged_by or None,
                "acknowledged_at": each.acknowledged_at,
            }
            for each in found
        ],
    )


def _row(opened: Opened, now: datetime) -> Row:
    acknowledged = acknowledged_in_words(opened, now)
    return (
        format_resource(opened.resource_arn, opened.name),
        opened.rule_id,
        severity_cell(opened.severity),
        opened.mode.value,
        format_ago(opened.opened_at, now),
        "; ".join(filter(None, (repeated_in_words(opened.times), opened.text, acknowledged))),
    )
