"""The media are real: what a probe looks at first is where it belongs."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from ivs_simulator.recording.media import ContainerFormat, MediaFile, segment, thumbnail

TS, MP4 = ContainerFormat.TS, ContainerFormat.FRAGMENTED_MP4
KINDS = [(container, has_video) for container in (TS, MP4) for has_video in (True, False)]
PACKET = 188


@pytest.mark.parametrize("has_video", [True, False])
def test_transport_streams_are_packets_that_begin_with_the_sync_byte(has_video: bool) -> None:
    body = segment(TS, has_video=has_video).body

    assert len(body) % PACKET == 0
    assert {body[start] for start in range(0, len(body), PACKET)} == {0x47}


@pytest.mark.parametrize("has_video", [True, False])
def test_each_cut_of_a_transport_stream_has_its_program_tables(has_video: bool) -> None:
    for part in _parts(segment(TS, has_video=has_video)):
        assert len(part) % PACKET == 0
        assert 0 in _packet_ids(part[: 3 * PACKET])


@pytest.mark.parametrize("has_video", [True, False])
def test_fragmented_mp4_is_an_initialization_and_fragments(has_video: bool) -> None:
    media = segment(MP4, has_video=has_video)

    assert media.initialization is not None
    assert [name for name, _ in _boxes(media.initialization)] == [b"ftyp", b"moov"]
    names = [name for part in _parts(media) for name, _ in _boxes(part)]
    assert [name for name in names if name in (b"moof", b"mdat")] == [b"moof", b"mdat"] * 5


def test_the_codecs_are_those_in_the_decoder_configuration() -> None:
    media = segment(MP4, has_video=True)

    assert media.initialization is not None
    _, _, record = media.initialization.partition(b"avcC")
    assert media.codecs.startswith(f"avc1.{record[1:4].hex().upper()},")


@pytest.mark.parametrize(("container", "has_video"), KINDS)
def test_cuts_cover_the_file_without_a_gap(container: ContainerFormat, has_video: bool) -> None:
    media = segment(container, has_video=has_video)

    assert media.cuts[0].offset == 0
    for cut, following in pairwise(media.cuts):
        assert cut.offset + cut.length == following.offset
    assert media.cuts[-1].offset + media.cuts[-1].length == len(media.body)
    assert 10_000 <= media.duration_ms <= 10_100


@pytest.mark.parametrize(
    ("duration_ms", "cuts"), [(1, 1), (2_000, 1), (2_001, 2), (10_000, 5), (99_000, 5)]
)
def test_as_many_cuts_are_taken_as_the_time_needs(duration_ms: int, cuts: int) -> None:
    assert len(segment(TS, has_video=True).cuts_for(duration_ms)) == cuts


def test_the_thumbnail_is_a_jpeg() -> None:
    assert thumbnail().startswith(b"\xff\xd8\xff")
    assert thumbnail().endswith(b"\xff\xd9")


def test_all_media_together_are_small() -> None:
    files = [segment(container, has_video=has_video) for container, has_video in KINDS]

    total = sum(len(each.body) + len(each.initialization or b"") for each in files)
    assert total + len(thumbnail()) < 60_000


def _parts(media: MediaFile) -> Iterator[bytes]:
    for cut in media.cuts:
        yield media.body[cut.offset : cut.offset + cut.length]


def _packet_ids(body: bytes) -> set[int]:
    starts = range(0, len(body), PACKET)
    return {int.from_bytes(body[start + 1 : start + 3]) & 0x1FFF for start in starts}


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    while body:
        size = int.from_bytes(body[:4])
        assert 8 <= size <= len(body)
        yield body[4:8], body[8:size]
        body = body[size:]
