"""Makes the media every simulated recording is built from: ten seconds of black and silence.

Run by hand where PyAV is installed (`pip install av`), never by the simulator:
`python make.py <directory of this file>`. The files are committed, so nothing else needs PyAV.
"""

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

av: Any = import_module("av")  # not among the project's dependencies

WIDTH, HEIGHT, FRAMES_PER_SECOND = 160, 90, 5
SECONDS, KEYFRAME_SECONDS = 10, 2
SAMPLE_RATE, SAMPLES_PER_FRAME = 16_000, 1024
X264 = {
    "preset": "veryslow",
    "profile": "baseline",
    "crf": "40",
    "g": str(FRAMES_PER_SECOND * KEYFRAME_SECONDS),
    "x264-params": "scenecut=0",
}


def main(directory: Path) -> None:
    index = {
        name: _package(directory, name, container, has_video=name.startswith("video"))
        for name, container in (
            ("video.ts", "mpegts"),
            ("video.mp4", "fmp4"),
            ("audio.ts", "mpegts"),
            ("audio.mp4", "fmp4"),
        )
    }
    (directory / "index.json").write_text(json.dumps(index, indent=2) + "\n")
    _write_thumbnail(directory / "thumbnail.jpg")


def _package(directory: Path, name: str, container: str, *, has_video: bool) -> dict[str, Any]:
    """One file, cut at its keyframes; what precedes the first cut of an MP4 is its own file."""
    options = {
        "hls_time": str(KEYFRAME_SECONDS),
        "hls_flags": "single_file",
        "hls_playlist_type": "vod",
        "hls_segment_type": container,
        # Lets the muxer put many small audio frames into one packet of a transport stream.
        "max_delay": "700000",
        # Program tables before each keyframe are enough; ten times a second they are the file.
        "hls_segment_options": "pat_period=100:sdt_period=100" if container == "mpegts" else "",
    }
    with TemporaryDirectory() as scratch:
        playlist = Path(scratch, f"{name.partition('.')[0]}.m3u8")
        with av.open(str(playlist), "w", format="hls", options=options) as output:
            _mux(output, has_video=has_video)
        cuts = list(_cuts(playlist.read_text()))
        suffix = ".m4s" if container == "fmp4" else ".ts"
        whole = playlist.with_suffix(suffix).read_bytes()
    first = cuts[0]["offset"]
    if first:
        (directory / f"{name.partition('.')[0]}-init.mp4").write_bytes(whole[:first])
    (directory / name).write_bytes(whole[first:])
    return {
        "milliseconds": [cut["milliseconds"] for cut in cuts],
        "bytes": [cut["length"] for cut in cuts],
    }


def _mux(output: Any, *, has_video: bool) -> None:
    audio = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono", options={"b": "16k"})
    if has_video:
        video = output.add_stream("libx264", rate=FRAMES_PER_SECOND, options=X264)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for packet in _without_encoder_notes(video):
            output.mux(packet)
    for number in range(SECONDS * SAMPLE_RATE // SAMPLES_PER_FRAME):
        silence = av.AudioFrame(format="fltp", layout="mono", samples=SAMPLES_PER_FRAME)
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        silence.sample_rate = SAMPLE_RATE
        silence.pts, silence.time_base = number * SAMPLES_PER_FRAME, Fraction(1, SAMPLE_RATE)
        output.mux(audio.encode(silence))
    output.mux(audio.encode(None))


def _without_encoder_notes(video: Any) -> Iterator[Any]:
    """Drops the SEI in which x264 writes its options, larger than the pictures it describes."""
    keep = av.BitStreamFilterContext("filter_units=remove_types=6", video)
    frames: list[Any] = [_black(number) for number in range(SECONDS * FRAMES_PER_SECOND)]
    for frame in [*frames, None]:
        for packet in video.encode(frame):
            yield from keep.filter(packet)
    yield from keep.filter(None)


def _black(number: int = 0, width: int = WIDTH, height: int = HEIGHT, form: str = "yuv420p") -> Any:
    frame = av.VideoFrame(width, height, form)
    black = 0 if form.startswith("yuvj") else 16
    for plane, value in zip(frame.planes, (black, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
    return frame


def _cuts(playlist: str) -> Iterator[dict[str, int]]:
    milliseconds = 0
    for line in playlist.splitlines():
        tag, _, value = line.partition(":")
        if tag == "#EXTINF":
            milliseconds = round(float(value.rstrip(",")) * 1000)
        if tag == "#EXT-X-BYTERANGE":
            length, offset = map(int, value.split("@"))
            yield {"milliseconds": milliseconds, "length": length, "offset": offset}


def _write_thumbnail(path: Path) -> None:
    codec: Any = av.CodecContext.create("mjpeg", "w")
    codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
    codec.time_base = Fraction(1, FRAMES_PER_SECOND)
    packets = codec.encode(_black(form="yuvj420p")) + codec.encode(None)
    path.write_bytes(bytes(packets[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
