"""A simulator with buckets, into which streams are recorded."""

import json
from dataclasses import dataclass, field
from typing import Any

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.recording.storage import Bucket, MemoryStorage, Place, StorageError, StoredObject
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, REGION, Sandbox

BUCKET = "acme-vod"
GOOD = Bucket(BUCKET, REGION, ACCOUNT, is_kms_encrypted=False)


class Disk(MemoryStorage):
    """Buckets of which some objects cannot be stored."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: tuple[str, ...] = ()

    def put(self, place: Place, key: str, stored: StoredObject) -> None:
        if key.endswith(self.refused):
            raise StorageError(f"{key}: the disk is full")
        super().put(place, key, stored)


@dataclass
class Studio(Sandbox):
    """A sandbox with buckets."""

    disk: Disk = field(default_factory=Disk)

    def __post_init__(self) -> None:
        self.world = World(lambda: self.now, self.events.append, storage=self.disk)
        self.disk.add_bucket(GOOD)
        self.ivs = self.client()

    def configuration(self, region: str = REGION, **settings: Any) -> str:
        destination = {"s3": {"bucketName": BUCKET}}
        client = self.ivs if region == REGION else self.client(region=region)
        made = client.create_recording_configuration(
            destinationConfiguration=destination, **settings
        )
        assert made["recordingConfiguration"]["state"] == "CREATING"
        return str(made["recordingConfiguration"]["arn"])

    def state(self, arn: str, region: str = REGION) -> str:
        client = self.ivs if region == REGION else self.client(region=region)
        held = client.get_recording_configuration(arn=arn)["recordingConfiguration"]
        return str(held["state"])

    def channel(self, window: int = 0, **settings: Any) -> str:
        configuration = self.configuration(recordingReconnectWindowSeconds=window, **settings)
        made = self.ivs.create_channel(name="arena", recordingConfigurationArn=configuration)
        return str(made["channel"]["arn"])

    def go_live(self, channel: str, **ingest: Any) -> Broadcast:
        value = self.world.key_value(channel)
        assert value
        return self.world.go_live(value, ingest=Ingest(**ingest))

    def stream(self, channel: str, seconds: float, **ingest: Any) -> str:
        """A stream from its beginning to its end; its id."""
        broadcast = self.go_live(channel, **ingest)
        self.later(seconds=seconds)
        broadcast.leave()
        return broadcast.stream_id

    def wait(self, seconds: float) -> None:
        self.later(seconds=seconds)
        self.world.tick()

    def details(self) -> list[dict[str, Any]]:
        """The recording events' details."""
        return [event["detail"] for event in self.received("IVS Recording State Change")]

    def statuses(self) -> list[str]:
        return [detail["recording_status"] for detail in self.details()]

    def stored(self) -> list[str]:
        return list(self.disk.objects(BUCKET))

    def document(self, key: str) -> Any:
        return json.loads(self.disk.objects(BUCKET)[key].body)
