"""The objects of a recording in S3: what Auto-Record to Amazon S3 leaves in a bucket.

Source: Auto-Record to Amazon S3. The names of media files and thumbnails are not documented;
`thumb0.jpg` and `0.ts` are as seen in public recordings.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ivs_simulator.recording import media, metadata, playlists, renditions, thumbnails
from ivs_simulator.recording.media import ContainerFormat, MediaFile
from ivs_simulator.recording.media_format import MediaFormat
from ivs_simulator.recording.metadata import MEDIA, End
from ivs_simulator.recording.playlists import Span
from ivs_simulator.recording.renditions import ChannelType, Rendition
from ivs_simulator.recording.storage import StoredObject
from ivs_simulator.recording.thumbnails import Thumbnails

PLAYLIST_TYPE = "application/vnd.apple.mpegurl"

type Objects = dict[str, StoredObject]


def key_prefix(account: str, channel_id: str, started_at: datetime, recording_id: str) -> str:
    """Where a recording's objects are: the UTC minute it started in, its numbers unpadded."""
    utc = started_at.astimezone(UTC)
    minute = f"{utc.year}/{utc.month}/{utc.day}/{utc.hour}/{utc.minute}"
    return f"ivs/v1/{account}/{channel_id}/{minute}/{recording_id}"


@dataclass(frozen=True, slots=True)
class Layout:
    """A recording as it begins; `configuration` is the recording configuration as the API has it.

    `source` is the format of the first stream: "determined by the characteristics of the first
    received video segments".
    """

    prefix: str
    channel_arn: str
    started_at: datetime
    configuration: Mapping[str, Any]
    source: MediaFormat
    channel_type: ChannelType = ChannelType.STANDARD
    preset: str = ""
    container_format: ContainerFormat = ContainerFormat.TS

    def at_start(self) -> Objects:
        """What is there when `Recording Start` is sent: media only come later."""
        return self._keyed({"events/recording-started.json": self._document()})

    def at_end(self, at: datetime, spans: Sequence[Span], failure: str = "") -> Objects:
        """What is added by the time `Recording End` or `Recording End Failure` is sent.

        The spans are what was recorded, of one stream or several. The JSON file is last: who
        finds it finds everything.
        """
        lasted = sum(span.duration_ms for span in spans) if self._renditions else 0
        end = End(at, lasted, failure)
        name = "recording-failed.json" if failure else "recording-ended.json"
        return self._keyed(
            (self._media(spans, has_byte_ranges=not failure) if lasted else {})
            | self._pictures(sum(span.duration_ms for span in spans))
            | {f"events/{name}": self._document(end)}
        )

    @property
    def _made(self) -> tuple[Rendition, ...]:
        return renditions.available(self.channel_type, self.preset, self.source)

    @property
    def _renditions(self) -> tuple[Rendition, ...]:
        selection = self.configuration.get("renditionConfiguration", {})
        return renditions.recorded(self._made, self.channel_type, selection)

    @property
    def _thumbnails(self) -> Thumbnails | None:
        wanted = self.configuration.get("thumbnailConfiguration", {})
        return thumbnails.taken(self._made, self.source, wanted)

    def _document(self, end: End | None = None) -> StoredObject:
        # With no rendition selected, `hls` stays with an empty list and no objects. AWS's page
        # says there is always one, and nothing of NONE: programs should bear the harder reading.
        content = metadata.document(
            self.channel_arn, self.started_at, self._renditions, self._thumbnails, end
        )
        return StoredObject(json.dumps(content, indent=2).encode(), "application/json")

    def _media(self, spans: Sequence[Span], *, has_byte_ranges: bool) -> Objects:
        files = [
            (each, media.segment(self.container_format, has_video=each.picture is not None))
            for each in self._renditions
        ]
        held = _multivariants(files, has_byte_ranges=has_byte_ranges)
        # Renditions of a kind play the same media, so their objects share one copy of it.
        folders = {
            file: _folder(file, spans, has_byte_ranges=has_byte_ranges)
            for file in {file for _, file in files}
        }
        for rendition, file in files:
            for name, stored in folders[file].items():
                held[f"{MEDIA}/{rendition.name}/{name}"] = stored
        return held

    def _pictures(self, duration_ms: int) -> Objects:
        picture = StoredObject(media.thumbnail(), "image/jpeg")
        keys = self._thumbnails.keys(duration_ms) if self._thumbnails else ()
        return dict.fromkeys(keys, picture)

    def _keyed(self, held: Objects) -> Objects:
        return {f"{self.prefix}/{key}": stored for key, stored in held.items()}


def _multivariants(
    files: Sequence[tuple[Rendition, MediaFile]], *, has_byte_ranges: bool
) -> Objects:
    is_mp4 = any(file.initialization for _, file in files)
    plain = playlists.multivariant(files, metadata.VARIANT, version=6 if is_mp4 else 3)
    held = {f"{MEDIA}/{metadata.MULTIVARIANT}": _playlist(plain)}
    if has_byte_ranges:
        cut = playlists.multivariant(files, metadata.BYTE_RANGE_VARIANT, 6 if is_mp4 else 4)
        held[f"{MEDIA}/{metadata.BYTE_RANGE_MULTIVARIANT}"] = _playlist(cut)
    return held


def _folder(file: MediaFile, spans: Sequence[Span], *, has_byte_ranges: bool) -> Objects:
    held = {
        name: StoredObject(body, file.content_type)
        for name, body in playlists.media_files(file, spans).items()
    }
    held[metadata.VARIANT] = _playlist(playlists.variant(file, spans))
    if has_byte_ranges:
        held[metadata.BYTE_RANGE_VARIANT] = _playlist(playlists.byte_range_variant(file, spans))
    return held


def _playlist(text: str) -> StoredObject:
    return StoredObject(text.encode(), PLAYLIST_TYPE)
