"""The ladders of AWS's page on channel types, and what a recording configuration takes of them."""

from typing import Any

import pytest

from ivs_simulator.recording.renditions import (
    CONSTRAINED,
    ChannelType,
    Picture,
    available,
    recorded,
)
from tests.unit.simulator.recording.builders import SOURCE, source

LOW = ["480p30", "360p30", "160p30"]


@pytest.mark.parametrize(
    ("channel_type", "height", "framerate", "names"),
    [
        ("STANDARD", 1080, 60, ["1080p60", "720p60", *LOW]),
        ("STANDARD", 1080, 30, ["1080p", "720p30", *LOW]),
        ("STANDARD", 900, 30, ["900p", "720p30", *LOW]),
        ("STANDARD", 720, 60, ["720p60", *LOW]),
        ("STANDARD", 720, 30, ["720p30", *LOW]),
        ("STANDARD", 540, 60, LOW),
        ("STANDARD", 480, 30, LOW),
        ("STANDARD", 360, 30, ["360p30", "160p30"]),
        ("STANDARD", 90, 30, ["90p"]),
        ("ADVANCED_HD", 1080, 60, ["720p60", *LOW, "audio_only"]),
        ("ADVANCED_HD", 1080, 30, ["720p30", *LOW, "audio_only"]),
        ("ADVANCED_HD", 600, 30, ["600p", *LOW, "audio_only"]),
        ("ADVANCED_HD", 480, 60, [*LOW, "audio_only"]),
        ("ADVANCED_SD", 1080, 60, [*LOW, "audio_only"]),
        ("ADVANCED_SD", 600, 60, [*LOW, "audio_only"]),
        ("BASIC", 1080, 60, ["1080p60"]),
        ("BASIC", 480, 30, ["480p"]),
    ],
)
def test_a_channel_type_makes_its_ladder(
    channel_type: str, height: int, framerate: float, names: list[str]
) -> None:
    sent = source(width=height * 16 // 9, height=height, framerate=framerate)

    made = available(ChannelType(channel_type), "", sent)

    assert [each.name for each in made] == names


def test_sizes_are_those_of_the_documented_sample() -> None:
    made = available(ChannelType.STANDARD, "", source(width=1280, height=720, framerate=60.0))

    assert [each.picture for each in made] == [
        Picture(1280, 720, 60),
        Picture(852, 480, 30),
        Picture(640, 360, 30),
        Picture(284, 160, 30),
    ]


def test_an_upright_picture_stays_upright() -> None:
    made = available(ChannelType.STANDARD, "", source(width=1080, height=1920))

    assert (made[0].name, made[0].picture) == ("1080p", Picture(1080, 1920, 30))
    assert (made[1].name, made[1].picture) == ("720p30", Picture(720, 1280, 30))


def test_no_frames_are_invented() -> None:
    made = available(ChannelType.STANDARD, "", source(framerate=24.0))

    assert {each.picture.framerate for each in made if each.picture} == {24.0}


@pytest.mark.parametrize(("preset", "bitrate"), [("", 2_300_000), (CONSTRAINED, 1_900_000)])
def test_a_preset_decides_bitrates(preset: str, bitrate: int) -> None:
    assert available(ChannelType.ADVANCED_HD, preset, SOURCE)[0].bitrate == bitrate


@pytest.mark.parametrize(
    ("channel_type", "configuration", "names"),
    [
        ("STANDARD", {}, ["1080p", "720p30", *LOW]),
        ("STANDARD", {"renditionSelection": "ALL"}, ["1080p", "720p30", *LOW]),
        ("STANDARD", {"renditionSelection": "NONE"}, []),
        ("STANDARD", {"renditionSelection": "CUSTOM", "renditions": ["SD"]}, ["480p30"]),
        (
            "STANDARD",
            {"renditionSelection": "CUSTOM", "renditions": ["LOWEST_RESOLUTION", "HD"]},
            ["720p30", "160p30"],
        ),
        ("STANDARD", {"renditionSelection": "CUSTOM", "renditions": ["FULL_HD"]}, ["1080p"]),
        ("ADVANCED_SD", {"renditionSelection": "CUSTOM", "renditions": ["HD", "SD"]}, ["480p30"]),
        ("ADVANCED_HD", {"renditionSelection": "CUSTOM", "renditions": ["FULL_HD"]}, ["720p30"]),
        ("BASIC", {"renditionSelection": "CUSTOM", "renditions": ["SD"]}, ["1080p"]),
        ("BASIC", {"renditionSelection": "NONE"}, []),
    ],
)
def test_a_configuration_selects(
    channel_type: str, configuration: dict[str, Any], names: list[str]
) -> None:
    kind = ChannelType(channel_type)

    taken = recorded(available(kind, "", SOURCE), kind, configuration)

    assert [each.name for each in taken] == names
