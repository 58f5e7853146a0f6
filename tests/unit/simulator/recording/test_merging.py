"""When two streams make one recording."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ivs_simulator.recording.merging import Interrupted, Obstacle, obstacle
from tests.unit.simulator.recording.builders import SOURCE, STARTED, source

HOUR = timedelta(hours=1)
RECORDING = Interrupted(
    original=SOURCE,
    started_at=STARTED,
    interrupted_at=STARTED + HOUR,
    stream_count=1,
    window_seconds=60,
)


@pytest.mark.parametrize(
    ("changes", "away_seconds", "expected"),
    [
        ({}, 0, None),
        ({}, 60, None),
        ({}, 60.001, Obstacle.WINDOW_CLOSED),
        ({"window_seconds": 0}, 0, Obstacle.NO_WINDOW),
        ({"window_seconds": 300}, 300, None),
        ({"writing_seconds": 10}, 9, Obstacle.STILL_WRITING),
        ({"writing_seconds": 10}, 10, None),
        ({"stream_count": 19}, 5, None),
        ({"stream_count": 20}, 5, Obstacle.TOO_MANY_STREAMS),
        ({"started_at": STARTED - 46 * HOUR}, 5, None),
        ({"started_at": STARTED - 47 * HOUR}, 0, Obstacle.TOO_OLD),
        ({"started_at": STARTED - 47 * HOUR + timedelta(seconds=6)}, 5, None),
    ],
)
def test_a_recording_waits_for_a_while(
    changes: dict[str, Any], away_seconds: float, expected: Obstacle | None
) -> None:
    recording = replace(RECORDING, **changes)
    at = recording.interrupted_at + timedelta(seconds=away_seconds)

    assert obstacle(recording, SOURCE, at) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"width": 1280}, Obstacle.PICTURE_SIZE),
        ({"height": 720}, Obstacle.PICTURE_SIZE),
        ({"width": 1080, "height": 1920}, Obstacle.PICTURE_SIZE),
        ({"framerate": 60.0}, Obstacle.FRAMERATE),
        ({"video_codec": "hevc"}, Obstacle.CODECS),
        ({"audio_codec": "mp3"}, Obstacle.CODECS),
        ({"bitrate": 9_000_000}, None),
        ({"bitrate": 9_000_001}, Obstacle.BITRATE),
        ({"bitrate": 3_000_000}, None),
        ({"bitrate": 2_999_999}, Obstacle.BITRATE),
    ],
)
def test_the_streams_are_alike(changes: dict[str, Any], expected: Obstacle | None) -> None:
    at = RECORDING.interrupted_at + timedelta(seconds=5)

    assert obstacle(RECORDING, source(**changes), at) is expected
