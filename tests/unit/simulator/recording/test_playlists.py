"""Playlists, read line by line as a player does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from ivs_simulator.recording.media import ContainerFormat, MediaFile, segment
from ivs_simulator.recording.playlists import (
    Span,
    byte_range_variant,
    media_files,
    multivariant,
    variant,
)
from ivs_simulator.recording.renditions import ChannelType, available
from tests.unit.simulator.recording.builders import SOURCE, STARTED, span

type Write = Callable[[MediaFile, Sequence[Span]], str]

TS, MP4 = ContainerFormat.TS, ContainerFormat.FRAGMENTED_MP4
VIDEO = segment(TS, has_video=True)


@dataclass
class Entry:
    uri: str = ""
    seconds: float = 0.0
    is_after_discontinuity: bool = False
    began: datetime | None = None
    byte_range: tuple[int, int] | None = None


@dataclass
class Playlist:
    header: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    is_ended: bool = False


def read(text: str) -> Playlist:
    first, *lines = text.splitlines()
    assert first == "#EXTM3U"
    playlist, entry = Playlist(), Entry()
    for line in lines:
        assert not playlist.is_ended, "nothing may follow the end"
        name, _, value = line.partition(":")
        match name:
            case "#EXTINF":
                assert value.endswith(",")
                entry.seconds = float(value.rstrip(","))
            case "#EXT-X-DISCONTINUITY":
                entry.is_after_discontinuity = True
            case "#EXT-X-PROGRAM-DATE-TIME":
                entry.began = datetime.fromisoformat(value)
            case "#EXT-X-BYTERANGE":
                length, offset = value.split("@")
                entry.byte_range = (int(offset), int(length))
            case "#EXT-X-ENDLIST":
                playlist.is_ended = True
            case _ if line.startswith("#"):
                assert not playlist.entries, f"a header after an entry: {line}"
                playlist.header[name] = value
            case _:
                entry.uri = line
                playlist.entries.append(entry)
                entry = Entry()
    return playlist


@pytest.mark.parametrize("container", [TS, MP4])
@pytest.mark.parametrize("has_video", [True, False])
@pytest.mark.parametrize("seconds", [0.04, 1, 2, 9.999, 10, 10.5, 25, 3_600.25])
@pytest.mark.parametrize("write", [variant, byte_range_variant])
def test_a_playlist_is_valid_and_as_long_as_the_recording(
    container: ContainerFormat, has_video: bool, seconds: float, write: Write
) -> None:
    media = segment(container, has_video=has_video)

    playlist = read(write(media, [span(seconds)]))

    assert sum(each.seconds for each in playlist.entries) == pytest.approx(seconds, abs=0.0005)
    assert playlist.is_ended
    assert playlist.header["#EXT-X-PLAYLIST-TYPE"] == "VOD"
    longest = max(each.seconds for each in playlist.entries)
    assert 0 < longest < int(playlist.header["#EXT-X-TARGETDURATION"]) + 0.5


@pytest.mark.parametrize("container", [TS, MP4])
@pytest.mark.parametrize("write", [variant, byte_range_variant])
def test_every_name_in_a_playlist_is_a_file(container: ContainerFormat, write: Write) -> None:
    media, spans = segment(container, has_video=True), [span(25)]

    playlist, files = read(write(media, spans)), media_files(media, spans)

    named = {each.uri for each in playlist.entries}
    if container is MP4:
        assert playlist.header["#EXT-X-MAP"] == 'URI="init-0.mp4"'
        assert playlist.header["#EXT-X-VERSION"] == "6"
        named.add("init-0.mp4")
    assert set(files) == named
    for each in playlist.entries:
        offset, length = each.byte_range or (0, len(files[each.uri]))
        assert offset + length <= len(files[each.uri])


def test_the_last_file_is_cut_at_the_keyframe_after_the_end() -> None:
    files = media_files(VIDEO, [span(25)])

    assert files["0.ts"] == VIDEO.body
    assert files["1.ts"] == VIDEO.body[: sum(cut.length for cut in VIDEO.cuts[:3])]


def test_an_entry_plays_a_file_whose_clock_starts_again() -> None:
    playlist = read(variant(VIDEO, [span(25)]))

    assert [(each.uri, each.seconds) for each in playlist.entries] == [
        ("0.ts", 10.0),
        ("0.ts", 10.0),
        ("1.ts", 5.0),
    ]
    assert [each.is_after_discontinuity for each in playlist.entries] == [False, True, True]
    assert playlist.header["#EXT-X-VERSION"] == "3"


def test_byte_ranges_go_from_keyframe_to_keyframe() -> None:
    playlist = read(byte_range_variant(VIDEO, [span(13)]))

    assert [each.seconds for each in playlist.entries] == [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]
    cuts = [(cut.offset, cut.length) for cut in VIDEO.cuts]
    assert [each.byte_range for each in playlist.entries] == [*cuts, *cuts[:2]]
    assert [each.is_after_discontinuity for each in playlist.entries].index(True) == 5
    assert playlist.header["#EXT-X-VERSION"] == "4"


def test_merged_streams_keep_the_times_they_were_on_air() -> None:
    back = STARTED + timedelta(minutes=2)

    playlist = read(variant(VIDEO, [span(12), span(4, back)]))

    assert [(each.began, each.seconds) for each in playlist.entries] == [
        (STARTED, 10.0),
        (STARTED + timedelta(seconds=10), 2.0),
        (back, 4.0),
    ]


def test_a_multivariant_playlist_describes_each_rendition() -> None:
    made = available(ChannelType.ADVANCED_SD, "", SOURCE)
    files = [(each, segment(TS, has_video=each.picture is not None)) for each in made]

    lines = multivariant(files, "playlist.m3u8", version=3).splitlines()

    assert lines == [
        "#EXTM3U",
        "#EXT-X-VERSION:3",
        '#EXT-X-STREAM-INF:BANDWIDTH=1300000,CODECS="avc1.42C00C,mp4a.40.2",'
        "RESOLUTION=852x480,FRAME-RATE=30.000",
        "480p30/playlist.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=700000,CODECS="avc1.42C00C,mp4a.40.2",'
        "RESOLUTION=640x360,FRAME-RATE=30.000",
        "360p30/playlist.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=270000,CODECS="avc1.42C00C,mp4a.40.2",'
        "RESOLUTION=284x160,FRAME-RATE=30.000",
        "160p30/playlist.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"',
        "audio_only/playlist.m3u8",
    ]
