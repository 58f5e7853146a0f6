"""What a replay records, as values. `jsonl` and `text` print them.

The fields are those of the JSON Lines, in their order. All times are UTC. `channel_arn` is what a
record is about: nearly always a channel, else another resource, such as a stage, or the account,
whose ARN (`account/…`) is Streamwarden's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Origin(StrEnum):
    """Where an event comes from: files, steps of a scenario, or the simulated world by itself."""

    FILE = "file"
    SCENARIO = "scenario"
    SIMULATION = "simulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    record: str = field(default="event", init=False)
    at: datetime
    event_id: str
    detail_type: str
    name: str
    channel_arn: str | None
    stream_id: str | None
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord:
    """Named by `event_id`; by `position` when it has none."""

    record: str = field(default="rejected", init=False)
    at: datetime
    event_id: str | None
    position: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictRecord:
    record: str = field(default="verdict", init=False)
    at: datetime
    rule: str
    kind: str
    mode: str
    channel_arn: str
    stream_id: str | None
    verdict: str
    reason: str
    recheck_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    """`reason` says the outcome in words, which only people read."""

    record: str = field(default="action", init=False)
    at: datetime
    rule: str
    action: str
    channel_arn: str
    stream_id: str | None
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    record: str = field(default="call", init=False)
    at: datetime
    service: str
    operation: str
    parameters: Mapping[str, Any]
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRecord:
    record: str = field(default="notification", init=False)
    at: datetime
    rule: str
    severity: str
    status: str
    channel_arn: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRecord:
    record: str = field(default="summary", init=False)
    at: datetime
    events: int
    rejected: int
    breaches_opened: int
    breaches_resolved: int
    actions: int
    calls: int


type Record = (
    EventRecord
    | RejectedRecord
    | VerdictRecord
    | ActionRecord
    | CallRecord
    | NotificationRecord
    | SummaryRecord
)
