"""Encoders: who is let in, who comes back and when, and who gives up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.broadcasting.encoders import Attempt
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.errors import StreamKeyRefused
from tests.unit.simulator.conftest import NOW, Sandbox
from tests.unit.simulator.lifecycle import (
    REALISTIC_OPTIONS,
    Made,
    make_channel,
    names,
    pass_time,
    refused_code,
    room_for,
    timeline,
)

OVER_THE_LIMIT = Ingest(video_bitrate=9_000_000)


@pytest.fixture
def channel(ivs: Any) -> Made:
    return make_channel(ivs, name="arena-north-cam2")


def test_a_wrong_key_lets_no_one_in(sandbox: Sandbox, channel: Made) -> None:
    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live("sk_eu-central-1_never_issued")

    assert names(sandbox) == []


def test_a_revoked_key_lets_no_one_in_and_its_successor_does(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    ivs.delete_stream_key(arn=channel.key_arn)
    renewed = ivs.create_stream_key(channelArn=channel.arn)["streamKey"]["value"]

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key)
    assert sandbox.world.go_live(renewed).is_live


def test_the_key_of_a_deleted_channel_lets_no_one_in(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    ivs.delete_channel(arn=channel.arn)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key)


def test_a_key_is_in_no_refusal_and_no_repr(sandbox: Sandbox, channel: Made) -> None:
    sandbox.world.go_live(channel.key, reconnects=True)
    with pytest.raises(StreamKeyRefused) as taken:
        sandbox.world.go_live(channel.key)
    with pytest.raises(StreamKeyRefused) as overtaken:
        sandbox.world.go_live(channel.key, priority=0)
    (encoder,) = sandbox.world.account_regions()[0].encoders.values()

    shown = f"{taken.value} {overtaken.value} {encoder!r} {Attempt(key_value=channel.key)!r}"
    assert channel.key not in shown


def test_an_encoder_comes_back_under_a_new_id_after_every_stop(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    ids = [broadcast.stream_id]
    for _ in range(3):
        ivs.stop_stream(channelArn=channel.arn)
        pass_time(sandbox, seconds=2)
        ids.append(broadcast.stream_id)

    assert broadcast.is_live
    assert len(set(ids)) == 4
    assert [at for at, name in timeline(sandbox) if name == "Session Created"] == [0, 2, 4, 6]


def test_an_encoder_that_does_not_reconnect_stays_away(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    ivs.stop_stream(channelArn=channel.arn)
    pass_time(sandbox, days=2)

    assert not broadcast.is_live
    assert sandbox.world.reconnect_encoders() == []


def test_tries_grow_apart_until_the_channel_is_free(sandbox: Sandbox, channel: Made) -> None:
    """Tries come 2, 3 and 4.5 seconds after one another; the channel is free only 8 s on."""
    sandbox.world.options = Options(
        latencies=replace(REALISTIC_OPTIONS.latencies, draining=timedelta(seconds=8))
    )
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    pass_time(sandbox, seconds=10)
    broadcast.fail()
    pass_time(sandbox, minutes=1)

    assert timeline(sandbox, timedelta(seconds=11)) == [
        (18, "Stream End"),
        (19, "Session Created"),
        (25, "Stream Start"),
    ]


def test_a_key_that_is_gone_ends_it_for_good(sandbox: Sandbox, ivs: Any, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    ivs.delete_stream_key(arn=channel.key_arn)
    ivs.stop_stream(channelArn=channel.arn)
    ivs.create_stream_key(channelArn=channel.arn)
    pass_time(sandbox, days=2)

    assert not broadcast.is_live
    assert names(sandbox).count("Session Created") == 1
    assert sandbox.world.account_regions()[0].encoders == {}


@pytest.mark.parametrize(("stands_for", "is_back"), [(28, True), (29, False)])
def test_after_25_tries_it_gives_up(
    sandbox: Sandbox, ivs: Any, channel: Made, stands_for: int, is_back: bool
) -> None:
    """The 25th try comes 4 (1.5^25 - 1) seconds after the cut, that is 28 hours and 3 minutes."""
    sandbox.world.go_live(channel.key, reconnects=True)
    ivs.stop_stream(channelArn=channel.arn)
    other = sandbox.world.go_live(channel.key)

    pass_time(sandbox, hours=stands_for)
    other.leave()
    pass_time(sandbox, days=3)

    assert other.is_live is is_back


def test_a_stream_that_starts_resets_the_count(sandbox: Sandbox, ivs: Any, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    for _ in range(40):
        ivs.stop_stream(channelArn=channel.arn)
        pass_time(sandbox, seconds=2)

    assert broadcast.is_live


def test_who_is_cut_off_before_every_start_gives_up_after_25_tries(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    broadcast.change(video_bitrate=OVER_THE_LIMIT.video_bitrate)
    pass_time(sandbox, days=3)

    assert names(sandbox).count("Session Created") == 1 + 25
    assert sandbox.world.account_regions()[0].encoders == {}


def test_all_encoders_can_be_let_try_at_once(sandbox: Sandbox, ivs: Any) -> None:
    channels = [make_channel(ivs) for _ in range(3)]
    for each in channels:
        sandbox.world.go_live(each.key, reconnects=True)
        ivs.stop_stream(channelArn=each.arn)
    ivs.delete_stream_key(arn=channels[1].key_arn)

    returned = sandbox.world.reconnect_encoders()
    pass_time(sandbox, days=2)

    assert [each.channel_arn for each in returned] == [channels[0].arn, channels[2].arn]
    assert names(sandbox).count("Session Created") == 5


def test_one_that_left_does_not_come_back(sandbox: Sandbox, ivs: Any, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    ivs.stop_stream(channelArn=channel.arn)
    broadcast.leave()
    pass_time(sandbox, days=2)

    assert not broadcast.is_live


def test_who_lost_the_channel_to_another_comes_back_when_it_is_free(
    sandbox: Sandbox, ivs: Any, channel: Made
) -> None:
    sandbox.world.go_live(channel.key, reconnects=True)
    ivs.stop_stream(channelArn=channel.arn)
    other = sandbox.world.go_live(channel.key)
    pass_time(sandbox, seconds=20)
    assert names(sandbox).count("Session Created") == 2

    other.leave()
    pass_time(sandbox, seconds=20)
    assert names(sandbox).count("Session Created") == 3
    assert len(sandbox.world.account_regions()[0].encoders) == 1


@pytest.mark.parametrize(("ends", "is_live"), [(False, True), (True, False)])
def test_whether_a_deleted_key_ends_its_stream_is_a_switch(
    sandbox: Sandbox, ivs: Any, channel: Made, ends: bool, is_live: bool
) -> None:
    sandbox.world.options = Options(deleted_key_ends_stream=ends)
    broadcast = sandbox.world.go_live(channel.key, reconnects=True)
    ivs.delete_stream_key(arn=channel.key_arn)
    pass_time(sandbox, minutes=1)

    assert broadcast.is_live is is_live
    assert names(sandbox).count("Session Created") == 1


def test_a_failed_stream_ends_and_says_why(sandbox: Sandbox, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    broadcast.fail("No capacity left")

    assert names(sandbox) == [
        "Session Created",
        "Stream Start",
        "Stream Failure",
        "Session Ended",
        "Stream End",
    ]
    (failure,) = [e for e in sandbox.events if e["detail"].get("event_name") == "Stream Failure"]
    assert failure["detail"]["reason"] == "No capacity left"
    assert not broadcast.is_live


def test_the_101st_stream_of_an_account_never_starts(sandbox: Sandbox, ivs: Any) -> None:
    made = [make_channel(ivs) for _ in range(101)]
    live = [sandbox.world.go_live(each.key) for each in made[:100]]
    refused = sandbox.world.go_live(made[100].key)

    assert all(each.is_live for each in live)
    assert not refused.is_live
    assert names(sandbox)[-3:] == ["Session Created", "Concurrent Broadcasts", "Session Ended"]
    (breach,) = sandbox.received("IVS Limit Breach")
    assert breach["resources"] == []
    assert breach["detail"] == {
        "limit_name": "Concurrent Broadcasts",
        "limit_value": 100,
        "exceeded_by": 1,
        "limit_unit": "active streams",
    }
    assert refused_code(ivs.get_stream, channelArn=made[100].arn) == "ChannelNotBroadcasting"


def test_a_freed_seat_is_taken_by_who_tries_again(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.options = room_for(1)
    seated = sandbox.world.go_live(make_channel(ivs).key)
    pass_time(sandbox, seconds=10)
    refused = sandbox.world.go_live(make_channel(ivs).key, reconnects=True)
    seated.leave()
    # Until the stream is played out, 4 s later, it still counts.
    pass_time(sandbox, seconds=30)

    assert timeline(sandbox, timedelta(seconds=10)) == [
        (10, "Session Created"),
        (10, "Concurrent Broadcasts"),
        (10, "Session Ended"),
        (10, "Session Ended"),
        (12, "Session Created"),
        (12, "Concurrent Broadcasts"),
        (12, "Session Ended"),
        (14, "Stream End"),
        (15, "Session Created"),
        (21, "Stream Start"),
    ]
    assert refused.is_live


def test_who_is_let_in_and_cut_off_again_has_not_returned(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.options = Options(quotas=Quotas(concurrent_streams=1))
    sandbox.world.go_live(make_channel(ivs).key)
    sandbox.world.go_live(make_channel(ivs).key, reconnects=True)

    assert sandbox.world.reconnect_encoders() == []
    assert names(sandbox).count("Session Created") == 3


def test_the_quota_is_one_of_the_region(sandbox: Sandbox) -> None:
    sandbox.world.options = room_for(1)
    live = []
    for region in ("eu-central-1", "eu-west-1"):
        client = sandbox.client(region=region)
        live.append(sandbox.world.go_live(make_channel(client).key))
        client.close()

    assert all(each.is_live for each in live)
    assert sandbox.received("IVS Limit Breach") == []


def test_sessions_outlive_their_channel(sandbox: Sandbox, ivs: Any, channel: Made) -> None:
    sandbox.world.go_live(channel.key, reconnects=True)
    ivs.stop_stream(channelArn=channel.arn)
    ivs.delete_channel(arn=channel.arn)
    pass_time(sandbox, days=2)

    (session,) = ivs.list_stream_sessions(channelArn=channel.arn)["streamSessions"]
    assert session["endTime"] == NOW
