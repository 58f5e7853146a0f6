"""Encoder configurations: the size, frame rate and bitrate of what is composed."""

from typing import Final

from ivs_simulator.operations.real_time_resources import RealTimeResource

# Source: API Reference, Video.
_VIDEO: Final = {"width": 1280, "height": 720, "framerate": 30.0, "bitrate": 2_500_000}

ENCODER_CONFIGURATIONS: Final = RealTimeResource(
    kind="encoder-configuration",
    shape="EncoderConfiguration",
    defaults={"name": "", "video": _VIDEO},
)
