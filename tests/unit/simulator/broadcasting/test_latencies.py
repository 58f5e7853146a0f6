"""How long things take with the latencies that AWS documents, and what can be done in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.state.options import Options
from ivs_simulator.wire.errors import IvsError, StreamKeyRefused
from tests.unit.simulator.conftest import Sandbox
from tests.unit.simulator.lifecycle import (
    REALISTIC_OPTIONS,
    Made,
    make_channel,
    names,
    pass_time,
    refused_code,
    timeline,
)

NOT_BROADCASTING = "ChannelNotBroadcasting"
CREATED, STARTED = (0, "Session Created"), (6, "Stream Start")


@pytest.fixture(autouse=True)
def realistic(sandbox: Sandbox) -> None:
    sandbox.world.options = REALISTIC_OPTIONS


@pytest.fixture
def channel(ivs: Any) -> Made:
    return make_channel(ivs)


@pytest.fixture
def running(sandbox: Sandbox, channel: Made) -> Broadcast:
    """On air for ten seconds, of which it could be watched for four."""
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    pass_time(sandbox, seconds=10)
    return broadcast


def test_before_a_stream_starts_it_is_not_seen_and_holds_its_channel(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    sandbox.later(seconds=5)

    assert refused_code(ivs.get_stream, channelArn=channel.arn) == NOT_BROADCASTING
    assert refused_code(ivs.stop_stream, channelArn=channel.arn) == NOT_BROADCASTING
    assert ivs.list_streams()["streams"] == []
    assert refused_code(ivs.update_channel, arn=channel.arn, name="new") == "ConflictException"
    assert refused_code(ivs.delete_channel, arn=channel.arn) == "ConflictException"
    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    assert session["streamId"] == broadcast.stream_id
    assert timeline(sandbox) == [CREATED]

    sandbox.later(seconds=1)
    assert ivs.get_stream(channelArn=channel.arn)["stream"]["state"] == "LIVE"
    assert timeline(sandbox) == [CREATED, STARTED]


def test_who_leaves_before_the_start_never_started(sandbox: Sandbox, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    sandbox.later(seconds=5)
    broadcast.leave()
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox) == [CREATED, (5, "Session Ended")]


def test_who_leaves_late_has_started_without_a_look_in_between(
    sandbox: Sandbox, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    sandbox.later(seconds=7)
    broadcast.leave()
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox) == [CREATED, STARTED, (7, "Session Ended"), (11, "Stream End")]


def test_while_it_is_played_out_a_stream_is_shown_and_holds_its_channel(
    sandbox: Sandbox, ivs: Any, channel: Made, running: Broadcast
) -> None:
    ivs.stop_stream(channelArn=channel.arn)
    sandbox.later(seconds=3)

    assert [s["channelArn"] for s in ivs.list_streams()["streams"]] == [channel.arn]
    assert ivs.get_stream(channelArn=channel.arn)["stream"]["streamId"] == running.stream_id
    assert refused_code(ivs.stop_stream, channelArn=channel.arn) == NOT_BROADCASTING
    assert refused_code(ivs.update_channel, arn=channel.arn, name="new") == "ConflictException"
    assert refused_code(ivs.delete_channel, arn=channel.arn) == "ConflictException"
    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key)
    running.leave()

    sandbox.later(seconds=1)
    assert ivs.list_streams()["streams"] == []
    ivs.delete_channel(arn=channel.arn)
    assert timeline(sandbox) == [CREATED, STARTED, (10, "Session Ended"), (14, "Stream End")]


@pytest.mark.parametrize(
    "act",
    [
        Broadcast.stall,
        Broadcast.resume,
        Broadcast.crash,
        Broadcast.fail,
        lambda broadcast: broadcast.change(video_bitrate=9_000_000),
        lambda broadcast: broadcast.exceed_limit("Ingest Bitrate", 1, 1, "bits per second"),
    ],
)
def test_nothing_befalls_a_stream_whose_encoder_is_gone(
    sandbox: Sandbox, ivs: Any, channel: Made, running: Broadcast, act: Callable[[Broadcast], None]
) -> None:
    ivs.stop_stream(channelArn=channel.arn)
    sandbox.later(seconds=1)

    with pytest.raises(IvsError) as caught:
        act(running)
    assert caught.value.code == NOT_BROADCASTING
    assert timeline(sandbox) == [CREATED, STARTED, (10, "Session Ended")]


def test_a_stopped_encoder_gets_in_when_its_stream_is_played_out(
    sandbox: Sandbox, ivs: Any, channel: Made, running: Broadcast
) -> None:
    """It tries after 2 and another 3 seconds."""
    ivs.stop_stream(channelArn=channel.arn)
    pass_time(sandbox, minutes=1)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Session Ended"),
        (14, "Stream End"),
        (15, "Session Created"),
        (21, "Stream Start"),
    ]


def test_a_crashed_encoder_waits_for_its_own_session_to_end(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    """Source: the FAQ. It tries 2, 5, 9.5, 16.25, 26.4 and 41.6 s after the crash."""
    crashed_id = running.stream_id
    running.crash()
    pass_time(sandbox, seconds=29)
    assert running.stream_id == crashed_id
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (40, "Session Ended"),
        (44, "Stream End"),
        (51, "Session Created"),
        (57, "Stream Start"),
    ]
    assert running.stream_id != crashed_id


def test_a_crash_with_instant_latencies_ends_the_session_at_once(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    sandbox.world.options = Options()
    crashed_id = running.stream_id
    running.crash()
    assert timeline(sandbox, timedelta(seconds=10)) == [(10, "Session Ended"), (10, "Stream End")]
    pass_time(sandbox, seconds=2)

    assert timeline(sandbox, timedelta(seconds=11)) == [
        (12, "Session Created"),
        (12, "Stream Start"),
    ]
    assert running.stream_id != crashed_id


def test_a_connection_found_again_in_time_keeps_the_session(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    stream_id = running.stream_id
    running.crash()
    pass_time(sandbox, seconds=29)
    running.resume()
    pass_time(sandbox, minutes=5)

    assert running.stream_id == stream_id
    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (39, "Starvation End"),
    ]


def test_a_crashed_encoder_does_not_take_over_from_itself(sandbox: Sandbox, channel: Made) -> None:
    """Its own priority is not larger than its own; found again, it stops trying."""
    broadcast = sandbox.world.go_live(channel.key, reconnects=True, priority=1)
    pass_time(sandbox, seconds=10)
    broadcast.crash()
    pass_time(sandbox, seconds=6)
    broadcast.resume()
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (12, "Stream Takeover Failure"),
        (15, "Stream Takeover Failure"),
        (16, "Starvation End"),
    ]


def test_a_session_stopped_while_its_encoder_is_away_is_not_ended_twice(
    sandbox: Sandbox, ivs: Any, channel: Made, running: Broadcast
) -> None:
    """The patience with the old session does not touch the encoder in its new one."""
    running.crash()
    pass_time(sandbox, seconds=10)
    ivs.stop_stream(channelArn=channel.arn)
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (20, "Session Ended"),
        (24, "Stream End"),
        (26, "Session Created"),
        (32, "Stream Start"),
    ]
    assert running.is_live
    assert sandbox.world.account_regions()[0].encoders[channel.arn].returns_at is None


def test_a_stall_of_30_seconds_ends_the_session_and_the_encoder_comes_back(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    running.stall()
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (40, "Session Ended"),
        (44, "Stream End"),
        (45, "Session Created"),
        (51, "Stream Start"),
    ]


def test_a_later_stall_counts_from_its_own_beginning(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    running.stall()
    pass_time(sandbox, seconds=29)
    running.resume()
    pass_time(sandbox, seconds=1)
    running.stall()
    pass_time(sandbox, seconds=29)
    assert running.is_live
    running.resume()
    pass_time(sandbox, minutes=5)

    assert running.is_live
    assert names(sandbox)[2:] == ["Starvation Start", "Starvation End"] * 2


def test_a_stall_within_a_stall_is_one(sandbox: Sandbox, channel: Made, running: Broadcast) -> None:
    running.stall()
    pass_time(sandbox, seconds=20)
    running.stall()
    running.crash()
    pass_time(sandbox, seconds=10)

    assert timeline(sandbox, timedelta(seconds=7)) == [
        (10, "Starvation Start"),
        (40, "Session Ended"),
    ]


def test_what_does_not_stall_does_not_resume(
    sandbox: Sandbox, channel: Made, running: Broadcast
) -> None:
    running.resume()
    running.stall()
    running.resume()
    running.resume()

    assert names(sandbox)[2:] == ["Starvation Start", "Starvation End"]


def test_a_stall_with_instant_latencies_ends_only_on_request(
    sandbox: Sandbox, channel: Made
) -> None:
    sandbox.world.options = Options()
    broadcast = sandbox.world.go_live(channel.key)
    broadcast.stall()
    pass_time(sandbox, days=3)

    assert broadcast.is_live
    assert names(sandbox)[2:] == ["Starvation Start"]


def test_without_data_no_stream_starts(sandbox: Sandbox, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    pass_time(sandbox, seconds=2)
    broadcast.stall()
    pass_time(sandbox, seconds=8)
    broadcast.resume()
    pass_time(sandbox, minutes=1)

    assert timeline(sandbox) == [
        CREATED,
        (2, "Starvation Start"),
        (10, "Starvation End"),
        (16, "Stream Start"),
    ]


def test_a_short_stall_before_the_start_starts_one_stream(sandbox: Sandbox, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    pass_time(sandbox, seconds=2)
    broadcast.stall()
    broadcast.resume()
    pass_time(sandbox, minutes=1)

    assert names(sandbox).count("Stream Start") == 1


def test_a_crash_before_the_start_never_started(sandbox: Sandbox, channel: Made) -> None:
    sandbox.world.go_live(channel.key).crash()
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox) == [CREATED, (0, "Starvation Start"), (30, "Session Ended")]
