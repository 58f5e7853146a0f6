"""Every low-latency event, caused by what causes it, in the shape of its sample in `events/`."""

import json
from pathlib import Path
from typing import Any

import pytest

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.recording.storage import Bucket, MemoryStorage
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.errors import StreamKeyRefused
from ivs_simulator.world import World
from tests.unit.simulator.asking import ONE
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

SAMPLES = Path(__file__).resolve().parents[4] / "events"
LOW_LATENCY = ("stream-state", "stream-health", "limit-breach", "recording-state", "ad-break")
# The same event under the member name of the EventBridge schema registry: a switch.
OTHER_NAME = "ingest-bitrate-as-limit"

GOOD = Bucket("acme-vod", REGION, ACCOUNT, is_kms_encrypted=False)
KMS = Bucket("locked-vod", REGION, ACCOUNT, is_kms_encrypted=True)

type Shape = Any
type Name = tuple[str, str, str, bool]


def samples() -> dict[Name, dict[str, Any]]:
    files = [file for folder in LOW_LATENCY for file in sorted((SAMPLES / folder).glob("*.json"))]
    events = [json.loads(file.read_text()) for file in files if file.stem != OTHER_NAME]
    return {name_of(event): event for event in events}


def name_of(event: dict[str, Any]) -> Name:
    """What makes one kind of event: its names, its unit, and whether it has a code."""
    detail = event["detail"]
    names = ("event_name", "limit_name", "recording_status")
    name = next(detail[each] for each in names if each in detail)
    return event["detail-type"], name, detail.get("limit_unit", ""), "code" in detail


def shape_of(value: Any) -> Shape:
    match value:
        case dict():
            return {name: shape_of(each) for name, each in value.items()}
        case list():
            return [shape_of(each) for each in value[:1]]
        case _:
            return type(value)


@pytest.fixture(scope="module")
def emitted() -> dict[Name, dict[str, Any]]:
    """An evening in which everything happens that has an event of IVS."""
    sandbox = Sandbox()
    storage = MemoryStorage()
    storage.add_bucket(GOOD)
    storage.add_bucket(KMS)
    quotas = Quotas(concurrent_streams=2, concurrent_viewers=10)
    sandbox.world = World(
        lambda: sandbox.now,
        sandbox.events.append,
        storage=storage,
        options=Options(quotas=quotas),
    )
    evening(sandbox)
    return {
        name_of(each): each for each in sandbox.events if each["detail-type"].startswith("IVS ")
    }


def evening(sandbox: Sandbox) -> None:
    ivs = sandbox.client()
    recorded(sandbox, ivs)
    advertised(sandbox, ivs)
    go_live(sandbox, channel(ivs), Ingest(video_bitrate=9_000_000))
    go_live(sandbox, channel(ivs), Ingest(width=2_560, height=1_440))
    go_live(sandbox, channel(ivs), Ingest(tracks=2))
    first, second = (go_live(sandbox, channel(ivs)) for _ in range(2))
    go_live(sandbox, channel(ivs))
    second.watched_by(11)
    first.leave()
    second.fail()


def recorded(sandbox: Sandbox, ivs: Any) -> None:
    for bucket in (GOOD, KMS):
        made = ivs.create_recording_configuration(
            destinationConfiguration={"s3": {"bucketName": bucket.name}}
        )
        arn = made["recordingConfiguration"]["arn"]
        arena = channel(ivs, recordingConfigurationArn=arn)
        go_live(sandbox, arena).leave()
        if bucket is GOOD:
            broken = go_live(sandbox, arena)
            broken.fail_recording()
            broken.leave()


def advertised(sandbox: Sandbox, ivs: Any) -> None:
    made = ivs.create_ad_configuration(mediaTailorPlaybackConfigurations=ONE)
    arena = channel(ivs, adConfigurationArn=made["adConfiguration"]["arn"])
    live = go_live(sandbox, arena)
    ivs.insert_ad_break(channelArn=arena, durationSeconds=30)
    live.stall()
    sandbox.later(seconds=5)
    live.resume()
    value = sandbox.world.key_value(arena)
    assert value is not None
    sandbox.world.go_live(value, priority=2)
    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(value, priority=1)
    live.leave()


def channel(ivs: Any, **settings: Any) -> str:
    return str(ivs.create_channel(name="arena", **settings)["channel"]["arn"])


def go_live(sandbox: Sandbox, arn: str, ingest: Ingest | None = None) -> Broadcast:
    value = sandbox.world.key_value(arn)
    assert value is not None
    return sandbox.world.go_live(value, ingest=ingest)


def test_there_is_a_sample_of_every_emitted_event(emitted: dict[Name, dict[str, Any]]) -> None:
    assert emitted.keys() == samples().keys()


@pytest.mark.parametrize("name", samples(), ids=lambda name: " ".join(map(str, name[1:])))
def test_an_event_has_the_shape_of_its_sample(
    emitted: dict[Name, dict[str, Any]], name: Name
) -> None:
    event, sample = emitted[name], samples()[name]

    assert shape_of(event) == shape_of(sample)
    assert list(event) == list(sample), "in the same order"
    assert event["detail"].get("limit_unit") == sample["detail"].get("limit_unit")
