"""What a recording leaves in its bucket."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ivs_simulator.recording.layout import Objects, key_prefix
from ivs_simulator.recording.media import ContainerFormat
from ivs_simulator.recording.renditions import ChannelType
from tests.unit.simulator.recording.builders import ARN, PREFIX, STARTED, layout, source, span

ENDED = STARTED + timedelta(seconds=125)
HD60 = source(width=1280, height=720, framerate=60.0)
BOTH = {"storage": ["SEQUENTIAL", "LATEST"], "resolution": "SD", "targetIntervalSeconds": 60}


def read(objects: Objects, name: str) -> Any:
    stored = objects[f"{PREFIX}/events/{name}.json"]
    assert stored.content_type == "application/json"
    return json.loads(stored.body)


def names(objects: Objects, folder: str = "") -> list[str]:
    """The keys below a folder of the prefix, without it."""
    start = f"{PREFIX}/{folder}"
    return [key.removeprefix(start) for key in objects if key.startswith(start)]


def rendition(name: str, height: int, width: int, *, has_byte_range: bool = True) -> dict[str, Any]:
    byte_range = {"byte_range_playlist": "byte-range-variant.m3u8"} if has_byte_range else {}
    size = {"resolution_height": height, "resolution_width": width}
    return {"path": name, "playlist": "playlist.m3u8", **byte_range, **size}


def test_the_prefix_is_the_utc_minute_of_the_start() -> None:
    at = datetime(2026, 3, 14, 20, 2, 19, tzinfo=timezone(timedelta(hours=2)))

    assert key_prefix("123456789012", "Zqumpm08hsE8", at, "0f6YYIgrCOX6") == PREFIX
    assert key_prefix("1", "c", datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "r") == (
        "ivs/v1/1/c/2026/1/2/3/4/r"
    )


def test_only_the_beginning_is_written_at_the_start() -> None:
    objects = layout({"thumbnailConfiguration": BOTH}, source=HD60).at_start()

    assert list(objects) == [f"{PREFIX}/events/recording-started.json"]
    assert read(objects, "recording-started") == {
        "version": "v1",
        "channel_arn": ARN,
        "recording_started_at": "2026-03-14T18:02:19Z",
        "recording_status": "RECORDING_STARTED",
        "media": {
            "hls": {
                "path": "media/hls",
                "playlist": "master.m3u8",
                "byte_range_playlist": "byte-range-multivariant.m3u8",
                "renditions": [
                    rendition("480p30", 480, 852),
                    rendition("360p30", 360, 640),
                    rendition("160p30", 160, 284),
                    rendition("720p60", 720, 1280),
                ],
            },
            "thumbnails": {
                "path": "media/thumbnails",
                "resolution_height": 480,
                "resolution_width": 852,
            },
            "latest_thumbnail": {
                "path": "media/latest_thumbnail/thumb.jpg",
                "resolution_height": 480,
                "resolution_width": 852,
            },
        },
    }


def test_the_end_adds_what_only_it_knows() -> None:
    recording = layout(source=HD60)
    started = read(recording.at_start(), "recording-started")

    ended = read(recording.at_end(ENDED, [span(60), span(62.5)]), "recording-ended")

    assert ended.pop("recording_ended_at") == "2026-03-14T18:04:24Z"
    assert ended["media"]["hls"].pop("duration_ms") == 122_500
    assert ended.pop("recording_status") == "RECORDING_ENDED"
    del started["recording_status"]
    assert ended == started


def test_a_failure_names_its_reason_and_no_byte_ranges() -> None:
    objects = layout(source=HD60, channel_type=ChannelType.BASIC).at_end(
        ENDED, [span(30)], failure="InternalServerException"
    )

    assert names(objects, "events/") == ["recording-failed.json"]
    assert read(objects, "recording-failed") == {
        "version": "v1",
        "channel_arn": ARN,
        "recording_ended_at": "2026-03-14T18:04:24Z",
        "recording_started_at": "2026-03-14T18:02:19Z",
        "recording_status": "RECORDING_ENDED_WITH_FAILURE",
        "recording_status_message": "InternalServerException",
        "media": {
            "hls": {
                "duration_ms": 30_000,
                "path": "media/hls",
                "playlist": "master.m3u8",
                "renditions": [rendition("720p60", 720, 1280, has_byte_range=False)],
            },
            "thumbnails": {
                "path": "media/thumbnails",
                "resolution_height": 720,
                "resolution_width": 1280,
            },
        },
    }
    assert not [key for key in objects if "byte-range" in key]


def test_media_come_before_the_file_that_tells_of_them() -> None:
    objects = layout(channel_type=ChannelType.BASIC).at_end(ENDED, [span(125)])

    assert names(objects) == [
        "media/hls/master.m3u8",
        "media/hls/byte-range-multivariant.m3u8",
        "media/hls/1080p/0.ts",
        "media/hls/1080p/1.ts",
        "media/hls/1080p/playlist.m3u8",
        "media/hls/1080p/byte-range-variant.m3u8",
        "media/thumbnails/thumb0.jpg",
        "media/thumbnails/thumb1.jpg",
        "media/thumbnails/thumb2.jpg",
        "events/recording-ended.json",
    ]


@pytest.mark.parametrize("container", list(ContainerFormat))
@pytest.mark.parametrize("channel_type", list(ChannelType))
def test_what_the_json_names_is_there(
    container: ContainerFormat, channel_type: ChannelType
) -> None:
    objects = layout(container_format=container, channel_type=channel_type).at_end(
        ENDED, [span(125)]
    )

    hls = read(objects, "recording-ended")["media"]["hls"]

    there = set(names(objects))
    assert {f"{hls['path']}/{hls[each]}" for each in ("playlist", "byte_range_playlist")} <= there
    for each in hls["renditions"]:
        folder = f"{hls['path']}/{each['path']}"
        assert f"{folder}/{each['playlist']}" in there
        assert f"{folder}/{each['byte_range_playlist']}" in there
    master = objects[f"{PREFIX}/media/hls/master.m3u8"].body.decode().splitlines()
    listed = [line for line in master if not line.startswith("#")]
    assert sorted(listed) == sorted(f"{each['path']}/playlist.m3u8" for each in hls["renditions"])


def test_an_audio_rendition_has_no_size() -> None:
    recording = layout(channel_type=ChannelType.ADVANCED_SD)

    *_, audio, best = read(recording.at_start(), "recording-started")["media"]["hls"]["renditions"]

    assert best["path"] == "480p30"
    assert audio == {
        "path": "audio_only",
        "playlist": "playlist.m3u8",
        "byte_range_playlist": "byte-range-variant.m3u8",
    }


def test_no_rendition_means_pictures_alone() -> None:
    recording = layout({"renditionConfiguration": {"renditionSelection": "NONE"}})

    objects = recording.at_end(ENDED, [span(30)])

    assert names(objects) == ["media/thumbnails/thumb0.jpg", "events/recording-ended.json"]
    hls = read(objects, "recording-ended")["media"]["hls"]
    assert (hls["renditions"], hls["duration_ms"]) == ([], 0)


@pytest.mark.parametrize("spans", [[], [span(0)]])
def test_nothing_recorded_leaves_no_media(spans: list[Any]) -> None:
    objects = layout().at_end(ENDED, spans, failure="InternalServerException")

    assert names(objects) == ["events/recording-failed.json"]
    assert read(objects, "recording-failed")["media"]["hls"]["duration_ms"] == 0


@pytest.mark.parametrize(
    ("wanted", "seconds", "keys"),
    [
        ({}, 60, ["thumbnails/thumb0.jpg"]),
        ({}, 60.001, ["thumbnails/thumb0.jpg", "thumbnails/thumb1.jpg"]),
        ({"targetIntervalSeconds": 1, "storage": ["LATEST"]}, 3, ["latest_thumbnail/thumb.jpg"]),
        (
            {"targetIntervalSeconds": 2, "storage": ["SEQUENTIAL", "LATEST"]},
            3,
            ["thumbnails/thumb0.jpg", "thumbnails/thumb1.jpg", "latest_thumbnail/thumb.jpg"],
        ),
        ({"recordingMode": "DISABLED", "storage": ["LATEST"]}, 60, []),
    ],
)
def test_pictures_are_taken_as_configured(
    wanted: dict[str, Any], seconds: float, keys: list[str]
) -> None:
    objects = layout({"thumbnailConfiguration": wanted}).at_end(ENDED, [span(seconds)])

    assert [key for key in names(objects, "media/") if key.endswith(".jpg")] == keys


@pytest.mark.parametrize(
    ("wanted", "output"),
    [
        ({}, {"thumbnails": [1080, 1920]}),
        ({"resolution": "HD"}, {"thumbnails": [720, 1280]}),
        ({"resolution": "LOWEST_RESOLUTION"}, {"thumbnails": [160, 284]}),
        ({"storage": ["LATEST"]}, {"thumbnails": [1080, 1920], "latest_thumbnail": [1080, 1920]}),
        ({"recordingMode": "DISABLED"}, {}),
    ],
)
def test_the_json_names_the_size_of_pictures(
    wanted: dict[str, Any], output: dict[str, list[int]]
) -> None:
    media = read(layout({"thumbnailConfiguration": wanted}).at_start(), "recording-started")[
        "media"
    ]

    del media["hls"]
    sizes = {
        name: [each["resolution_height"], each["resolution_width"]] for name, each in media.items()
    }
    assert sizes == output


def test_a_size_the_stream_does_not_have_is_the_sources() -> None:
    wanted = {"thumbnailConfiguration": {"resolution": "HD"}}

    started = layout(wanted, channel_type=ChannelType.BASIC).at_start()

    assert read(started, "recording-started")["media"]["thumbnails"]["resolution_height"] == 1080


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("480p30/0.mp4", "video/mp4"),
        ("480p30/init-0.mp4", "video/mp4"),
        ("audio_only/0.mp4", "audio/mp4"),
    ],
)
def test_objects_have_their_media_types(name: str, content_type: str) -> None:
    objects = layout(
        channel_type=ChannelType.ADVANCED_SD, container_format=ContainerFormat.FRAGMENTED_MP4
    ).at_end(ENDED, [span(125)])

    assert objects[f"{PREFIX}/media/hls/{name}"].content_type == content_type


def test_renditions_share_one_copy_of_their_media() -> None:
    objects = layout().at_end(ENDED, [span(125)])

    first, second = (
        objects[f"{PREFIX}/media/hls/{name}/playlist.m3u8"].body for name in ("1080p", "480p30")
    )
    assert first is second
