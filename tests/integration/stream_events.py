"""Events of streams as EventBridge delivers them, made up beside the simulator."""

from typing import Any

from ivs_simulator.broadcasting.broadcast import Broadcast
from tests.integration.driver import ACCOUNT, NOON, REGION


def stream_start(channel_arn: str, **changes: Any) -> dict[str, Any]:
    event = {
        "version": "0",
        "id": "f32a5c35-fda3-4fec-9f7f-9fdc67ded052",
        "detail-type": "IVS Stream State Change",
        "source": "aws.ivs",
        "account": "123456789012",
        "time": NOON.isoformat(),
        "region": REGION,
        "resources": [channel_arn],
        "detail": {"event_name": "Stream Start", "channel_name": "studio", "stream_id": "st-1"},
    }
    return {**event, **changes}


def end_of(live: Broadcast) -> dict[str, Any]:
    """An end event of a session that goes on nevertheless."""
    return {
        "version": "0",
        "id": "83faac57-2f56-4652-466d-e486522c4f8d",
        "detail-type": "IVS Stream State Change",
        "source": "aws.ivs",
        "account": ACCOUNT,
        "time": "2026-03-14T12:00:30Z",
        "region": REGION,
        "resources": [live.channel_arn],
        "detail": {
            "event_name": "Stream End",
            "channel_name": "studio",
            "stream_id": live.stream_id,
        },
    }
