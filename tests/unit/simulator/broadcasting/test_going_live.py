"""Streams: going live, being stopped, coming back, and what the API and the bus say of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ivs_simulator.wire.errors import IvsError, StreamKeyRefused
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox


@pytest.fixture
def made(ivs: Any) -> Any:
    return ivs.create_channel(name="arena-north-cam2")


@pytest.fixture
def arn(made: Any) -> str:
    return str(made["channel"]["arn"])


@pytest.fixture
def key(made: Any) -> str:
    return str(made["streamKey"]["value"])


def test_a_stream_is_seen_live_and_then_no_more(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    broadcast = sandbox.world.go_live(key)
    broadcast.watched_by(12)

    stream = ivs.get_stream(channelArn=arn)["stream"]
    assert (stream["state"], stream["health"], stream["viewerCount"]) == ("LIVE", "HEALTHY", 12)
    assert stream["startTime"] == NOW
    (listed,) = ivs.list_streams()["streams"]
    assert listed["streamId"] == broadcast.stream_id
    ivs.stop_stream(channelArn=arn)
    assert ivs.list_streams()["streams"] == []
    assert not broadcast.is_live


@pytest.mark.parametrize("operation", ["stop_stream", "get_stream"])
def test_an_idle_channel_is_not_broadcasting(ivs: Any, arn: str, operation: str) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(ivs, operation)(channelArn=arn)

    assert caught.value.response["Error"]["Code"] == "ChannelNotBroadcasting"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_channel_never_made_is_not_found(ivs: Any) -> None:
    with pytest.raises(ClientError) as caught:
        ivs.stop_stream(channelArn=f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/never")

    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_stream_event_is_as_documented(sandbox: Sandbox, arn: str, key: str) -> None:
    broadcast = sandbox.world.go_live(key)

    created = sandbox.events[-2]
    assert created == {
        "version": "0",
        "id": created["id"],
        "detail-type": "IVS Stream State Change",
        "source": "aws.ivs",
        "account": ACCOUNT,
        "time": "2026-03-14T18:02:11Z",
        "region": REGION,
        "resources": [arn],
        "detail": {
            "event_name": "Session Created",
            "channel_name": "arena-north-cam2",
            "stream_id": broadcast.stream_id,
        },
    }
    assert list(created) == [
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    ]
    assert len(broadcast.stream_id) == 26


def test_starvation_shows_in_health_and_events(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    broadcast = sandbox.world.go_live(key)

    broadcast.stall()
    starving = ivs.list_streams(filterBy={"health": "STARVING"})["streams"]
    broadcast.resume()
    broadcast.leave()

    assert [stream["channelArn"] for stream in starving] == [arn]
    assert sandbox.names() == [
        "Session Created",
        "Stream Start",
        "Starvation Start",
        "Starvation End",
        "Session Ended",
        "Stream End",
    ]


def test_a_session_keeps_the_channel_as_it_went_live(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    sandbox.world.go_live(key)
    sandbox.later(minutes=5)
    ivs.stop_stream(channelArn=arn)
    ivs.update_channel(arn=arn, name="renamed", insecureIngest=True)

    session = ivs.get_stream_session(channelArn=arn)["streamSession"]
    assert session["channel"]["name"] == "arena-north-cam2"
    assert session["endTime"] - session["startTime"] == timedelta(minutes=5)
    assert [event["name"] for event in session["truncatedEvents"]] == [
        "Stream End",
        "Session Ended",
        "Stream Start",
        "Session Created",
    ]


def test_sessions_are_listed_newest_first_even_after_the_channel_is_gone(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    first = sandbox.world.go_live(key, stream_id="st-" + "a" * 23)
    first.leave()
    sandbox.later(hours=1)
    second = sandbox.world.go_live(key, stream_id="st-" + "b" * 23)
    second.leave()
    ivs.delete_channel(arn=arn)

    pages = [ivs.list_stream_sessions(channelArn=arn, maxResults=1)]
    token = pages[0]["nextToken"]
    pages.append(ivs.list_stream_sessions(channelArn=arn, maxResults=1, nextToken=token))
    listed = [session["streamId"] for page in pages for session in page["streamSessions"]]
    assert listed == ["st-" + "b" * 23, "st-" + "a" * 23]


def test_an_encoder_that_reconnects_comes_back_as_a_new_stream(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    broadcast = sandbox.world.go_live(key, reconnects=True)
    before = broadcast.stream_id
    ivs.stop_stream(channelArn=arn)

    sandbox.world.tick()
    assert not broadcast.is_live
    sandbox.later(seconds=2)
    sandbox.world.tick()
    assert broadcast.is_live
    assert broadcast.stream_id != before


def test_without_its_key_an_encoder_stays_away(
    sandbox: Sandbox, ivs: Any, made: Any, key: str
) -> None:
    broadcast = sandbox.world.go_live(key, reconnects=True)
    ivs.delete_stream_key(arn=made["streamKey"]["arn"])
    ivs.stop_stream(channelArn=broadcast.channel_arn)

    assert sandbox.world.reconnect_encoders() == []
    assert not broadcast.is_live


def test_a_channel_on_air_takes_no_second_encoder(sandbox: Sandbox, key: str) -> None:
    sandbox.world.go_live(key)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(key)


def test_a_backdated_stream_has_the_given_start(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    yesterday = datetime(2026, 3, 13, 8, tzinfo=UTC)
    sandbox.world.go_live(key, started_at=yesterday)

    assert ivs.get_stream(channelArn=arn)["stream"]["startTime"] == yesterday
    assert {event["time"] for event in sandbox.received("IVS Stream State Change")} == {
        "2026-03-13T08:00:00Z"
    }


def test_a_failed_recording_is_announced_as_documented(sandbox: Sandbox, ivs: Any) -> None:
    destination = {"s3": {"bucketName": "acme-vod"}}
    configured = ivs.create_recording_configuration(destinationConfiguration=destination)
    recording_arn = configured["recordingConfiguration"]["arn"]
    made = ivs.create_channel(recordingConfigurationArn=recording_arn)
    broadcast = sandbox.world.go_live(made["streamKey"]["value"])

    sandbox.later(seconds=90)
    broadcast.fail_recording()
    broadcast.leave()

    started, failed = (e["detail"] for e in sandbox.received("IVS Recording State Change"))
    assert started["recording_s3_key_prefix"].startswith(f"ivs/v1/{ACCOUNT}/")
    assert failed == {
        **started,
        "recording_status": "Recording End Failure",
        "recording_status_reason": "InternalServerException",
    }
    (listed,) = ivs.list_stream_sessions(channelArn=broadcast.channel_arn)["streamSessions"]
    assert listed["hasErrorEvent"] is True


def test_a_fault_fails_one_call_and_changes_nothing(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    broadcast = sandbox.world.go_live(key)
    sandbox.world.fail_next("StopStream", IvsError("StreamUnavailable", "try again"))

    with pytest.raises(ClientError) as caught:
        ivs.stop_stream(channelArn=arn)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert broadcast.is_live
    ivs.stop_stream(channelArn=arn)
    assert not broadcast.is_live


def test_a_broken_ingest_limit_is_announced_as_documented(
    sandbox: Sandbox, ivs: Any, arn: str, key: str
) -> None:
    broadcast = sandbox.world.go_live(key)

    broadcast.exceed_limit("Ingest Bitrate", 8_500_000, 612_400, "bits per second")

    (event,) = sandbox.received("IVS Limit Breach")
    assert event["detail"] == {
        "limit_name": "Ingest Bitrate",
        "limit_value": 8_500_000,
        "exceeded_by": 612_400,
        "limit_unit": "bits per second",
        "channel_name": "arena-north-cam2",
        "stream_id": broadcast.stream_id,
    }
    (listed,) = ivs.list_stream_sessions(channelArn=arn)["streamSessions"]
    assert listed["hasErrorEvent"] is True


def test_a_start_without_a_time_zone_is_refused(sandbox: Sandbox, key: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        sandbox.world.go_live(key, started_at=datetime(2026, 3, 13))  # noqa: DTZ001 - on purpose
