"""The lifecycle of a stream: a channel to stream to, and the events of IVS with their times."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.events.envelopes import DetailType
from ivs_simulator.state.options import REALISTIC, Options, Quotas
from ivs_simulator.wire.timestamps import parse_time
from tests.unit.simulator.conftest import NOW, Sandbox

MULTITRACK = {
    "containerFormat": "FRAGMENTED_MP4",
    "multitrackInputConfiguration": {
        "enabled": True,
        "policy": "ALLOW",
        "maximumResolution": "FULL_HD",
    },
}
REALISTIC_OPTIONS = Options(latencies=REALISTIC)


@dataclass(frozen=True)
class Made:
    arn: str
    key_arn: str
    key: str = field(repr=False)


def make_channel(ivs: Any, **settings: Any) -> Made:
    made = ivs.create_channel(**settings)
    return Made(made["channel"]["arn"], made["streamKey"]["arn"], made["streamKey"]["value"])


def timeline(sandbox: Sandbox, since: timedelta = timedelta(0)) -> list[tuple[int, str]]:
    """The service events in order: seconds after the beginning of the test, and the name."""
    return [
        (int((parse_time(event["time"]) - NOW).total_seconds()), _name(event["detail"]))
        for event in sandbox.events
        if event["detail-type"] != DetailType.API_CALL and parse_time(event["time"]) >= NOW + since
    ]


def names(sandbox: Sandbox, since: timedelta = timedelta(0)) -> list[str]:
    return [name for _, name in timeline(sandbox, since)]


def pass_time(sandbox: Sandbox, **span: float) -> None:
    """Time passes, and what was due by then has happened."""
    sandbox.later(**span)
    sandbox.world.tick()


def refused_code(operation: Any, **params: Any) -> str:
    with pytest.raises(ClientError) as caught:
        operation(**params)
    return str(caught.value.response["Error"]["Code"])


def room_for(streams: int, options: Options = REALISTIC_OPTIONS) -> Options:
    return Options(latencies=options.latencies, quotas=Quotas(concurrent_streams=streams))


def _name(detail: dict[str, Any]) -> str:
    return str(detail.get("event_name") or detail.get("limit_name") or detail["recording_status"])
