"""What an encoder sends, in one video track or several, and how the API shows it."""

from dataclasses import asdict, dataclass
from typing import Any

from ivs_simulator.recording.media_format import MediaFormat

_NUMBERS = (
    "width",
    "height",
    "framerate",
    "video_bitrate",
    "audio_bitrate",
    "sample_rate",
    "audio_channels",
    "tracks",
)
# From one track to the next: 1080p, 720p, 480p. AWS hands out ladders of its own making.
_STEP_DOWN = 2 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """A stream as it leaves the encoder. Bit rates in bits per second, sizes in pixels.

    Of several tracks, the size is the largest one's; the video bit rate is that of all together.
    """

    width: int = 1_280
    height: int = 720
    framerate: int = 30
    video_bitrate: int = 3_500_000
    video_codec: str = "avc1.64001F"
    avc_profile: str = "High"
    avc_level: str = "3.1"
    audio_bitrate: int = 160_000
    audio_codec: str = "mp4a.40.2"
    sample_rate: int = 48_000
    audio_channels: int = 2
    tracks: int = 1
    encoder: str = "obs-output module (libobs version 30.2.0)"

    def __post_init__(self) -> None:
        """Raises ValueError for a stream that cannot exist."""
        for name in _NUMBERS:
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ValueError(f"{name} of an ingest is a whole number, 1 or more: {value!r}")

    @property
    def bitrate(self) -> int:
        return self.video_bitrate + self.audio_bitrate

    @property
    def media_format(self) -> MediaFormat:
        return MediaFormat(
            self.width,
            self.height,
            self.framerate,
            self.video_codec,
            self.audio_codec,
            self.video_bitrate,
        )

    def has_media_of(self, other: "Ingest") -> bool:
        """Whether one may take over from the other: same codecs, resolution and track count."""
        compared = ("width", "height", "video_codec", "audio_codec", "tracks")
        mine, theirs = asdict(self), asdict(other)
        return all(mine[name] == theirs[name] for name in compared)


@dataclass(frozen=True, slots=True)
class Excess:
    """An ingest limit that is exceeded, in the words of its event."""

    limit_name: str
    limit_value: int
    exceeded_by: int
    limit_unit: str


@dataclass(frozen=True, slots=True)
class Track:
    """One of the renditions in which an encoder sends the picture."""

    width: int
    height: int
    bitrate: int


def tracks(ingest: Ingest) -> list[Track]:
    """The video tracks, the largest first; each has its share of the bit rate by its pixels."""
    scales = [_STEP_DOWN**number for number in range(ingest.tracks)]
    whole = sum(scale**2 for scale in scales)
    return [
        Track(
            width=_even(ingest.width * scale),
            height=_even(ingest.height * scale),
            bitrate=round(ingest.video_bitrate * scale**2 / whole),
        )
        for scale in scales
    ]


def described(ingest: Ingest) -> dict[str, Any]:
    """GetStreamSession's two members about the ingest; the deprecated one knows one track only."""
    videos = [_video(ingest, track) for track in tracks(ingest)]
    audio = {
        "codec": ingest.audio_codec,
        "targetBitrate": ingest.audio_bitrate,
        "sampleRate": ingest.sample_rate,
        "channels": ingest.audio_channels,
    }
    profile, level = ingest.avc_profile, ingest.avc_level
    return {
        "ingestConfiguration": {
            "video": {**videos[0], "avcProfile": profile, "avcLevel": level},
            "audio": audio,
        },
        "ingestConfigurations": {
            "videoConfigurations": [
                {**video, "profile": profile, "level": level, "track": f"Track{number}"}
                for number, video in enumerate(videos)
            ],
            "audioConfigurations": [{**audio, "track": "Track0"}],
        },
    }


def _video(ingest: Ingest, track: Track) -> dict[str, Any]:
    return {
        "codec": ingest.video_codec,
        "encoder": ingest.encoder,
        "targetBitrate": track.bitrate,
        "targetFramerate": ingest.framerate,
        "videoHeight": track.height,
        "videoWidth": track.width,
    }


def _even(pixels: float) -> int:
    """Codecs want even edges; what is sent whole stays as it is."""
    return int(pixels) if pixels == int(pixels) else 2 * round(pixels / 2)
