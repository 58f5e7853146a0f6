"""Takeovers: a second encoder goes on with the stream of the first, or is refused."""

from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.options import Options, Quotas
from ivs_simulator.wire.errors import StreamKeyRefused
from tests.unit.simulator.conftest import Sandbox
from tests.unit.simulator.lifecycle import (
    REALISTIC_OPTIONS,
    Made,
    make_channel,
    names,
    pass_time,
    timeline,
)

LARGEST = 2_147_483_647
FAILURE = "Stream Takeover Failure"


@pytest.fixture
def channel(ivs: Any) -> Made:
    return make_channel(ivs)


def codes(sandbox: Sandbox) -> list[str]:
    received = sandbox.received("IVS Stream State Change")
    return [e["detail"]["code"] for e in received if e["detail"]["event_name"] == FAILURE]


@pytest.mark.parametrize(("held", "priority"), [(None, 1), (1, 2), (2, LARGEST)])
def test_the_larger_priority_goes_on_with_the_same_stream(
    sandbox: Sandbox, ivs: Any, channel: Made, held: int | None, priority: int
) -> None:
    first = sandbox.world.go_live(channel.key, priority=held)
    stream_id = first.stream_id
    second = sandbox.world.go_live(
        channel.key, priority=priority, ingest=Ingest(encoder="second", video_bitrate=5_000_000)
    )

    assert second.stream_id == stream_id
    assert names(sandbox) == ["Session Created", "Stream Start", "Stream Takeover"]
    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    (video,) = session["ingestConfigurations"]["videoConfigurations"]
    assert (video["encoder"], video["targetBitrate"]) == ("second", 5_000_000)


@pytest.mark.parametrize("priority", [-1, 0, 6, 7, LARGEST + 1])
def test_another_priority_is_invalid(
    sandbox: Sandbox, ivs: Any, channel: Made, priority: int
) -> None:
    broadcast = sandbox.world.go_live(channel.key, priority=7)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=priority)
    assert codes(sandbox) == ["StreamTakeoverInvalidPriority"]
    assert broadcast.is_live
    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    assert session["truncatedEvents"][0]["name"] == FAILURE
    assert session["truncatedEvents"][0]["code"] == "StreamTakeoverInvalidPriority"
    (listed,) = ivs.list_stream_sessions(channelArn=channel.arn)["streamSessions"]
    assert listed["hasErrorEvent"] is True


@pytest.mark.parametrize("priority", [-1, 0, LARGEST + 1])
def test_no_such_priority_is_let_into_a_free_channel_either(
    sandbox: Sandbox, channel: Made, priority: int
) -> None:
    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=priority)

    assert names(sandbox) == []


@pytest.mark.parametrize(
    "ingest",
    [
        Ingest(width=1_920, height=1_080),
        Ingest(video_codec="hvc1.1.6.L120.90"),
        Ingest(audio_codec="mp4a.40.5"),
        Ingest(tracks=2),
    ],
)
def test_other_media_do_not_take_over(sandbox: Sandbox, channel: Made, ingest: Ingest) -> None:
    sandbox.world.go_live(channel.key)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=1, ingest=ingest)
    assert codes(sandbox) == ["StreamTakeoverMediaMismatch"]


def test_a_stream_is_taken_over_a_hundred_times_and_no_more(
    sandbox: Sandbox, channel: Made
) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    for priority in range(1, 101):
        sandbox.world.go_live(channel.key, priority=priority)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=101)
    assert names(sandbox).count("Stream Takeover") == 100
    assert codes(sandbox) == ["StreamTakeoverLimitBreached"]

    broadcast.leave()
    sandbox.world.go_live(channel.key)
    sandbox.world.go_live(channel.key, priority=1)
    assert names(sandbox).count("Stream Takeover") == 101


def test_the_number_of_takeovers_is_a_quota(sandbox: Sandbox, channel: Made) -> None:
    sandbox.world.options = Options(quotas=Quotas(takeovers_per_stream=0))
    sandbox.world.go_live(channel.key)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=1)
    assert codes(sandbox) == ["StreamTakeoverLimitBreached"]


def test_without_a_priority_the_second_is_refused_without_an_event(
    sandbox: Sandbox, channel: Made
) -> None:
    sandbox.world.go_live(channel.key)

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key)
    assert names(sandbox) == ["Session Created", "Stream Start"]


@pytest.mark.parametrize("moment", ["starting", "draining"])
def test_only_a_running_stream_can_be_taken_over(
    sandbox: Sandbox, channel: Made, moment: str
) -> None:
    sandbox.world.options = REALISTIC_OPTIONS
    broadcast = sandbox.world.go_live(channel.key)
    if moment == "draining":
        pass_time(sandbox, seconds=10)
        broadcast.leave()

    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(channel.key, priority=1)
    assert not {"Stream Takeover", FAILURE} & set(names(sandbox))


def test_who_lost_fails_to_take_over_with_every_try_and_returns_when_it_can(
    sandbox: Sandbox, channel: Made
) -> None:
    """Tries come 2, 5 and 9.5 s after the takeover."""
    loser = sandbox.world.go_live(channel.key, reconnects=True, priority=1)
    lost_id = loser.stream_id
    winner = sandbox.world.go_live(channel.key, priority=2)
    pass_time(sandbox, seconds=6)
    assert winner.stream_id == lost_id
    winner.leave()
    pass_time(sandbox, seconds=60)

    assert timeline(sandbox, timedelta(seconds=1)) == [
        (2, FAILURE),
        (5, FAILURE),
        (6, "Session Ended"),
        (6, "Stream End"),
        (9, "Session Created"),
        (9, "Stream Start"),
    ]
    assert loser.stream_id != lost_id


def test_who_lost_gives_up_in_the_end(sandbox: Sandbox, channel: Made) -> None:
    sandbox.world.go_live(channel.key, reconnects=True, priority=1)
    winner = sandbox.world.go_live(channel.key, priority=2)
    pass_time(sandbox, days=30)

    assert codes(sandbox) == ["StreamTakeoverInvalidPriority"] * 25
    assert winner.is_live


def test_who_lost_without_a_priority_keeps_quiet(sandbox: Sandbox, channel: Made) -> None:
    sandbox.world.go_live(channel.key, reconnects=True)
    sandbox.world.go_live(channel.key, priority=2)
    pass_time(sandbox, days=30)

    assert names(sandbox) == ["Session Created", "Stream Start", "Stream Takeover"]


def trying(sandbox: Sandbox) -> int:
    """How many encoders are there, on air or on their way back."""
    (account_region,) = sandbox.world.account_regions()
    return len(account_region.encoders) + len(account_region.waiting)


def test_several_losers_wait_side_by_side(sandbox: Sandbox, channel: Made) -> None:
    for priority in (1, 2, 3):
        sandbox.world.go_live(channel.key, reconnects=True, priority=priority)
    assert trying(sandbox) == 3

    sandbox.world.go_live(channel.key, priority=4).leave()
    pass_time(sandbox, seconds=2)
    # They try in turn: the first gets in, the others are larger.
    assert names(sandbox)[-4:] == [
        "Session Created",
        "Stream Start",
        "Stream Takeover",
        "Stream Takeover",
    ]
    assert trying(sandbox) == 3


def test_who_waits_beside_another_can_be_called_back_at_once(
    sandbox: Sandbox, channel: Made
) -> None:
    sandbox.world.go_live(channel.key, reconnects=True, priority=1)
    sandbox.world.go_live(channel.key, priority=2).leave()

    (returned,) = sandbox.world.reconnect_encoders()

    assert returned.is_live
    assert (sandbox.world.account_regions()[0].waiting, trying(sandbox)) == ([], 1)


def test_a_takeover_saves_a_starving_stream(sandbox: Sandbox, channel: Made) -> None:
    """Source: the FAQ; without it, who switches networks waits for up to 30 seconds."""
    sandbox.world.options = REALISTIC_OPTIONS
    broadcast = sandbox.world.go_live(channel.key)
    pass_time(sandbox, seconds=10)
    broadcast.crash()
    pass_time(sandbox, seconds=5)
    sandbox.world.go_live(channel.key, priority=1)
    pass_time(sandbox, minutes=5)

    assert timeline(sandbox, timedelta(seconds=10)) == [
        (10, "Starvation Start"),
        (15, "Stream Takeover"),
        (15, "Starvation End"),
    ]
    assert broadcast.is_live


def test_who_takes_over_with_too_much_is_cut_off(sandbox: Sandbox, channel: Made) -> None:
    broadcast = sandbox.world.go_live(channel.key)
    sandbox.world.go_live(channel.key, priority=1, ingest=Ingest(video_bitrate=9_000_000))

    assert names(sandbox)[2:] == [
        "Stream Takeover",
        "Ingest Bitrate",
        "Session Ended",
        "Stream End",
    ]
    assert not broadcast.is_live


def test_a_priority_may_stand_behind_the_key_as_encoders_send_it(
    sandbox: Sandbox, ivs: Any
) -> None:
    value = ivs.create_channel()["streamKey"]["value"]
    first = sandbox.world.go_live(value)
    second = sandbox.world.go_live(f"{value}?priority=5")

    assert second.stream_id == first.stream_id
    with pytest.raises(StreamKeyRefused):
        sandbox.world.go_live(f"{value}?priority=five")
