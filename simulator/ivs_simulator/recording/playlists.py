"""HLS playlists (RFC 8216) that play one short media file for as long as a recording lasts.

Simplified: a real recording has ten seconds of new media in every file. Here each entry names the
same file again, so its clock starts again and every entry but the first is a discontinuity. What is
left at the end of a stream is a file cut at the next keyframe; the last EXTINF says how long the
stream really was, up to 2 s less than its file.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ivs_simulator.recording.media import Cut, MediaFile
from ivs_simulator.recording.renditions import Rendition

INITIALIZATION = "init-0.mp4"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of recorded time without a gap; a recording of merged streams has several."""

    started_at: datetime
    duration_ms: int


@dataclass(frozen=True, slots=True)
class _Entry:
    file_name: str
    cuts: tuple[Cut, ...]
    started_at: datetime
    duration_ms: int


def multivariant(
    renditions: Iterable[tuple[Rendition, MediaFile]], playlist: str, version: int
) -> str:
    """Lists the renditions; `playlist` is the name of each one's own playlist."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{version}"]
    for rendition, media in renditions:
        lines += [_stream(rendition, media), f"{rendition.name}/{playlist}"]
    return _text(lines)


def media_files(media: MediaFile, spans: Sequence[Span]) -> dict[str, bytes]:
    """The files that the playlists of these spans name."""
    held = {INITIALIZATION: media.initialization} if media.initialization else {}
    for entry in _entries(media, spans):
        held[entry.file_name] = media.body[: sum(cut.length for cut in entry.cuts)]
    return held


def variant(media: MediaFile, spans: Sequence[Span]) -> str:
    """An entry for each file of about ten seconds."""
    entries = list(_entries(media, spans))
    longest = max(entry.duration_ms for entry in entries)
    lines = _head(media, version=3, longest_ms=longest)
    for number, entry in enumerate(entries):
        lines += _opening(entry, is_first=number == 0)
        lines += [_extinf(entry.duration_ms), entry.file_name]
    return _text([*lines, "#EXT-X-ENDLIST"])


def byte_range_variant(media: MediaFile, spans: Sequence[Span]) -> str:
    """An entry for each part of a file from keyframe to keyframe."""
    entries = list(_entries(media, spans))
    longest = max(lasts for entry in entries for _, lasts in _parts(entry))
    lines = _head(media, version=4, longest_ms=longest)
    for number, entry in enumerate(entries):
        lines += _opening(entry, is_first=number == 0)
        for cut, lasts in _parts(entry):
            position = f"#EXT-X-BYTERANGE:{cut.length}@{cut.offset}"
            lines += [_extinf(lasts), position, entry.file_name]
    return _text([*lines, "#EXT-X-ENDLIST"])


def _entries(media: MediaFile, spans: Sequence[Span]) -> Iterator[_Entry]:
    names: dict[int, str] = {}
    for span in spans:
        for offset in range(0, span.duration_ms, media.duration_ms):
            lasts = min(media.duration_ms, span.duration_ms - offset)
            cuts = media.cuts_for(lasts)
            name = names.setdefault(len(cuts), f"{len(names)}.{media.suffix}")
            yield _Entry(name, cuts, span.started_at + timedelta(milliseconds=offset), lasts)


def _parts(entry: _Entry) -> Iterator[tuple[Cut, int]]:
    """Each cut of a file with its milliseconds; the last one ends with the entry."""
    left = entry.duration_ms
    for cut in entry.cuts:
        yield cut, min(cut.milliseconds, left)
        left -= cut.milliseconds


def _head(media: MediaFile, version: int, longest_ms: int) -> list[str]:
    lines = [
        "#EXTM3U",
        # EXT-X-MAP outside of I-frame playlists needs version 6.
        f"#EXT-X-VERSION:{6 if media.initialization else version}",
        # Never 0, and no entry may round to more.
        f"#EXT-X-TARGETDURATION:{max(1, (longest_ms + 500) // 1000)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    return lines + ([f'#EXT-X-MAP:URI="{INITIALIZATION}"'] if media.initialization else [])


def _opening(entry: _Entry, *, is_first: bool) -> list[str]:
    began = entry.started_at.astimezone(UTC).isoformat(timespec="milliseconds")
    time = f"#EXT-X-PROGRAM-DATE-TIME:{began.replace('+00:00', 'Z')}"
    return [time] if is_first else ["#EXT-X-DISCONTINUITY", time]


def _extinf(milliseconds: int) -> str:
    return f"#EXTINF:{milliseconds / 1000:.3f},"


def _stream(rendition: Rendition, media: MediaFile) -> str:
    attributes = [f"BANDWIDTH={rendition.bitrate}", f'CODECS="{media.codecs}"']
    if picture := rendition.picture:
        attributes += [
            f"RESOLUTION={picture.width}x{picture.height}",
            f"FRAME-RATE={picture.framerate:.3f}",
        ]
    return f"#EXT-X-STREAM-INF:{','.join(attributes)}"


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
