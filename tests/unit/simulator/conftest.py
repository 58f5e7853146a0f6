"""A world on a clock of the test's own, and a boto3 client answered by it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ivs_simulator.dispatch.in_process import attach
from ivs_simulator.events.cloudtrail import Caller
from ivs_simulator.runtime.call_log import RecordedCall
from ivs_simulator.world import World

ACCOUNT = "444455556666"
REGION = "eu-central-1"
NOW = datetime(2026, 3, 14, 18, 2, 11, tzinfo=UTC)


@dataclass
class Sandbox:
    """A world with everything it said and was asked."""

    now: datetime = NOW
    events: list[dict[str, Any]] = field(default_factory=list)
    calls: list[RecordedCall] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = World(lambda: self.now, self.events.append, recorder=self.calls.append)

    def client(self, caller: Caller | None = None, region: str = REGION) -> Any:
        client = boto3.client(
            "ivs",
            region_name=region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(retries={"total_max_attempts": 1}),
        )
        attach(client, self.world, account=ACCOUNT, caller=caller)
        return client

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def received(self, detail_type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["detail-type"] == detail_type]

    def names(self) -> list[str]:
        """What the service said about streams, in order."""
        return [event["detail"]["event_name"] for event in self.events if event["resources"]]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


@pytest.fixture
def ivs(sandbox: Sandbox) -> Iterator[Any]:
    client = sandbox.client()
    yield client
    client.close()
