"""What a replay records, as values. `jsonl`, `text` and `answer` print them.

The fields are those of the JSON Lines, in their order; `docs/replay.schema.json` is made from them.
All times are UTC. `channel_arn` is what a record is about: nearly always a channel, else another
resource, such as a stage, or the account, whose ARN (`account/…`) is Streamwarden's own.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from streamwarden.domain.verdicts import RuleNotes


class Origin(StrEnum):
    """Where an event comes from: files, steps of a scenario, or the simulated world by itself."""

    FILE = "file"
    SCENARIO = "scenario"
    SIMULATION = "simulation"


class _Record(Struct, frozen=True, kw_only=True, tag_field="record"):
    """`at` is the moment on the virtual clock."""

    at: datetime

    @property
    def word(self) -> str:
        """What the member `record` says: `event`, `verdict` …"""
        return str(self.__struct_config__.tag)


class EventRecord(_Record, frozen=True, kw_only=True, tag="event"):
    event_id: str
    detail_type: str
    name: str
    channel_arn: str | None
    stream_id: str | None
    origin: Origin


class RejectedRecord(_Record, frozen=True, kw_only=True, tag="rejected"):
    """Named by `event_id`, if it has one, and by its `position` in the files."""

    event_id: str | None
    position: str
    reason: str


class VerdictRecord(_Record, frozen=True, kw_only=True, tag="verdict"):
    rule: str
    kind: str
    mode: str
    channel_arn: str
    stream_id: str | None
    verdict: str
    reason: str
    recheck_at: datetime | None


class ActionRecord(_Record, frozen=True, kw_only=True, tag="action"):
    """`reason` says the outcome in words."""

    rule: str
    action: str
    channel_arn: str
    stream_id: str | None
    outcome: str
    reason: str


class CallRecord(_Record, frozen=True, kw_only=True, tag="call"):
    service: str
    operation: str
    parameters: Mapping[str, Any]
    outcome: str


class NotificationRecord(_Record, frozen=True, kw_only=True, tag="notification"):
    rule: str
    severity: str
    status: str
    channel_arn: str
    title: str


class ActionsDone(Struct, frozen=True, kw_only=True):
    """Actions of one kind with one outcome. `reason` is that of the first."""

    action: str
    outcome: str
    times: int
    first_at: datetime
    reason: str


class IncidentRecord(_Record, frozen=True, kw_only=True, tag="incident"):
    """The breaches of one rule on one resource that followed each other, told at the end.

    `resolved_at` is null while the incident is open. `reason` is that of the first breach. `notes`
    are the description, the owner and the runbook of the rule, if it has any. `held` says what held
    an action back; empty if nothing did.
    """

    rule: str
    mode: str
    severity: str
    channel_arn: str
    opened_at: datetime
    resolved_at: datetime | None
    breaches: int
    notifications: int
    actions: tuple[ActionsDone, ...]
    reason: str
    notes: RuleNotes | None
    held: str


class SummaryRecord(_Record, frozen=True, kw_only=True, tag="summary"):
    """`assumed_channels` are those of which only events are known."""

    events: int
    rejected: int
    breaches_opened: int
    breaches_resolved: int
    actions: int
    calls: int
    notifications: int
    assumed_channels: int


type Record = (
    EventRecord
    | RejectedRecord
    | VerdictRecord
    | ActionRecord
    | CallRecord
    | NotificationRecord
    | IncidentRecord
    | SummaryRecord
)
