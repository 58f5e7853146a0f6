"""Encoders that send more than is allowed, or something else."""

from typing import Any

import pytest

from streamwarden.domain.inputs import Input
from streamwarden.domain.needs import Needs
from streamwarden.domain.rules.live_sessions.ingest_ceiling import IngestCeiling
from streamwarden.domain.state.ingest import AudioTrack
from streamwarden.domain.verdicts import Finding
from testbed.builders import (
    NEXT_STREAM,
    STREAM,
    at,
    ingest_observed,
    stream_end,
    stream_start,
    video_track,
)
from tests.unit.domain.rules.cases import (
    OFF_AIR,
    Case,
    assert_found,
    breach,
    compliant,
    each,
    not_applicable,
)

LIVE = stream_start(at())
HD = IngestCeiling(short_edge=720, bitrate=5_000_000)
UNKNOWN = not_applicable("what the encoder sends is not known yet; sweeps read it when IVS has it")
WITHIN = compliant("the encoder sends no more than is allowed")
LADDER = (
    video_track(name="Track0", bitrate=6_000_000),
    video_track(1280, 720, name="Track1", bitrate=2_500_000),
    video_track(640, 360, name="Track2", bitrate=600_000, framerate=30),
)
UNTOLD = video_track(None, None, framerate=None, bitrate=None, codec="")


def sends(*video: Any, **more: Any) -> Input:
    return ingest_observed(at(minutes=5), *video, **more)


def breach_of(reason: str) -> Finding:
    return breach(reason, at(), STREAM)


def case(title: str, check: IngestCeiling, sent: Input, found: Finding) -> Case:
    return Case(title=title, check=check, given=(LIVE, sent), now=at(1), found=found)


@each(
    (
        Case(title="an idle channel", check=HD, now=at(), found=OFF_AIR),
        Case(title="not read yet", check=HD, given=(LIVE,), now=at(9), found=UNKNOWN),
        Case(
            title="read of the stream before",
            check=HD,
            given=(LIVE, sends(), stream_start(at(1), NEXT_STREAM)),
            now=at(2),
            found=UNKNOWN,
        ),
        Case(
            title="over",
            check=HD,
            given=(LIVE, sends(), stream_end(at(1))),
            now=at(2),
            found=OFF_AIR,
        ),
        Case(
            title="the last reading counts",
            check=HD,
            given=(
                LIVE,
                sends(),
                ingest_observed(at(minutes=10), video_track(1280, 720, bitrate=1)),
            ),
            now=at(2),
            found=WITHIN,
        ),
        Case(
            title="a start that is still to come is not the start of the breach",
            check=HD,
            given=(stream_start(at(minutes=10)), ingest_observed(at(minutes=11))),
            now=at(minutes=5),
            found=breach(
                "video 1080p60 (1920x1080) at 8.5 Mbit/s; at most 720p and 5 Mbit/s is allowed",
                at(minutes=5),
                STREAM,
            ),
        ),
    )
)
def test_the_stream_on_the_air_is_judged(case: Case) -> None:
    assert_found(case)


@each(
    (
        case(
            "all too large",
            IngestCeiling(short_edge=720, long_edge=1280, framerate=30, bitrate=5_000_000),
            sends(),
            breach_of(
                "video 1080p60 (1920x1080) at 8.5 Mbit/s; "
                "at most 720p, 1280 pixels an edge, 30 fps and 5 Mbit/s is allowed"
            ),
        ),
        case(
            "only what is exceeded is named",
            HD,
            sends(video_track(1280, 720)),
            breach_of("video 720p60 (1280x720) at 8.5 Mbit/s; at most 5 Mbit/s is allowed"),
        ),
        case(
            "exactly at the ceilings", HD, sends(video_track(1280, 720, bitrate=5_000_000)), WITHIN
        ),
        case(
            "one above the ceilings",
            HD,
            sends(video_track(1282, 721, bitrate=5_000_001)),
            breach_of(
                "video 721p60 (1282x721) at 5.000001 Mbit/s; at most 720p and 5 Mbit/s is allowed"
            ),
        ),
        case("portrait", HD, sends(video_track(720, 1280, bitrate=1_000_000)), WITHIN),
        case(
            "portrait that is too large",
            HD,
            sends(video_track(1080, 1920, bitrate=1_000_000)),
            breach_of("video 1080p60 (1080x1920) at 1 Mbit/s; at most 720p is allowed"),
        ),
        case(
            "a strip within the short edge",
            IngestCeiling(short_edge=720, long_edge=1280),
            sends(video_track(1920, 720)),
            breach_of(
                "video 720p60 (1920x720) at 8.5 Mbit/s; at most 1280 pixels an edge is allowed"
            ),
        ),
        case(
            "frame rate",
            IngestCeiling(framerate=30),
            sends(),
            breach_of("video 1080p60 (1920x1080) at 8.5 Mbit/s; at most 30 fps is allowed"),
        ),
        case(
            "one of several tracks",
            HD,
            sends(*LADDER[1:]),
            WITHIN,
        ),
        case(
            "the tracks that are too large",
            IngestCeiling(short_edge=480),
            sends(*LADDER),
            breach_of(
                "video Track0 1080p60 (1920x1080) at 6 Mbit/s, Track1 720p60 (1280x720) at "
                "2.5 Mbit/s of 3 tracks, 9.1 Mbit/s together; at most 480p is allowed"
            ),
        ),
        case(
            "several tracks together",
            IngestCeiling(bitrate=9_000_000),
            sends(*LADDER),
            breach_of(
                "video Track0 1080p60 (1920x1080) at 6 Mbit/s, Track1 720p60 (1280x720) at "
                "2.5 Mbit/s, Track2 360p30 (640x360) at 0.6 Mbit/s of 3 tracks, 9.1 Mbit/s "
                "together; at most 9 Mbit/s is allowed"
            ),
        ),
        case(
            "number of tracks",
            IngestCeiling(video_tracks=1),
            sends(*LADDER[1:]),
            breach_of(
                "video Track1 720p60 (1280x720) at 2.5 Mbit/s, Track2 360p30 (640x360) at "
                "0.6 Mbit/s of 2 tracks, 3.1 Mbit/s together; at most 1 video track is allowed"
            ),
        ),
    )
)
def test_figures_are_held_against_ceilings(case: Case) -> None:
    assert_found(case)


AVC = IngestCeiling(video_codecs=("avc1.*",), audio_codecs=("mp4a.40.2",))


@each(
    (
        case("allowed codecs", AVC, sends(), WITHIN),
        case(
            "another video codec",
            AVC,
            sends(video_track(codec="hvc1.1.6.L123.B0")),
            breach_of("video codec 'hvc1.1.6.L123.B0', not 'avc1.*'"),
        ),
        case(
            "another audio codec",
            AVC,
            sends(audio=(AudioTrack(codec="mp4a.40.5"),)),
            breach_of("audio codec 'mp4a.40.5', not 'mp4a.40.2'"),
        ),
        case(
            "in one of several tracks",
            AVC,
            sends(video_track(), video_track(codec="hvc1.1", name="Track1")),
            breach_of("video codec 'hvc1.1' of Track1, not 'avc1.*'"),
        ),
        case(
            "beside a figure",
            IngestCeiling(short_edge=720, video_codecs=("avc1.*", "hvc1.*")),
            sends(video_track(codec="av01.0")),
            breach_of(
                "video 1080p60 (1920x1080) at 8.5 Mbit/s; at most 720p is allowed; "
                "video codec 'av01.0', not 'avc1.*' or 'hvc1.*'"
            ),
        ),
    )
)
def test_codecs_are_held_against_lists(case: Case) -> None:
    assert_found(case)


@each(
    (
        case(
            "nothing that is asked for",
            IngestCeiling(short_edge=720, long_edge=1280, framerate=30, bitrate=5_000_000),
            sends(UNTOLD),
            not_applicable("the encoder does not report its resolution, frame rate, bit rate"),
        ),
        case(
            "no codecs",
            AVC,
            sends(UNTOLD, audio=()),
            not_applicable("the encoder does not report its video codec, audio codec"),
        ),
        case("something else", IngestCeiling(framerate=60), sends(video_track(None)), WITHIN),
        case(
            "half a resolution",
            HD,
            sends(video_track(1920, None, bitrate=1)),
            not_applicable("the encoder does not report its resolution"),
        ),
        case(
            "a fault beside what is not told",
            HD,
            sends(video_track(None, None)),
            breach_of("video 60 fps at 8.5 Mbit/s; at most 5 Mbit/s is allowed"),
        ),
        case(
            "a track that exceeds the sum alone",
            HD,
            sends(video_track(640, 360, name="Track0"), UNTOLD),
            breach_of(
                "video Track0 360p60 (640x360) at 8.5 Mbit/s, Track0 of 2 tracks, "
                "8.5 Mbit/s together; at most 5 Mbit/s is allowed"
            ),
        ),
        case(
            "a track that might exceed the sum",
            IngestCeiling(bitrate=9_000_000),
            sends(video_track(), UNTOLD),
            not_applicable("the encoder does not report its bit rate"),
        ),
    )
)
def test_what_an_encoder_does_not_tell_is_no_breach(case: Case) -> None:
    assert_found(case)


@pytest.mark.parametrize(
    ("params", "complaint"),
    [
        ({}, "give at least one of short_edge, long_edge, framerate, bitrate, video_tracks"),
        ({"framerate": 0}, "`framerate`: expected 1 or more, found 0"),
        ({"framerate": 60_000}, "`framerate`: expected frames per second such as 60, found 60000"),
        ({"video_codecs": ("avc1.*", "H.264")}, "`video_codecs`: .* found 'H.264'; write 'avc1.*'"),
        ({"video_codecs": ("hvc1",)}, "`video_codecs`: .* found 'hvc1'; write 'hvc1.*'"),
        ({"audio_codecs": ("AAC",)}, "`audio_codecs`: .* found 'AAC'; write 'mp4a.*'"),
        ({"bitrate": 6000}, "`bitrate`: expected bits per second such as 6000000, found 6000"),
        ({"short_edge": 720, "long_edge": 480}, "`long_edge`: expected at least .* 720, found 480"),
    ],
)
def test_senseless_parameters_are_refused(params: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        IngestCeiling(**params)


def test_it_needs_what_encoders_send() -> None:
    assert HD.needs == Needs(ingest=True)
