"""Pictures taken of a stream while it is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivs_simulator.recording.media_format import MediaFormat
from ivs_simulator.recording.renditions import Picture, Rendition, Resolution, matching

FOLDER = "media/thumbnails"
LATEST = "media/latest_thumbnail/thumb.jpg"


@dataclass(frozen=True, slots=True)
class Thumbnails:
    """How pictures are taken: the size in the metadata, how often, and what is kept."""

    picture: Picture
    interval_seconds: int
    has_sequence: bool
    has_latest: bool

    def keys(self, duration_ms: int) -> Iterator[str]:
        """The keys below the prefix after so much was recorded."""
        if duration_ms <= 0:
            return
        if self.has_sequence:
            # Numbered from 0, as seen in public recordings. That the first one is taken at once
            # and not after an interval is our choice.
            taken = range((duration_ms - 1) // (self.interval_seconds * 1000) + 1)
            yield from (f"{FOLDER}/thumb{number}.jpg" for number in taken)
        if self.has_latest:
            yield LATEST


def taken(
    made: Sequence[Rendition], source: MediaFormat, configuration: Mapping[str, Any]
) -> Thumbnails | None:
    """The pictures that a recording configuration's `thumbnailConfiguration` asks for."""
    if configuration.get("recordingMode", "INTERVAL") == "DISABLED":
        return None
    storage = configuration.get("storage") or ["SEQUENTIAL"]
    return Thumbnails(
        picture=_picture(made, source, configuration.get("resolution")),
        interval_seconds=int(configuration.get("targetIntervalSeconds", 60)),
        has_sequence="SEQUENTIAL" in storage,
        has_latest="LATEST" in storage,
    )


def _picture(made: Sequence[Rendition], source: MediaFormat, resolution: str | None) -> Picture:
    """The rendition of that resolution "if available during the stream", else the source's."""
    found = matching(made, Resolution(resolution)) if resolution else None
    if found and found.picture:
        return found.picture
    return Picture(source.width, source.height, source.framerate)
