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
from ivs_simulator.wire.model import Api
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

    def client(
        self,
        caller: Caller | None = None,
        region: str = REGION,
        api: Api = Api.LOW_LATENCY,
        endpoint_url: str | None = None,
    ) -> Any:
        make: Any = boto3.client  # which is typed by the literal name
        client = make(
            api.value,
            region_name=region,
            endpoint_url=endpoint_url,
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


@pytest.fixture
def real_time(sandbox: Sandbox) -> Iterator[Any]:
    """A client of the API for real-time."""
    client = sandbox.client(api=Api.REAL_TIME)
    yield client
    client.close()
