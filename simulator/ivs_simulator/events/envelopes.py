"""EventBridge envelopes as IVS sends them; the shapes are the service's documented ones."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class DetailType(StrEnum):
    STREAM_STATE = "IVS Stream State Change"
    STREAM_HEALTH = "IVS Stream Health Change"
    RECORDING_STATE = "IVS Recording State Change"
    LIMIT_BREACH = "IVS Limit Breach"
    AD_BREAK_STATE = "IVS Ad Break State Change"
    API_CALL = "AWS API Call via CloudTrail"
    TAG_CHANGE = "Tag Change on Resource"


class EventName(StrEnum):
    SESSION_CREATED = "Session Created"
    STREAM_START = "Stream Start"
    STREAM_END = "Stream End"
    SESSION_ENDED = "Session Ended"
    STREAM_FAILURE = "Stream Failure"
    STREAM_TAKEOVER = "Stream Takeover"
    STREAM_TAKEOVER_FAILURE = "Stream Takeover Failure"
    STARVATION_START = "Starvation Start"
    STARVATION_END = "Starvation End"
    AD_BREAK_INSERTED = "Ad Break Inserted"


class RecordingStatus(StrEnum):
    START = "Recording Start"
    END = "Recording End"
    START_FAILURE = "Recording Start Failure"
    END_FAILURE = "Recording End Failure"


@dataclass(frozen=True, slots=True)
class EnvelopeMetadata:
    """Where and when an event happens, and its id."""

    event_id: str
    account: str
    region: str
    at: datetime


def envelope(
    metadata: EnvelopeMetadata,
    detail_type: DetailType,
    resources: list[str],
    detail: dict[str, Any],
) -> dict[str, Any]:
    return {
        "version": "0",
        "id": metadata.event_id,
        "detail-type": str(detail_type),
        "source": "aws.ivs",
        "account": metadata.account,
        "time": event_time(metadata.at),
        "region": metadata.region,
        "resources": resources,
        "detail": detail,
    }


def event_time(at: datetime) -> str:
    """EventBridge and CloudTrail write whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
