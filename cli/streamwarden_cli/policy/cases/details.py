"""What IVS would say in an event of some name, where a case does not say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ivs_simulator.events.envelopes import event_time
from streamwarden.domain.events import (
    DETAIL_TYPES,
    AdBreakStateChange,
    LimitBreach,
    LimitName,
    RecordingStateChange,
    RecordingStatus,
    StreamHealthChange,
    StreamStateChange,
)
from streamwarden_cli.replay.fleet import FleetChannel

# The models of events on a channel, and of limits, which may also be the account's.
_MODELS: Final = (
    StreamStateChange,
    StreamHealthChange,
    RecordingStateChange,
    LimitBreach,
    AdBreakStateChange,
)
# From each name to its detail-type.
SERVICE_EVENTS: Final[Mapping[str, str]] = {
    str(name): detail_type
    for detail_type, shape in DETAIL_TYPES.items()
    if shape.model in _MODELS
    for name in shape.names
}
OF_ACCOUNT: Final = frozenset({LimitName.CONCURRENT_BROADCASTS, LimitName.CONCURRENT_VIEWERS})

# As in the samples of `events/`; the limits are the defaults of a STANDARD channel and an account.
_LIMITS: Final[Mapping[str, tuple[int, int, str]]] = {
    LimitName.INGEST_BITRATE: (8_500_000, 1_000_000, "bits per second"),
    LimitName.INGEST_RESOLUTION: (1920, 384, "pixels per edge"),
    LimitName.CONCURRENT_BROADCASTS: (100, 1, "broadcasts"),
    LimitName.CONCURRENT_VIEWERS: (15_000, 100, "viewers"),
}


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event of a case: what, when, and in which stream and recording of a channel."""

    name: str
    at: datetime
    stream_id: str
    recording_id: str


def detail_of(event: CaseEvent, channel: FleetChannel) -> dict[str, Any]:
    """The detail with every member that the model of the event asks for."""
    name = event.name
    if name in OF_ACCOUNT:
        return _limit(name)
    of_stream = {"channel_name": channel.name or "", "stream_id": event.stream_id}
    if name in _LIMITS:
        return {**_limit(name), **of_stream}
    if name in set(RecordingStatus):
        return {"recording_status": name, **of_stream, **_recording(event)}
    detail: dict[str, Any] = {"event_name": name, **of_stream}
    if DETAIL_TYPES[SERVICE_EVENTS[name]].model is AdBreakStateChange:
        detail |= {
            "ad_break_id": "ad-break-1",
            "duration_seconds": 30,
            "target_start_time": event_time(event.at),
        }
    return detail


def _limit(name: str) -> dict[str, Any]:
    limit, exceeded_by, unit = _LIMITS[name]
    return {
        "limit_name": name,
        "limit_value": limit,
        "exceeded_by": exceeded_by,
        "limit_unit": unit,
    }


def _recording(event: CaseEvent) -> dict[str, Any]:
    return {
        "recording_status_reason": "",
        "recording_s3_bucket_name": "recordings",
        "recording_s3_key_prefix": f"ivs/v1/{event.recording_id}",
        "recording_duration_ms": 0,
        "recording_session_id": event.recording_id,
        "recording_session_stream_ids": [event.stream_id],
    }
