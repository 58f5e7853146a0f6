"""What an encoder sends, as far as recordings depend on it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaFormat:
    """Picture in pixels, framerate in frames a second, the video's bitrate in bits a second."""

    width: int
    height: int
    framerate: float
    video_codec: str
    audio_codec: str
    bitrate: int
