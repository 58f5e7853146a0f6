"""What encoders send: the limits of every kind of channel, and what the API shows of it."""

from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.broadcasting.ingest_limits import excesses
from ivs_simulator.state.ingest import Excess, Ingest, tracks
from ivs_simulator.state.options import Options
from tests.unit.simulator.conftest import Sandbox
from tests.unit.simulator.lifecycle import (
    MULTITRACK,
    REALISTIC_OPTIONS,
    make_channel,
    names,
    refused_code,
    timeline,
)

BITRATE, PIXELS, EDGE = "bits per second", "total pixels", "pixels per edge"
HD, SD_480, PORTRAIT_480 = (1_280, 720), (854, 480), (480, 854)


def multitrack(policy: str = "ALLOW", maximum: str = "FULL_HD") -> dict[str, Any]:
    configured = {"enabled": True, "policy": policy, "maximumResolution": maximum}
    return {"containerFormat": "FRAGMENTED_MP4", "multitrackInputConfiguration": configured}


def described(settings: dict[str, Any]) -> dict[str, Any]:
    return {"type": "STANDARD", **settings}


def sent(size: tuple[int, int], bitrate: int, tracks: int = 1) -> Ingest:
    """A stream of this bit rate in all, audio included."""
    width, height = size
    return Ingest(
        width=width,
        height=height,
        video_bitrate=bitrate - 160_000,
        audio_bitrate=160_000,
        tracks=tracks,
    )


@pytest.mark.parametrize(
    ("settings", "size", "tracks", "limit"),
    [
        ({"type": "BASIC"}, SD_480, 1, 1_500_000),
        ({"type": "BASIC"}, PORTRAIT_480, 1, 1_500_000),
        ({"type": "BASIC"}, (856, 482), 1, 3_500_000),
        ({"type": "BASIC"}, HD, 1, 3_500_000),
        ({"type": "STANDARD"}, SD_480, 1, 8_500_000),
        ({"type": "STANDARD"}, HD, 1, 8_500_000),
        ({"type": "ADVANCED_SD"}, HD, 1, 8_500_000),
        ({"type": "ADVANCED_HD"}, HD, 1, 8_500_000),
        (multitrack(), HD, 3, 15_000_000),
        # One track into a channel that would take several has the quota of one.
        (multitrack(), HD, 1, 8_500_000),
    ],
)
def test_the_bit_rate_is_limited_by_the_kind_of_channel(
    settings: dict[str, Any], size: tuple[int, int], tracks: int, limit: int
) -> None:
    channel = described(settings)

    assert list(excesses(sent(size, limit, tracks), channel)) == []
    assert list(excesses(sent(size, limit + 1, tracks), channel)) == [
        Excess("Ingest Bitrate", limit, 1, BITRATE)
    ]


@pytest.mark.parametrize(
    ("settings", "tracks", "size", "exceeded"),
    [
        ({}, 1, (1_920, 1_080), []),
        ({}, 1, (1_080, 1_920), []),
        ({}, 1, (2_560, 1_440), [(2_100_000, 1_586_400, PIXELS), (1_920, 640, EDGE)]),
        ({}, 1, (1_922, 800), [(1_920, 2, EDGE)]),
        ({}, 1, (1_500, 1_402), [(2_100_000, 3_000, PIXELS)]),
        (multitrack(maximum="SD"), 2, (832, 480), []),
        (multitrack(maximum="SD"), 2, (866, 400), [(864, 2, EDGE)]),
        (multitrack(maximum="SD"), 2, (854, 480), [(400_000, 9_920, PIXELS)]),
        (multitrack(maximum="HD"), 2, (1_250, 720), []),
        (multitrack(maximum="HD"), 2, HD, [(900_000, 21_600, PIXELS)]),
        (multitrack(maximum="FULL_HD"), 2, (1_920, 1_080), []),
        (multitrack(maximum="FULL_HD"), 2, (1_922, 1_080), [(1_920, 2, EDGE)]),
        # The maximum is one of multitrack input.
        (multitrack(maximum="SD"), 1, (1_920, 1_080), []),
    ],
)
def test_the_resolution_is_limited_by_pixels_and_by_edge(
    settings: dict[str, Any],
    tracks: int,
    size: tuple[int, int],
    exceeded: list[tuple[int, int, str]],
) -> None:
    found = list(excesses(sent(size, 1_500_000, tracks), described(settings)))

    assert found == [Excess("Ingest Resolution", *each) for each in exceeded]


@pytest.mark.parametrize("options", [Options(), REALISTIC_OPTIONS], ids=["instant", "realistic"])
def test_too_much_from_the_beginning_never_starts(
    sandbox: Sandbox, ivs: Any, options: Options
) -> None:
    sandbox.world.options = options
    channel = make_channel(ivs)
    broadcast = sandbox.world.go_live(channel.key, ingest=sent(HD, 9_112_400))

    assert timeline(sandbox) == [
        (0, "Session Created"),
        (0, "Ingest Bitrate"),
        (0, "Session Ended"),
    ]
    assert not broadcast.is_live
    assert refused_code(ivs.get_stream, channelArn=channel.arn) == "ChannelNotBroadcasting"
    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    assert session["ingestConfiguration"]["video"]["targetBitrate"] == 9_112_400 - 160_000
    (listed,) = ivs.list_stream_sessions(channelArn=channel.arn)["streamSessions"]
    assert listed["hasErrorEvent"] is True


def test_too_much_later_is_announced_as_documented_and_disconnects_at_once(
    sandbox: Sandbox, ivs: Any
) -> None:
    channel = make_channel(ivs, name="arena-north-cam2")
    broadcast = sandbox.world.go_live(channel.key)
    stream_id = broadcast.stream_id
    sandbox.later(seconds=90)
    broadcast.change(width=2_560, height=1_440, video_bitrate=8_952_400)

    common = {"channel_name": "arena-north-cam2", "stream_id": stream_id}
    breaches = sandbox.received("IVS Limit Breach")
    assert [event["detail"] for event in breaches] == [
        {
            "limit_name": "Ingest Bitrate",
            "limit_value": 8_500_000,
            "exceeded_by": 612_400,
            "limit_unit": "bits per second",
            **common,
        },
        {
            "limit_name": "Ingest Resolution",
            "limit_value": 2_100_000,
            "exceeded_by": 1_586_400,
            "limit_unit": "total pixels",
            **common,
        },
        {
            "limit_name": "Ingest Resolution",
            "limit_value": 1_920,
            "exceeded_by": 640,
            "limit_unit": "pixels per edge",
            **common,
        },
    ]
    assert {tuple(event["resources"]) for event in breaches} == {(channel.arn,)}
    assert timeline(sandbox, timedelta(seconds=1))[3:] == [
        (90, "Session Ended"),
        (90, "Stream End"),
    ]


def test_a_change_within_the_limits_goes_on(sandbox: Sandbox, ivs: Any) -> None:
    channel = make_channel(ivs)
    broadcast = sandbox.world.go_live(channel.key, ingest=Ingest(framerate=60))
    broadcast.change(video_bitrate=6_000_000)

    assert names(sandbox) == ["Session Created", "Stream Start"]
    video = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]["ingestConfiguration"]
    assert video["video"]["targetBitrate"] == 6_000_000
    assert video["video"]["targetFramerate"] == 60


def test_the_limits_are_those_of_the_channel_as_it_went_live(sandbox: Sandbox, ivs: Any) -> None:
    channel = make_channel(ivs, type="BASIC")
    broadcast = sandbox.world.go_live(channel.key, ingest=sent(SD_480, 1_000_000))
    broadcast.leave()
    ivs.update_channel(arn=channel.arn, type="STANDARD")

    broadcast = sandbox.world.go_live(channel.key, ingest=sent(SD_480, 2_000_000))
    assert broadcast.is_live


@pytest.mark.parametrize(
    ("settings", "count", "code"),
    [
        ({}, 2, "MultitrackInputNotAllowed"),
        (multitrack("REQUIRE"), 1, "MultitrackInputRequired"),
    ],
)
@pytest.mark.parametrize("reconnects", [False, True])
def test_a_wrong_number_of_tracks_ends_the_session_with_a_code(
    sandbox: Sandbox, ivs: Any, settings: dict[str, Any], count: int, code: str, reconnects: bool
) -> None:
    channel = make_channel(ivs, **settings)
    broadcast = sandbox.world.go_live(
        channel.key, ingest=Ingest(tracks=count), reconnects=reconnects
    )

    assert names(sandbox) == ["Session Created", "Session Ended"]
    assert sandbox.events[-1]["detail"]["code"] == code
    assert not broadcast.is_live
    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    ended, created = session["truncatedEvents"]
    assert (ended["name"], ended["code"]) == ("Session Ended", code)
    assert "code" not in created
    sandbox.later(seconds=2)
    sandbox.world.tick()
    assert names(sandbox).count("Session Created") == (2 if reconnects else 1)


@pytest.mark.parametrize(
    ("settings", "count"), [({}, 1), (MULTITRACK, 1), (MULTITRACK, 3), (multitrack("REQUIRE"), 3)]
)
def test_other_numbers_of_tracks_start(
    sandbox: Sandbox, ivs: Any, settings: dict[str, Any], count: int
) -> None:
    broadcast = sandbox.world.go_live(
        make_channel(ivs, **settings).key, ingest=Ingest(tracks=count)
    )

    assert broadcast.is_live


def test_every_track_that_was_sent_is_shown(sandbox: Sandbox, ivs: Any) -> None:
    channel = make_channel(ivs, **MULTITRACK)
    sending = Ingest(width=1_920, height=1_080, video_bitrate=9_000_000, tracks=3)
    sandbox.world.go_live(channel.key, ingest=sending)

    session = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]
    videos = session["ingestConfigurations"]["videoConfigurations"]
    assert [(v["track"], v["videoWidth"], v["videoHeight"]) for v in videos] == [
        ("Track0", 1_920, 1_080),
        ("Track1", 1_280, 720),
        ("Track2", 854, 480),
    ]
    assert sum(video["targetBitrate"] for video in videos) == pytest.approx(9_000_000, abs=2)
    assert {(v["profile"], v["level"], v["codec"]) for v in videos} == {
        ("High", "3.1", "avc1.64001F")
    }
    (audio,) = session["ingestConfigurations"]["audioConfigurations"]
    assert audio == {
        "codec": "mp4a.40.2",
        "targetBitrate": 160_000,
        "sampleRate": 48_000,
        "channels": 2,
        "track": "Track0",
    }
    deprecated = session["ingestConfiguration"]["video"]
    assert (deprecated["videoHeight"], deprecated["avcProfile"]) == (1_080, "High")


def test_a_single_track_is_sent_whole() -> None:
    (track,) = tracks(Ingest(width=853, height=481, video_bitrate=1_234_567))

    assert (track.width, track.height, track.bitrate) == (853, 481, 1_234_567)


def test_a_history_keeps_the_newest_500_events(sandbox: Sandbox, ivs: Any) -> None:
    channel = make_channel(ivs)
    broadcast = sandbox.world.go_live(channel.key)
    for _ in range(300):
        sandbox.later(seconds=1)
        broadcast.stall()
        broadcast.resume()

    shown = ivs.get_stream_session(channelArn=channel.arn)["streamSession"]["truncatedEvents"]
    assert len(shown) == 500
    assert [event["name"] for event in shown[:2]] == ["Starvation End", "Starvation Start"]
    assert shown[0]["type"] == "IVS Stream Health Change"
    times = [event["eventTime"] for event in shown]
    assert times[0] == sandbox.now
    assert times == sorted(times, reverse=True)


def test_a_history_is_kept_for_60_days(sandbox: Sandbox, ivs: Any) -> None:
    channel = make_channel(ivs)
    sandbox.world.go_live(channel.key).leave()

    sandbox.later(days=60)
    assert len(ivs.list_stream_sessions(channelArn=channel.arn)["streamSessions"]) == 1
    sandbox.later(seconds=1)
    assert ivs.list_stream_sessions(channelArn=channel.arn)["streamSessions"] == []
    code = refused_code(ivs.get_stream_session, channelArn=channel.arn)
    assert code == "ResourceNotFoundException"


def test_the_name_of_a_limit_can_be_as_the_schema_registry_has_it(
    sandbox: Sandbox, ivs: Any
) -> None:
    sandbox.world.options = Options(limit_name_member="limit")
    sandbox.world.go_live(make_channel(ivs).key, ingest=sent(HD, 9_000_000))

    (breach,) = sandbox.received("IVS Limit Breach")
    assert breach["detail"]["limit"] == "Ingest Bitrate"
    assert "limit_name" not in breach["detail"]


@pytest.mark.parametrize("wrong", [{"tracks": 0}, {"width": -1}, {"video_bitrate": "6M"}])
def test_a_stream_that_cannot_exist_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is a whole number, 1 or more"):
        Ingest(**wrong)
