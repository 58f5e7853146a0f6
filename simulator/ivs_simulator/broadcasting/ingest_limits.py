"""What a channel takes of what an encoder sends: bit rate, resolution and number of tracks.

Source: the IVS service quotas page and the one on multitrack video.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from ivs_simulator.recording.renditions import ChannelType
from ivs_simulator.state.ingest import Excess, Ingest

_STANDARD_DEFINITION_LINES = 480
# Total pixels and pixels per edge.
_RESOLUTIONS = {
    "SD": (400_000, 864),
    "HD": (900_000, 1_280),
    "FULL_HD": (2_100_000, 1_920),
}
_MULTITRACK_BITRATE = 15_000_000
_BITRATE = 8_500_000
_BASIC_BITRATE = 3_500_000
_BASIC_STANDARD_DEFINITION_BITRATE = 1_500_000


def excesses(ingest: Ingest, channel: Mapping[str, Any]) -> Iterator[Excess]:
    """Every limit of the channel's settings (API names) that this ingest exceeds.

    AWS does not say whether audio counts: it does here, so that what passes here passes there.
    """
    pixels, edge = ingest.width * ingest.height, max(ingest.width, ingest.height)
    pixel_limit, edge_limit = _resolution_limits(ingest, channel)
    bitrate_limit = _bitrate_limit(ingest, channel)
    yield from _excess("Ingest Bitrate", bitrate_limit, ingest.bitrate, "bits per second")
    yield from _excess("Ingest Resolution", pixel_limit, pixels, "total pixels")
    yield from _excess("Ingest Resolution", edge_limit, edge, "pixels per edge")


def multitrack_refusal(ingest: Ingest, channel: Mapping[str, Any]) -> str | None:
    """The code a session ends with when the number of tracks is not what the channel takes."""
    multitrack = channel.get("multitrackInputConfiguration") or {}
    enabled = bool(multitrack.get("enabled"))
    if ingest.tracks > 1 and not enabled:
        return "MultitrackInputNotAllowed"
    if ingest.tracks == 1 and enabled and multitrack.get("policy") == "REQUIRE":
        return "MultitrackInputRequired"
    return None


def _bitrate_limit(ingest: Ingest, channel: Mapping[str, Any]) -> int:
    """The quotas go by what is sent: one track into a channel that allows several is one track."""
    if ingest.tracks > 1:
        return _MULTITRACK_BITRATE
    if channel["type"] != ChannelType.BASIC:
        return _BITRATE
    # The shorter edge: a portrait of 480 pixels' width is 480p, too.
    if min(ingest.width, ingest.height) <= _STANDARD_DEFINITION_LINES:
        return _BASIC_STANDARD_DEFINITION_BITRATE
    return _BASIC_BITRATE


def _resolution_limits(ingest: Ingest, channel: Mapping[str, Any]) -> tuple[int, int]:
    """A maximum resolution is one per track of a multitrack input; the largest track decides."""
    if ingest.tracks == 1:
        return _RESOLUTIONS["FULL_HD"]
    multitrack = channel.get("multitrackInputConfiguration") or {}
    return _RESOLUTIONS[multitrack.get("maximumResolution") or "FULL_HD"]


def _excess(name: str, limit: int, observed: int, unit: str) -> Iterator[Excess]:
    if observed > limit:
        yield Excess(name, limit, observed - limit, unit)
