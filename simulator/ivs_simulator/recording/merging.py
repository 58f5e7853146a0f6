"""Whether a new stream is recorded to the prefix of the stream before it.

Source: Auto-Record to Amazon S3, "Merge Fragmented Streams". Amazon IVS says it tries to merge;
the simulator always succeeds where the conditions are met.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ivs_simulator.recording.media_format import MediaFormat

MAXIMUM_STREAMS = 20
MAXIMUM_AGE = timedelta(hours=48)
MAXIMUM_BITRATE_CHANGE = 0.5


class Obstacle(StrEnum):
    """Why a stream begins a recording of its own."""

    NO_WINDOW = "no_window"
    WINDOW_CLOSED = "window_closed"
    STILL_WRITING = "still_writing"
    TOO_OLD = "too_old"
    TOO_MANY_STREAMS = "too_many_streams"
    PICTURE_SIZE = "picture_size"
    FRAMERATE = "framerate"
    CODECS = "codecs"
    BITRATE = "bitrate"


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A recording whose stream ended, and which another stream may continue.

    `original` is the format of its first stream; `window_seconds` is the configuration's
    `recordingReconnectWindowSeconds`. AWS says that a stream which begins before the last one is
    written, usually within 10 s, is not merged: `writing_seconds` stands for that. Its
    default is 0, so that a broadcaster that returns at once in simulated time is merged.
    """

    original: MediaFormat
    started_at: datetime
    interrupted_at: datetime
    stream_count: int
    window_seconds: int
    writing_seconds: int = 0


def obstacle(recording: Interrupted, following: MediaFormat, at: datetime) -> Obstacle | None:
    """What keeps a stream that begins at this time from continuing the recording; None: nothing."""
    return _timing(recording, at) or _difference(recording.original, following)


def _timing(recording: Interrupted, at: datetime) -> Obstacle | None:
    away = at - recording.interrupted_at
    if recording.window_seconds <= 0:
        return Obstacle.NO_WINDOW
    if away > timedelta(seconds=recording.window_seconds):
        return Obstacle.WINDOW_CLOSED
    if away < timedelta(seconds=recording.writing_seconds):
        return Obstacle.STILL_WRITING
    # "If the first broadcast lasts for 48 hours", the next one is not merged: 48 h is too old.
    if at - recording.started_at >= MAXIMUM_AGE:
        return Obstacle.TOO_OLD
    return Obstacle.TOO_MANY_STREAMS if recording.stream_count >= MAXIMUM_STREAMS else None


def _difference(original: MediaFormat, following: MediaFormat) -> Obstacle | None:
    if (original.width, original.height) != (following.width, following.height):
        return Obstacle.PICTURE_SIZE
    if original.framerate != following.framerate:
        return Obstacle.FRAMERATE
    if _codecs(original) != _codecs(following):
        return Obstacle.CODECS
    change = abs(following.bitrate - original.bitrate)
    return Obstacle.BITRATE if change > MAXIMUM_BITRATE_CHANGE * original.bitrate else None


def _codecs(stream: MediaFormat) -> tuple[str, str]:
    return stream.video_codec, stream.audio_codec
