"""The control interface, without its socket."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.control.client import Control, ControlRefused
from ivs_simulator.control.context import ControlContext
from ivs_simulator.control.endpoints import ENDPOINTS
from ivs_simulator.control.in_process import InProcessControl
from ivs_simulator.control.server import answer
from ivs_simulator.runtime.call_log import CallLog
from ivs_simulator.runtime.clock import Clock
from ivs_simulator.state.options import REALISTIC
from ivs_simulator.wire.errors import IvsError
from ivs_simulator.world import World
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION

LONG_AGO = "2026-02-01T00:00:00Z"
CONFLICT = "ConflictException"
ANY_ARN = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/AbCdEfGhIjKl"
UNPLACED = {"source": "aws.ivs", "detail-type": "AWS API Call via CloudTrail", "detail": {}}


CALLER = "arn:aws:iam::210987654321:user/kim"
SEEDED = "arn:aws:ivs:eu-west-1:210987654321:channel/seeded"
BEGAN = "2026-03-14T17:00:00Z"


class Bench:
    """A control context to send requests to, and the events of its world."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        log = CallLog()
        clock = Clock(lambda: NOW)
        world = World(clock, self.events.append, recorder=log.append)
        self.context = ControlContext(world, ACCOUNT, REGION, log, clock=clock)

    def post(self, path: str, **body: Any) -> tuple[int, Any]:
        return answer(self.context, "POST", path, json.dumps(body).encode())

    def get(self, target: str) -> Any:
        status, content = answer(self.context, "GET", target, b"")
        assert status == 200
        return json.loads(json.dumps(content))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def arn(bench: Bench) -> str:
    _, made = bench.post("/create-channel-at", createdAt="2026-02-01T00:00:00Z", name="old")
    return str(made["channelArn"])


def test_the_event_of_a_channel_made_in_the_past_has_that_time(bench: Bench, arn: str) -> None:
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
    assert (
        channel["live"].items()
        >= {
            "streamId": live["streamId"],
            "startTime": "2026-03-13T10:00:00.000Z",
            "health": "HEALTHY",
            "viewerCount": 7,
        }.items()
    )
    assert bench.post("/leave", channelArn=arn)[0] == 200
    assert bench.get("/state")["channels"][0]["live"] is None


def test_no_answer_carries_a_key_value(bench: Bench, arn: str) -> None:
    value = bench.context.world.key_value(arn)
    assert value
    output = [bench.post("/go-live", keyValue=value), bench.get("/state"), bench.get("/calls")]

    assert value not in json.dumps(output)


def test_calls_can_be_asked_for_since_a_number(bench: Bench, arn: str) -> None:
    first = bench.get("/calls")
    with pytest.raises(Exception, match="ChannelNotBroadcasting"):
        bench.context.world.call("StopStream", {"channelArn": arn}, account=ACCOUNT, region=REGION)

    (call,) = bench.get(f"/calls?since={first['next']}")["calls"]
    assert (call["operation"], call["outcome"]) == ("StopStream", "ChannelNotBroadcasting")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/nowhere", {}, 404),
        ("/stall", {}, 400),
        ("/stall", {"channelArn": "arn:aws:s3:::bucket"}, 400),
        ("/go-live", {"channelArn": f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/never"}, 404),
        ("/watch", {"channelArn": f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/never"}, 404),
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
        bench.context.world.call("GetChannel", {"arn": arn}, account=ACCOUNT, region=REGION)


def test_what_fails_in_the_simulator_is_not_the_callers_fault_and_logged_without_its_words(
    bench: Bench, arn: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    value = bench.context.world.key_value(arn) or ""

    def fail(key_value: str, **_: object) -> None:
        raise TypeError(f"what is {key_value}")

    monkeypatch.setattr(bench.context.world, "go_live", fail)

    status, content = bench.post("/go-live", keyValue=value)

    assert (status, content["code"]) == (500, "SimulatorFailed")
    assert "POST /go-live: TypeError in" in caplog.text
    assert value not in caplog.text + str(content)


def test_the_interface_says_what_can_be_asked(bench: Bench) -> None:
    listed = {
        (each["method"], each["path"]): each["fields"] for each in bench.get("/")["endpoints"]
    }

    assert set(listed) == set(ENDPOINTS)
    assert listed["POST", "/viewers"] == ["channelArn", "count"]


def streaming(bench: Bench, **sent: Any) -> str:
    """A channel with a stream on air; its ARN."""
    _, made = bench.post("/create-channel-at", createdAt="2026-02-01T00:00:00Z", name="live")
    assert bench.post("/go-live", channelArn=made["channelArn"], **sent)[0] == 200
    return str(made["channelArn"])


def shown(bench: Bench, arn: str) -> Any:
    return next(each for each in bench.get("/state")["channels"] if each["arn"] == arn)


def test_an_encoder_sends_what_was_asked(bench: Bench) -> None:
    sent = {"width": 1920, "height": 1080, "videoBitrate": 6_000_000, "videoCodec": "avc1.640028"}

    arn = streaming(bench, **sent, reconnects=True, priority=3)

    channel = shown(bench, arn)
    assert channel["live"]["ingest"].items() >= sent.items()
    assert channel["encoder"] == {
        "reconnects": True, "priority": 3, "attempts": 0, "returnsAt": None
    }  # fmt: skip


def test_what_is_sent_can_change_as_far_as_the_channel_takes_it(bench: Bench) -> None:
    arn = streaming(bench, audioBitrate=96_000)

    _, faster = bench.post("/change-ingest", channelArn=arn, framerate=60)

    ingest = shown(bench, arn)["live"]["ingest"]
    assert (faster["isLive"], ingest["framerate"], ingest["audioBitrate"]) == (True, 60, 96_000)
    _, too_much = bench.post("/change-ingest", channelArn=arn, videoBitrate=20_000_000)
    assert (too_much["isLive"], shown(bench, arn)["live"]) == (False, None)


def test_what_ends_at_once_is_not_shown_as_live(bench: Bench, arn: str) -> None:
    status, content = bench.post("/go-live", channelArn=arn, videoBitrate=20_000_000)

    assert (status, content["code"]) == (409, "StreamEnded")


def test_only_a_higher_priority_takes_over(bench: Bench) -> None:
    arn = streaming(bench, priority=2)
    stream = shown(bench, arn)["live"]["streamId"]

    refused, _ = bench.post("/go-live", channelArn=arn, priority=1)
    _, taken = bench.post("/go-live", channelArn=arn, priority=3)

    assert (refused, taken["streamId"]) == (409, stream)
    assert shown(bench, arn)["live"]["takeovers"] == 1


@pytest.mark.parametrize("path", ["/crash", "/fail-stream"])
def test_a_lost_encoder_comes_back_when_it_is_one_that_does(bench: Bench, path: str) -> None:
    arn = streaming(bench, reconnects=True)

    _, content = bench.post(path, channelArn=arn)

    channel = shown(bench, arn)
    assert (content["isLive"], channel["live"]) == (False, None)
    assert channel["encoder"]["returnsAt"] == "2026-03-14T18:02:13.000Z"
    assert channel["encoderReturns"]


def test_a_stream_that_is_played_out_is_not_live(bench: Bench) -> None:
    bench.post("/options", latencies={"draining": 4})
    arn = streaming(bench)

    _, content = bench.post("/crash", channelArn=arn)

    assert (content["isLive"], shown(bench, arn)["live"]["isEnding"]) == (False, True)


def test_time_is_advanced_and_what_is_due_happens(bench: Bench) -> None:
    arn = streaming(bench, reconnects=True)
    bench.post("/crash", channelArn=arn)

    _, content = bench.post("/advance", seconds=90)

    assert content == {"now": "2026-03-14T18:03:41.000Z", "clockOffsetSeconds": 90.0}
    assert shown(bench, arn)["live"]["startTime"] == "2026-03-14T18:02:13.000Z"
    assert bench.get("/state")["clockOffsetSeconds"] == 90.0


def test_the_time_of_a_caller_cannot_be_advanced(bench: Bench) -> None:
    context = ControlContext(bench.context.world, ACCOUNT, REGION)

    status, content = answer(context, "POST", "/advance", b'{"seconds": 1}')

    assert (status, content["code"]) == (409, "NoClock")


def test_knobs_of_chaos_are_turned_singly(bench: Bench) -> None:
    bench.post("/chaos", loss=0.5)
    bench.post("/chaos", longestDelay=3600, delay=1)

    assert bench.get("/chaos") == {
        "loss": 0.5,
        "duplication": 0.0,
        "delay": 1.0,
        "longestDelay": 3600.0,
        "reordering": 0.0,
    }
    assert bench.get("/state")["chaos"] == bench.get("/chaos")


def test_options_are_changed_part_by_part(bench: Bench) -> None:
    bench.post("/options", latencies="realistic", deletedKeyEndsStream=True)
    _, content = bench.post("/options", latencies={"missingIngest": None}, quotas={"channels": 1})

    latencies = bench.context.world.options.latencies
    assert (content["latenciesName"], latencies) == (
        "individual",
        replace(REALISTIC, missing_ingest=None),
    )
    assert content["deletedKeyEndsStream"]
    assert content["quotas"]["channels"] == 1
    assert bench.get("/options") == content
    assert bench.post("/options", latencies="instant")[1]["latenciesName"] == "instant"


def test_rate_limits_are_turned_on_and_off(bench: Bench, arn: str) -> None:
    def refusals() -> list[str]:
        noted = []
        for _ in range(6):
            try:
                bench.context.world.call("GetChannel", {"arn": arn}, account=ACCOUNT, region=REGION)
            except IvsError as error:
                noted.append(error.code)
        return noted

    assert refusals() == []
    bench.post("/rate-limits", enabled=True)
    assert refusals() == ["ThrottlingException"]
    bench.post("/rate-limits", enabled=False)
    assert (refusals(), bench.get("/rate-limits")) == ([], {"enabled": False})


def test_what_the_control_interface_does_counts_towards_no_limit(bench: Bench) -> None:
    bench.post("/rate-limits", enabled=True)

    made = [bench.post("/create-channel-at", createdAt="2026-02-01T00:00:00Z") for _ in range(9)]

    assert {status for status, _ in made} == {200}


def test_the_state_counts_what_each_account_region_holds(bench: Bench) -> None:
    streaming(bench)

    (account_region,) = bench.get("/state")["accountRegions"]
    assert {
        name: count for name, count in account_region.items() if count not in (0, REGION, ACCOUNT)
    } == {
        "channels": 1,
        "streamKeys": 1,
        "streams": 1,
    }


@pytest.mark.parametrize(
    ("path", "body", "output"),
    [
        ("/stall", {"channel": "x"}, "unknown field channel; known are channelArn"),
        ("/reset", {"all": True}, "unknown field all; there are none"),
        ("/chaos", {"los": 1}, "known are delay, duplication, longestDelay, loss, reordering"),
        ("/chaos", {"loss": 2}, "loss is a probability"),
        ("/chaos", {"loss": True}, "loss is a number"),
        ("/chaos", {"longestDelay": 0}, "longest_delay is longer than nothing"),
        ("/options", {"latencies": {"streamstart": 1}}, "unknown field streamstart"),
        ("/options", {"latencies": "slow"}, "latencies is instant or realistic"),
        ("/options", {"latencies": {"draining": -1}}, "draining is a number of seconds, 0 or more"),
        ("/options", {"latencies": {"draining": None}}, "draining is a number of seconds, 0 or"),
        ("/options", {"latencies": {"draining": 1e300}}, "draining is longer than time"),
        ("/options", {"quotas": 3}, "quotas is an object"),
        ("/options", {"quotas": {"channels": 1.5}}, "channels is a whole number"),
        ("/options", {"tagChangeEvents": 1}, "tagChangeEvents is true or false"),
        ("/options", {"limitNameMember": "name"}, "limitNameMember is limit_name or limit"),
        ("/rate-limits", {"enabled": "no"}, "enabled is true or false"),
        ("/rate-limits", {}, "missing: enabled"),
        ("/advance", {"seconds": 0}, "time goes forward"),
        ("/advance", {"seconds": 1e300}, "time goes forward"),
        ("/advance", {"seconds": "60"}, "seconds is a number of seconds"),
        ("/create-channel-at", {"createdAt": "2026-02-01T00:00:00Z", "nam": "x"}, "field nam;"),
        ("/create-channel-at", {}, "missing: createdAt"),
        ("/create-channel-at", {"createdAt": 7}, "createdAt is text"),
        ("/create-channel-at", {"createdAt": "yesterday"}, "createdAt is a time such as"),
        ("/create-channel-at", {"createdAt": LONG_AGO, "region": 7}, "region is text"),
        ("/fail-next", {"operation": "GetChanel", "code": CONFLICT}, "operation is one of the IVS"),
        ("/fail-next", {"operation": ["GetChannel"], "code": CONFLICT}, "operation is text"),
        ("/fail-next", {"operation": "GetChannel", "code": "Conflict"}, "code is one of Access"),
        ("/fail-next", {"operation": "GetChannel"}, "missing: code"),
        ("/publish", {"envelope": "event"}, "envelope is an object"),
        ("/publish", {}, "missing: envelope"),
        ("/mirror", {"envelope": [1]}, "envelope is an object"),
        ("/mirror", {"envelope": {"source": "aws.ivs"}}, "missing: detail"),
        ("/mirror", {"envelope": UNPLACED}, "the envelope is not like those"),
        ("/go-live", {"keyValue": 7}, "keyValue is text"),
        ("/go-live", {"keyValue": "sk_x", "streamId": 7}, "streamId is text"),
        ("/go-live", {"keyValue": "sk_x", "startedAt": "now"}, "startedAt is a time"),
        ("/watch", {"channelArn": ANY_ARN, "country": 7}, "country is text"),
        ("/watch", {"channelArn": ANY_ARN, "origin": 7}, "origin is text"),
        ("/watch", {"channelArn": ANY_ARN, "token": 7}, "token is text"),
        ("/options", {"latencies": ["instant"]}, "latencies is instant or realistic"),
    ],
)  # fmt: skip
def test_a_body_that_is_wrong_is_refused_with_what_would_be_right(
    bench: Bench, path: str, body: dict[str, Any], output: str
) -> None:
    status, content = bench.post(path, **body)

    assert status == 400
    assert output in content["error"]


@pytest.mark.parametrize(
    ("wrong", "output"),
    [
        ({"limitName": 7}, "limitName is text"),
        ({"limitValue": "8500000"}, "limitValue is a whole number"),
        ({"exceededBy": 0.5}, "exceededBy is a whole number"),
        ({"limitUnit": None}, "limitUnit is text"),
    ],
)
def test_a_limit_is_exceeded_in_the_words_of_its_event(
    bench: Bench, wrong: dict[str, Any], output: str
) -> None:
    limit = {"limitName": "Ingest Bitrate", "limitValue": 8_500_000, "exceededBy": 612_400}
    unit = {"limitUnit": "bits per second"}

    status, content = bench.post(
        "/exceed-limit", channelArn=streaming(bench), **{**limit, **unit, **wrong}
    )

    assert (status, output in content["error"]) == (400, True)


@pytest.mark.parametrize("since", ["x", "-1", ""])
def test_a_number_to_ask_from_is_a_number(bench: Bench, since: str) -> None:
    status, _ = answer(bench.context, "GET", f"/calls?since={since}", b"")

    assert status == (400 if since else 200)  # a query drops what is empty


@pytest.mark.parametrize("wrong", [{"width": 0}, {"tracks": 1.5}, {"videoCodec": 7}, {"widht": 1}])
def test_an_ingest_that_cannot_be_is_refused(bench: Bench, arn: str, wrong: dict[str, Any]) -> None:
    status, content = bench.post("/go-live", channelArn=arn, **wrong)

    assert (status, next(iter(wrong)) in content["error"]) == (400, True)
    assert shown(bench, arn)["live"] is None


@pytest.mark.parametrize("body", [b"[]", b"{", b"7"])
def test_a_body_is_a_json_object(bench: Bench, body: bytes) -> None:
    assert answer(bench.context, "POST", "/reset", body)[0] == 400


def test_a_key_at_the_place_of_an_arn_is_not_repeated(bench: Bench) -> None:
    for path in ("/go-live", "/stall", "/crash"):
        status, content = bench.post(path, channelArn="sk_eu-west-1_notakey")
        assert (status, "sk_" in content["error"]) == (400, False)


def test_the_client_asks_what_the_server_knows(bench: Bench, arn: str) -> None:
    """Whatever a method of Control sends is a field of its endpoint."""
    control = InProcessControl(bench.context)
    control.go_live(arn, priority=1, reconnects=True, ingest={"video_bitrate": 2_000_000})
    assert control.change_ingest(arn, framerate=60)
    assert not control.crash(arn)
    control.go_live(arn, started_at=NOW)
    assert not control.fail_stream(arn, "capacity")
    assert control.advance(timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert control.set_chaos(loss=0.1, longest_delay=60) == control.chaos()
    control.set_options(latencies={"missing_ingest": None, "draining": 1.5})
    assert control.options()["latencies"]["draining"] == 1.5
    control.set_rate_limits(enabled=True)
    assert control.rate_limits()
    assert [each["arn"] for each in control.state()] == [arn]
    assert control.whole_state()["rateLimits"]
    earlier = NOW - timedelta(hours=3)
    assert control.backdate(arn, earlier).started_at == earlier
    control.exceed_limit(arn, "Ingest Bitrate", 8_500_000, 612_400, "bits per second")
    breaches = [each for each in bench.events if each["detail-type"] == "IVS Limit Breach"]
    assert breaches[-1]["detail"]["exceeded_by"] == 612_400
    control.fail_recording(arn)
    control.call("TagResource", {"resourceArn": arn, "tags": {"team": "x"}}, caller_arn=CALLER)
    control.add_channel(SEEDED, name="seeded", live={"streamId": "st-1", "startTime": BEGAN})
    assert [each["live"] and each["live"]["streamId"] for each in control.state()][-1] == "st-1"
    control.reset()
    assert control.state() == []


def test_viewers_come_and_go(bench: Bench, arn: str) -> None:
    control = InProcessControl(bench.context)
    control.go_live(arn)
    control.viewers(arn, 10)
    view = control.watch(arn, country="DE", origin="https://example.com")
    assert counted(control) == 11
    control.stop_watching(arn, view)
    assert counted(control) == 10
    with pytest.raises(ControlRefused, match="not found"):
        control.stop_watching(arn, view)


def test_the_refusal_of_a_viewer_says_why(bench: Bench) -> None:
    made = {"createdAt": "2026-02-01T00:00:00Z", "authorized": True}
    arn = str(bench.post("/create-channel-at", **made)[1]["channelArn"])
    assert bench.post("/watch", channelArn=arn)[0] == 403
    bench.post("/go-live", channelArn=arn)

    status, refused = bench.post("/watch", channelArn=arn, token="no.such.token")

    assert (status, refused["code"]) == (403, "malformed")
    assert "no.such.token" not in str(refused)


def test_readings_of_the_viewer_count_time_out(bench: Bench, arn: str) -> None:
    control = InProcessControl(bench.context)
    control.go_live(arn)
    control.time_out_viewer_counts(arn, 1)

    def listed() -> list[int]:
        answer = bench.context.world.call("ListStreams", {}, account=ACCOUNT, region=REGION)
        return [stream["viewerCount"] for stream in answer["streams"]]

    assert (listed(), listed()) == ([-1], [0])


def counted(control: Control) -> int:
    (channel,) = control.state()
    return int(channel["live"]["viewerCount"])


def test_a_call_is_made_by_its_caller_where_its_resource_is(bench: Bench, arn: str) -> None:
    status, made = bench.post("/call", operation="CreateChannel", request={"name": "b"})
    request = {"resourceArn": arn, "tags": {"a": "b"}}
    tagged = bench.post("/call", operation="TagResource", request=request, callerArn=CALLER)

    assert (status, tagged) == (200, (200, {}))
    assert "value" not in made["streamKey"]
    callers = [each["detail"]["userIdentity"]["arn"] for each in bench.events[-2:]]
    assert callers == [f"arn:aws:iam::{ACCOUNT}:root", CALLER]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/call", {"operation": "sk_dance"}, "operation is one of the IVS API"),
        ("/add-channel", {"channelArn": SEEDED, "type": "HUGE"}, "Value at 'type' failed"),
        ("/add-channel", {"channelArn": "sk_x"}, "channelArn is the ARN of a channel"),
    ],
)
def test_what_the_api_does_not_know_is_refused(
    bench: Bench, path: str, body: dict[str, Any], message: str
) -> None:
    status, answered = bench.post(path, **body)

    assert status == 400
    assert message in answered["error"]
    assert "sk_" not in answered["error"]
