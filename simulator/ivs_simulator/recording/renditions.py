"""Which renditions Amazon IVS makes of a stream, and which of them are recorded.

Sources: Channel Types (the ladders), Auto-Record to Amazon S3 (names, sizes of each resolution).
Not simulated: multitrack input, whose renditions the broadcaster's software chooses.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ivs_simulator.recording.media_format import MediaFormat


class ChannelType(StrEnum):
    BASIC = "BASIC"
    STANDARD = "STANDARD"
    ADVANCED_SD = "ADVANCED_SD"
    ADVANCED_HD = "ADVANCED_HD"


class Resolution(StrEnum):
    """What a recording configuration calls a range of sizes."""

    LOWEST_RESOLUTION = "LOWEST_RESOLUTION"
    SD = "SD"
    HD = "HD"
    FULL_HD = "FULL_HD"


CONSTRAINED = "CONSTRAINED_BANDWIDTH_DELIVERY"

# Lines of the picture, both ends included.
_LINES = {
    Resolution.LOWEST_RESOLUTION: (160, 360),
    Resolution.SD: (361, 480),
    Resolution.HD: (481, 720),
    Resolution.FULL_HD: (721, 1080),
}

# Bits a second by rung: (lines, frames a second).
_STANDARD = {
    (720, 60): 3_400_000,
    (720, 30): 2_400_000,
    (480, 30): 1_400_000,
    (360, 30): 630_000,
    (160, 30): 230_000,
}
_HIGHER_BANDWIDTH = {
    (720, 60): 3_000_000,
    (720, 30): 2_300_000,
    (480, 30): 1_300_000,
    (360, 30): 700_000,
    (160, 30): 270_000,
}
_CONSTRAINED_BANDWIDTH = {
    (720, 60): 2_200_000,
    (720, 30): 1_900_000,
    (480, 30): 800_000,
    (360, 30): 400_000,
    (160, 30): 220_000,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Size in pixels and frames a second."""

    width: int
    height: int
    framerate: float

    @property
    def lines(self) -> int:
        """The number before the `p`. For upright video, of which AWS says nothing, the width."""
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One quality of a stream; `name` is its folder, without a picture it is audio only."""

    name: str
    picture: Picture | None
    bitrate: int


def available(channel_type: ChannelType, preset: str, source: MediaFormat) -> tuple[Rendition, ...]:
    """The renditions made of a stream, best first."""
    sent = Picture(source.width, source.height, source.framerate)
    match channel_type:
        case ChannelType.BASIC:
            return (_passed_through(sent, source.bitrate),)
        case ChannelType.STANDARD:
            rungs = _rungs(_STANDARD, sent, top=720)
            is_passed = sent.lines > 720 or not rungs
            return (_passed_through(sent, source.bitrate), *rungs) if is_passed else rungs
        case ChannelType.ADVANCED_HD | ChannelType.ADVANCED_SD:
            bitrates = _CONSTRAINED_BANDWIDTH if preset == CONSTRAINED else _HIGHER_BANDWIDTH
            top = 720 if channel_type is ChannelType.ADVANCED_HD else 480
            return _advanced(bitrates, sent, top)


def recorded(
    made: Sequence[Rendition], channel_type: ChannelType, configuration: Mapping[str, Any]
) -> tuple[Rendition, ...]:
    """Those that a recording configuration's `renditionConfiguration` selects, best first."""
    selection = configuration.get("renditionSelection", "ALL")
    if selection == "NONE":
        return ()
    # "For BASIC channels, the CUSTOM value has no effect."
    if selection == "ALL" or channel_type is ChannelType.BASIC:
        return tuple(made)
    chosen = {_chosen(made, Resolution(each)) for each in configuration.get("renditions", ())}
    return tuple(each for each in made if each in chosen)


def matching(made: Iterable[Rendition], resolution: Resolution) -> Rendition | None:
    """The rendition of a resolution, if the stream has one.

    Of several, as with LOWEST_RESOLUTION (160 to 360), the smallest: AWS does not say.
    """
    low, high = _LINES[resolution]
    fitting = [each for each in made if each.picture and low <= each.picture.lines <= high]
    return fitting[-1] if fitting else None


def _chosen(made: Sequence[Rendition], resolution: Resolution) -> Rendition:
    # "If a selected rendition is unavailable, the best available rendition is recorded."
    return matching(made, resolution) or made[0]


def _advanced(
    bitrates: Mapping[tuple[int, int], int], sent: Picture, top: int
) -> tuple[Rendition, ...]:
    rungs = _rungs(bitrates, sent, top)
    # Between 480 and 720 lines ADVANCED_HD makes a rendition of the size that was sent.
    if not rungs or (top == 720 and 480 < sent.lines < 720):
        rungs = (_passed_through(sent, bitrates[720, _rate(sent)]), *rungs)
    return (*rungs, Rendition("audio_only", None, 64_000))


def _rungs(
    bitrates: Mapping[tuple[int, int], int], sent: Picture, top: int
) -> tuple[Rendition, ...]:
    """The ladder, never larger than what was sent; only 720 lines keep more than 30 frames."""
    rates = {720: _rate(sent), 480: 30, 360: 30, 160: 30}
    return tuple(
        Rendition(f"{lines}p{rate}", _scaled(sent, lines, rate), bitrates[lines, rate])
        for lines, rate in rates.items()
        if lines <= min(top, sent.lines)
    )


def _passed_through(sent: Picture, bitrate: int) -> Rendition:
    # As seen in public recordings: `1080p60`, but `1080p` at 30 frames and fewer.
    rate = f"{sent.framerate:.0f}" if sent.framerate > 30 else ""
    return Rendition(f"{sent.lines}p{rate}", sent, bitrate)


def _rate(sent: Picture) -> int:
    return 60 if sent.framerate > 30 else 30


def _scaled(sent: Picture, lines: int, rate: int) -> Picture:
    """The same shape with so many lines; sides are even, as 852x480 in AWS's samples."""
    width, height = (side * lines // sent.lines // 2 * 2 for side in (sent.width, sent.height))
    return Picture(width, height, min(sent.framerate, rate))
