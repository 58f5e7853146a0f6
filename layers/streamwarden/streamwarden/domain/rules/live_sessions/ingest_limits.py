"""Compares what an encoder sends with ceilings and lists of codecs, and says what is wrong.

A figure that the encoder does not report is never wrong. It is listed separately.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from streamwarden.domain.globs import Accepts, Texts, format_texts, matcher
from streamwarden.domain.state.ingest import AudioTrack, Ingest, VideoTrack

type Tracks = tuple[VideoTrack, ...]
type Figures = list[int | None]


class Ceiling(NamedTuple):
    """`said` is the ceiling in words, `name` what it limits.

    `figures` finds the figures to compare: one of each track, or one of all tracks together. A
    figure that the encoder does not report is None.
    """

    name: str
    most: int
    reason: str
    figures: Callable[[Tracks], Figures]
    is_of_each: bool = True


class Codecs(NamedTuple):
    """Which codecs the tracks of one sort may have, by globs and in words."""

    name: str
    accepts: Accepts
    reason: str
    tracks: Callable[[Ingest], Sequence[VideoTrack | AudioTrack]]


class Compared(NamedTuple):
    """What is wrong, in words; and the names of missing figures, which may repeat."""

    faults: list[str]
    unknown_names: list[str]


def short_edge(most: int) -> Ceiling:
    return Ceiling("resolution", most, f"{most}p", lambda tracks: [_short(it) for it in tracks])


def long_edge(most: int) -> Ceiling:
    reason = f"{most} pixels an edge"
    return Ceiling("resolution", most, reason, lambda tracks: [_long(it) for it in tracks])


def framerate(most: int) -> Ceiling:
    return Ceiling(
        "frame rate", most, f"{most} fps", lambda tracks: [it.framerate for it in tracks]
    )


def bitrate(most: int) -> Ceiling:
    return Ceiling("bit rate", most, describe_bitrate(most), _total_bitrate, is_of_each=False)


def video_tracks(most: int) -> Ceiling:
    reason = f"{most} video track{'s' if most > 1 else ''}"
    return Ceiling("tracks", most, reason, lambda tracks: [len(tracks)], is_of_each=False)


def video_codecs(globs: Texts) -> Codecs:
    return Codecs("video codec", matcher(globs), format_texts(globs), lambda ingest: ingest.video)


def audio_codecs(globs: Texts) -> Codecs:
    return Codecs("audio codec", matcher(globs), format_texts(globs), lambda ingest: ingest.audio)


def compare(ingest: Ingest, ceilings: Iterable[Ceiling], codecs: Iterable[Codecs]) -> Compared:
    compared = Compared([], [])
    _compare_figures(ingest.video, ceilings, compared)
    for each in codecs:
        _compare_codecs(each.tracks(ingest), each, compared)
    return compared


def _compare_figures(video: Tracks, ceilings: Iterable[Ceiling], compared: Compared) -> None:
    exceeded: list[Ceiling] = []
    for ceiling in ceilings:
        highest = 0
        for figure in ceiling.figures(video):
            if figure is None:
                compared.unknown_names.append(ceiling.name)
            elif figure > highest:
                highest = figure
        if highest > ceiling.most:
            exceeded.append(ceiling)
    if exceeded:
        allowed = _describe_all([ceiling.reason for ceiling in exceeded])
        compared.faults.append(
            f"video {_describe_tracks(video, exceeded)}; at most {allowed} is allowed"
        )


def _compare_codecs(
    tracks: Sequence[VideoTrack | AudioTrack], codecs: Codecs, compared: Compared
) -> None:
    if not tracks or not all(track.codec for track in tracks):
        compared.unknown_names.append(codecs.name)
    for track in tracks:
        if track.codec and not codecs.accepts(track.codec):
            where = f" of {track.name}" if track.name and len(tracks) > 1 else ""
            compared.faults.append(f"{codecs.name} {track.codec!r}{where}, not {codecs.reason}")


def _exceeding(figures: Figures, most: int) -> set[int]:
    """The places of the figures that are too high."""
    return {place for place, figure in enumerate(figures) if figure is not None and figure > most}


def _total_bitrate(tracks: Tracks) -> Figures:
    """The sum of the reported rates. It may exceed a ceiling although other rates are missing."""
    rates = [track.bitrate for track in tracks]
    found = [rate for rate in rates if rate is not None]
    return [sum(found), None] if len(found) < len(rates) else [sum(found)]


def reported_bitrate(tracks: Tracks) -> int:
    """As far as it is reported, of all tracks together, in bits per second."""
    return sum(track.bitrate or 0 for track in tracks)


def _short(track: VideoTrack) -> int | None:
    width, height = track.width, track.height
    return None if width is None or height is None else min(width, height)


def _long(track: VideoTrack) -> int | None:
    width, height = track.width, track.height
    return None if width is None or height is None else max(width, height)


def _describe_tracks(video: Tracks, exceeded: Iterable[Ceiling]) -> str:
    """The tracks that exceed a ceiling, or all where they exceed it together."""
    if len(video) == 1:
        return _describe_track(video[0])
    places: set[int] = set()
    for ceiling in exceeded:
        together = range(len(video))
        exceeding = _exceeding(ceiling.figures(video), ceiling.most)
        places.update(exceeding if ceiling.is_of_each else together)
    tracks = [video[place] for place in sorted(places)]
    reason = ", ".join(
        f"{track.name or 'track'} {_describe_track(track)}".rstrip() for track in tracks
    )
    total = reported_bitrate(video)
    return f"{reason} of {len(video)} tracks" + (
        f", {describe_bitrate(total)} together" if total else ""
    )


def _describe_track(track: VideoTrack) -> str:
    """As far as the encoder reports it: `1080p60 (1920x1080) at 8.5 Mbit/s`."""
    short, rate = _short(track), track.framerate
    if short is not None:
        picture = f"{short}p{rate or ''} ({track.width}x{track.height})"
    else:
        picture = f"{rate} fps" if rate else ""
    sent = f"at {describe_bitrate(track.bitrate)}" if track.bitrate else ""
    return f"{picture} {sent}".strip()


def describe_bitrate(bits_per_second: int) -> str:
    """Exact, so that the figure found and the figure allowed never look the same."""
    return f"{bits_per_second / 1_000_000:.6f}".rstrip("0").rstrip(".") + " Mbit/s"


def _describe_all(parts: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
