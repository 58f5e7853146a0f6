"""What an encoder is set up to send, from GetStreamSession: configured figures, not measured.

IVS takes them from the encoder's own metadata, on a best-effort basis (User Guide, Monitoring
Stream Health): any of them may be missing, also for good.
"""

from msgspec import Struct


class VideoTrack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One video track; edges in pixels, `bitrate` in bits per second, `codec` as in RFC 6381.

    None and the empty text are what the encoder does not say.
    """

    name: str = ""
    width: int | None = None
    height: int | None = None
    framerate: int | None = None
    bitrate: int | None = None
    codec: str = ""

    @property
    def is_complete(self) -> bool:
        return None not in (self.width, self.height, self.framerate, self.bitrate) and bool(
            self.codec
        )


class AudioTrack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One audio track; members as of a video track."""

    name: str = ""
    bitrate: int | None = None
    codec: str = ""


class Ingest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every track of one stream; several video tracks only where multitrack is enabled."""

    video: tuple[VideoTrack, ...]
    audio: tuple[AudioTrack, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether the encoder says all that there is to say of its picture."""
        return bool(self.video) and all(track.is_complete for track in self.video)
