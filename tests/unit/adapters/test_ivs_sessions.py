"""How the answer of GetStreamSession is read, with all its gaps."""

from typing import Any

import pytest

from streamwarden.adapters.ivs_sessions import ingest_of
from streamwarden.domain.state.ingest import AudioTrack, Ingest, VideoTrack

VIDEO = {
    "codec": "avc1.42C02A",
    "encoder": "Lavf58.45.100",
    "targetBitrate": 8_789_062,
    "targetFramerate": 60,
    "videoHeight": 1080,
    "videoWidth": 1920,
}
AUDIO = {"channels": 2, "codec": "mp4a.40.2", "sampleRate": 8000, "targetBitrate": 46_875}
TRACK = VideoTrack(width=1920, height=1080, framerate=60, bitrate=8_789_062, codec="avc1.42C02A")
SOUND = AudioTrack(bitrate=46_875, codec="mp4a.40.2")


def configurations(*video: dict[str, Any], audio: tuple[dict[str, Any], ...] = ()) -> Any:
    return {"ingestConfigurations": {"videoConfigurations": video, "audioConfigurations": audio}}


@pytest.mark.parametrize(
    ("session", "found"),
    [
        ({}, None),
        ({"ingestConfigurations": None, "ingestConfiguration": None}, None),
        (configurations(), None),
        (configurations({}), None),
        (configurations({"track": "Track0", "codec": "", "targetBitrate": 0}), None),
        ({"ingestConfiguration": {"audio": AUDIO}}, None),
        (configurations(audio=(AUDIO,)), None),
        (
            configurations({"track": "Track0"}, {**VIDEO, "track": "Track1"}),
            Ingest(
                video=(
                    VideoTrack(name="Track0"),
                    VideoTrack(
                        name="Track1",
                        width=1920,
                        height=1080,
                        framerate=60,
                        bitrate=8_789_062,
                        codec="avc1.42C02A",
                    ),
                )
            ),
        ),
        (configurations(VIDEO, audio=(AUDIO,)), Ingest(video=(TRACK,), audio=(SOUND,))),
        (
            {"ingestConfiguration": {"video": VIDEO, "audio": AUDIO}},
            Ingest(video=(TRACK,), audio=(SOUND,)),
        ),
        (
            {**configurations(), "ingestConfiguration": {"video": VIDEO}},
            Ingest(video=(TRACK,)),
        ),
        (
            configurations({"codec": "avc1.42C02A", "targetBitrate": 0}),
            Ingest(video=(VideoTrack(codec="avc1.42C02A"),)),
        ),
    ],
)
def test_a_session_is_read_as_far_as_it_says_anything(
    session: dict[str, Any], found: Ingest | None
) -> None:
    assert ingest_of(session) == found
