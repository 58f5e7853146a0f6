"""The control interface, without its socket."""

import json
from typing import Any

import pytest

from simulator.api.call_log import CallLog
from simulator.control.server import Desk, answer
from simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION


class Bench:
    """A desk to send requests to, and what came out of its world."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        log = CallLog()
        world = World(lambda: NOW, self.events.append, recorder=log.append)
        self.desk = Desk(world, ACCOUNT, REGION, log)

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return answer(self.desk, "POST", path, json.dumps(body).encode())

    def get(self, target: str) -> Any:
        status, content = answer(self.desk, "GET", target, b"")
        assert status == 200
        return json.loads(json.dumps(content))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def arn(bench: Bench) -> str:
    _, made = bench.post("/create-channel-at", createdAt="2026-02-01T00:00:00Z", name="old")
    return str(made["channelArn"])


def test_a_channel_made_in_the_past_is_told_with_that_time(bench: Bench, arn: str) -> None:
    assert [event["time"] for event in bench.events] == ["2026-02-01T00:00:00Z"]
    (channel,) = bench.get("/state")["channels"]
    assert (channel["arn"], channel["createdAt"]) == (arn, "2026-02-01T00:00:00.000Z")


def test_a_broadcast_is_played_through(bench: Bench, arn: str) -> None:
    _, live = bench.post("/go-live", channelArn=arn, startedAt="2026-03-14T10:00:00Z")
    for path in ("/stall", "/resume"):
        assert bench.post(path, channelArn=arn)[0] == 200
    bench.post("/viewers", channelArn=arn, count=7)
    bench.post("/backdate", channelArn=arn, startedAt="2026-03-13T10:00:00Z")

    (channel,) = bench.get("/state")["channels"]
    assert channel["live"] == {
        "streamId": live["streamId"],
        "startTime": "2026-03-13T10:00:00.000Z",
        "health": "HEALTHY",
        "viewerCount": 7,
    }
    assert bench.post("/leave", channelArn=arn)[0] == 200
    assert bench.get("/state")["channels"][0]["live"] is None


def test_no_answer_carries_a_key_value(bench: Bench, arn: str) -> None:
    value = bench.desk.world.key_value(arn)
    assert value
    said = [bench.post("/go-live", keyValue=value), bench.get("/state"), bench.get("/calls")]

    assert value not in json.dumps(said)


def test_calls_can_be_asked_for_since_a_number(bench: Bench, arn: str) -> None:
    first = bench.get("/calls")
    with pytest.raises(Exception, match="ChannelNotBroadcasting"):
        bench.desk.world.call("StopStream", {"channelArn": arn}, account=ACCOUNT, region=REGION)

    (call,) = bench.get(f"/calls?since={first['next']}")["calls"]
    assert (call["operation"], call["outcome"]) == ("StopStream", "ChannelNotBroadcasting")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", {}, 404),
        ("/stall", {}, 400),
        ("/stall", {"channelArn": "arn:aws:s3:::bucket"}, 400),
        ("/stall", {"channelArn": f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/never"}, 404),
        ("/go-live", {"keyValue": "sk_wrong"}, 409),
        ("/create-channel-at", {"createdAt": "2026-02-01T00:00:00"}, 400),
    ],
)
def test_what_cannot_be_done_is_a_client_error(
    bench: Bench, path: str, body: dict[str, Any], status: int
) -> None:
    answered, content = bench.post(path, **body)

    assert (answered, "error" in content) == (status, True)


def test_an_injected_fault_reaches_the_next_call(bench: Bench, arn: str) -> None:
    bench.post("/fail-next", operation="GetChannel", code="ThrottlingException")

    with pytest.raises(Exception, match="ThrottlingException"):
        bench.desk.world.call("GetChannel", {"arn": arn}, account=ACCOUNT, region=REGION)
