"""The media of every simulated recording: real files, made once by `make.py`."""

import json
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class ContainerFormat(StrEnum):
    """A channel's `containerFormat`, which is also that of its recordings."""

    TS = "TS"
    FRAGMENTED_MP4 = "FRAGMENTED_MP4"


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of a file from one keyframe to the next, playable by itself."""

    milliseconds: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One media file of about ten seconds and where it may be cut."""

    body: bytes
    initialization: bytes | None
    cuts: tuple[Cut, ...]
    codecs: str
    suffix: str
    content_type: str

    @property
    def duration_ms(self) -> int:
        return sum(cut.milliseconds for cut in self.cuts)

    def cuts_for(self, duration_ms: int) -> tuple[Cut, ...]:
        """The fewest cuts from the start that last at least so long, or all there are."""
        lasted = 0
        for number, cut in enumerate(self.cuts, start=1):
            lasted += cut.milliseconds
            if lasted >= duration_ms:
                return self.cuts[:number]
        return self.cuts


def segment(container: ContainerFormat, *, has_video: bool) -> MediaFile:
    """H.264 and AAC, or AAC alone, in a container."""
    return _load("video" if has_video else "audio", container)


@cache
def thumbnail() -> bytes:
    """A JPEG."""
    return _read("thumbnail.jpg")


@cache
def _load(kind: str, container: ContainerFormat) -> MediaFile:
    is_mp4 = container is ContainerFormat.FRAGMENTED_MP4
    suffix = "mp4" if is_mp4 else "ts"
    # RFC 8216, 4: audio in a transport stream is video/MP2T as well.
    content_type = f"{kind}/mp4" if is_mp4 else "video/MP2T"
    index = json.loads(_read("index.json"))[f"{kind}.{suffix}"]
    return MediaFile(
        body=_read(f"{kind}.{suffix}"),
        initialization=_read(f"{kind}-init.mp4") if is_mp4 else None,
        cuts=_cuts(index["milliseconds"], index["bytes"]),
        codecs="avc1.42C00C,mp4a.40.2" if kind == "video" else "mp4a.40.2",
        suffix=suffix,
        content_type=content_type,
    )


def _cuts(milliseconds: list[int], lengths: list[int]) -> tuple[Cut, ...]:
    offsets = [sum(lengths[:number]) for number in range(len(lengths))]
    return tuple(map(Cut, milliseconds, offsets, lengths))


def _read(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
