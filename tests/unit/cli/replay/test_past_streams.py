"""The recording of one stream fails, and another stream comes."""

from typing import Any, Final

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

_POLICY: Final = """
version: 1
rules:
- {id: recordings-arrive, kind: recording_failed, mode: enforce, actions: [stop]}
"""


def recording(time: str, status: str, stream_id: str, recording_id: str) -> dict[str, Any]:
    detail = {
        "recording_status": status,
        "recording_status_reason": "",
        "recording_s3_bucket_name": "bucket",
        "recording_s3_key_prefix": "prefix",
        "recording_duration_ms": 0,
        "recording_session_id": recording_id,
        "recording_session_stream_ids": [stream_id],
        "channel_name": "lobby",
        "stream_id": stream_id,
    }
    return raw.event(time, "IVS Recording State Change", detail, (raw.LOBBY,))


def test_the_stream_after_one_whose_recording_failed_stays_on_the_air(
    replay: Replay, write: Write
) -> None:
    timeline = [
        raw.created(raw.at("09:00:00"), {}),
        raw.stream(raw.at("09:01:00"), "Stream Start", "st-1"),
        recording(raw.at("09:01:00"), "Recording Start", "st-1", "rec-1"),
        raw.stream(raw.at("09:30:00"), "Stream End", "st-1"),
        recording(raw.at("09:30:04"), "Recording End Failure", "st-1", "rec-1"),
        raw.stream(raw.at("11:00:00"), "Stream Start", "st-2"),
        recording(raw.at("11:00:08"), "Recording Start", "st-2", "rec-2"),
    ]

    played = replay(
        write("events.jsonl", timeline), "--until", "10m", policy=write("policy.yaml", _POLICY)
    )

    assert played.code == 0
    assert played.calls("StopStream") == []
    assert len(played.of("notification", status="opened")) == 1
