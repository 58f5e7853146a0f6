"""What an encoder sends, and what a channel of some type takes of it.

Source: the IVS pages on streaming configuration, service quotas and multitrack video.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

_STANDARD_DEFINITION_LINES = 480
_PIXELS_1080P = 2_100_000
_EDGE_1080P = 1_920
# Per track: total pixels and pixels per edge.
_TRACK_LIMITS = {
    "SD": (400_000, 864),
    "HD": (900_000, 1_280),
    "FULL_HD": (_PIXELS_1080P, _EDGE_1080P),
}
_MULTITRACK_BITRATE = 15_000_000
_BITRATE = 8_500_000
_BASIC_BITRATE = 3_500_000
_BASIC_STANDARD_DEFINITION_BITRATE = 1_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """A stream as it leaves the encoder. Bit rates in bits per second, sizes in pixels."""

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

    @property
    def bitrate(self) -> int:
        return self.video_bitrate + self.audio_bitrate

    def has_media_of(self, other: "Ingest") -> bool:
        """Whether one may take over from the other: same codecs, resolution and track count."""
        compared = ("width", "height", "video_codec", "audio_codec", "tracks")
        mine, theirs = asdict(self), asdict(other)
        return all(mine[name] == theirs[name] for name in compared)


@dataclass(frozen=True, slots=True)
class Excess:
    """An ingest limit that is exceeded, in the words of the event that tells of it."""

    limit_name: str
    limit_value: int
    exceeded_by: int
    limit_unit: str


def excesses(ingest: Ingest, channel: Mapping[str, Any]) -> Iterator[Excess]:
    """Every limit of the channel's settings (API names) that this ingest exceeds."""
    bitrate_limit = _bitrate_limit(ingest, channel)
    pixel_limit, edge_limit = _resolution_limits(channel)
    yield from _excess("Ingest Bitrate", bitrate_limit, ingest.bitrate, "bits per second")
    pixels = ingest.width * ingest.height
    yield from _excess("Ingest Resolution", pixel_limit, pixels, "total pixels")
    edge = max(ingest.width, ingest.height)
    yield from _excess("Ingest Resolution", edge_limit, edge, "pixels per edge")


def multitrack_refusal(ingest: Ingest, channel: Mapping[str, Any]) -> str | None:
    """The code a session ends with when the number of tracks is not what the channel takes."""
    multitrack = channel.get("multitrackInputConfiguration") or {}
    if ingest.tracks > 1 and not multitrack.get("enabled"):
        return "MultitrackInputNotAllowed"
    if ingest.tracks == 1 and multitrack.get("enabled") and multitrack.get("policy") == "REQUIRE":
        return "MultitrackInputRequired"
    return None


def described(ingest: Ingest) -> dict[str, Any]:
    """GetStreamSession's two members about the ingest, the deprecated one too."""
    video = {
        "codec": ingest.video_codec,
        "encoder": ingest.encoder,
        "targetBitrate": ingest.video_bitrate,
        "targetFramerate": ingest.framerate,
        "videoHeight": ingest.height,
        "videoWidth": ingest.width,
    }
    profile, level = ingest.avc_profile, ingest.avc_level
    audio = {
        "codec": ingest.audio_codec,
        "targetBitrate": ingest.audio_bitrate,
        "sampleRate": ingest.sample_rate,
        "channels": ingest.audio_channels,
    }
    return {
        "ingestConfiguration": {
            "video": {**video, "avcProfile": profile, "avcLevel": level},
            "audio": audio,
        },
        "ingestConfigurations": {
            "videoConfigurations": [
                {**video, "profile": profile, "level": level, "track": f"Track{number}"}
                for number in range(ingest.tracks)
            ],
            "audioConfigurations": [{**audio, "track": "Track0"}],
        },
    }


def _bitrate_limit(ingest: Ingest, channel: Mapping[str, Any]) -> int:
    if (channel.get("multitrackInputConfiguration") or {}).get("enabled"):
        return _MULTITRACK_BITRATE
    if channel["type"] != "BASIC":
        return _BITRATE
    if min(ingest.width, ingest.height) <= _STANDARD_DEFINITION_LINES:
        return _BASIC_STANDARD_DEFINITION_BITRATE
    return _BASIC_BITRATE


def _resolution_limits(channel: Mapping[str, Any]) -> tuple[int, int]:
    multitrack = channel.get("multitrackInputConfiguration") or {}
    maximum = multitrack.get("maximumResolution") if multitrack.get("enabled") else None
    return _TRACK_LIMITS[maximum or "FULL_HD"]


def _excess(name: str, limit: int, observed: int, unit: str) -> Iterator[Excess]:
    if observed > limit:
        yield Excess(name, limit, observed - limit, unit)
