"""What a broadcaster's story is told with: a channel to stream to, and what IVS said, and when."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.events.envelopes import DetailType
from ivs_simulator.state.options import LIFELIKE, Behaviour, Quotas
from ivs_simulator.wire.timestamps import parse_time
from tests.unit.simulator.conftest import NOW, Scene

MULTITRACK = {
    "containerFormat": "FRAGMENTED_MP4",
    "multitrackInputConfiguration": {
        "enabled": True,
        "policy": "ALLOW",
        "maximumResolution": "FULL_HD",
    },
}
LIFELIKE_BEHAVIOUR = Behaviour(pace=LIFELIKE)


@dataclass(frozen=True)
class Made:
    arn: str
    key_arn: str
    key: str = field(repr=False)


def make_channel(ivs: Any, **settings: Any) -> Made:
    made = ivs.create_channel(**settings)
    return Made(made["channel"]["arn"], made["streamKey"]["arn"], made["streamKey"]["value"])


def told(scene: Scene, since: timedelta = timedelta(0)) -> list[tuple[int, str]]:
    """The service events in order: seconds after the scene's beginning, and what happened."""
    return [
        (int((parse_time(event["time"]) - NOW).total_seconds()), _name(event["detail"]))
        for event in scene.events
        if event["detail-type"] != DetailType.API_CALL and parse_time(event["time"]) >= NOW + since
    ]


def names(scene: Scene, since: timedelta = timedelta(0)) -> list[str]:
    return [name for _, name in told(scene, since)]


def pass_time(scene: Scene, **span: float) -> None:
    """Time passes, and what was due by then has happened."""
    scene.later(**span)
    scene.world.tick()


def refused_code(operation: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as caught:
        operation(**params)
    return str(caught.value.response["Error"]["Code"])


def room_for(streams: int, behaviour: Behaviour = LIFELIKE_BEHAVIOUR) -> Behaviour:
    return Behaviour(pace=behaviour.pace, quotas=Quotas(concurrent_streams=streams))


def _name(detail: dict[str, Any]) -> str:
    return str(detail.get("event_name") or detail.get("limit_name") or detail["recording_status"])
