"""The JSON files in a recording's `events` folder, in which programs find its media.

Source: Auto-Record to Amazon S3, "JSON Metadata Files".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ivs_simulator.events.envelopes import event_time
from ivs_simulator.recording.renditions import Picture, Rendition
from ivs_simulator.recording.thumbnails import FOLDER, LATEST, Thumbnails

MEDIA = "media/hls"
MULTIVARIANT, BYTE_RANGE_MULTIVARIANT = "master.m3u8", "byte-range-multivariant.m3u8"
VARIANT, BYTE_RANGE_VARIANT = "playlist.m3u8", "byte-range-variant.m3u8"


class Status(StrEnum):
    """`recording_status` in the files, in other words than the event's `recording_status`."""

    STARTED = "RECORDING_STARTED"
    ENDED = "RECORDING_ENDED"
    FAILED = "RECORDING_ENDED_WITH_FAILURE"


@dataclass(frozen=True, slots=True)
class End:
    """How a recording ended; `failure` is IVS's reason, such as `InternalServerException`."""

    at: datetime
    duration_ms: int
    failure: str = ""

    @property
    def status(self) -> Status:
        return Status.FAILED if self.failure else Status.ENDED


def document(
    channel_arn: str,
    started_at: datetime,
    renditions: Sequence[Rendition],
    thumbnails: Thumbnails | None,
    end: End | None = None,
) -> dict[str, Any]:
    """The content of recording-started.json, or with an end that of -ended or -failed."""
    ended = {"recording_ended_at": event_time(end.at)} if end else {}
    # The message is documented for both ends; AWS's sample of a good end has none.
    message = {"recording_status_message": end.failure} if end and end.failure else {}
    return {
        "version": "v1",
        "channel_arn": channel_arn,
        **ended,
        "recording_started_at": event_time(started_at),
        "recording_status": str(end.status if end else Status.STARTED),
        **message,
        "media": {"hls": _hls(renditions, end), **_pictures(thumbnails)},
    }


def _hls(renditions: Sequence[Rendition], end: End | None) -> dict[str, Any]:
    has_byte_ranges = end is None or not end.failure
    return {
        **({"duration_ms": end.duration_ms} if end else {}),
        "path": MEDIA,
        **_playlists(MULTIVARIANT, BYTE_RANGE_MULTIVARIANT, has_byte_ranges),
        "renditions": [
            {
                "path": each.name,
                **_playlists(VARIANT, BYTE_RANGE_VARIANT, has_byte_ranges),
                **(_size(each.picture) if each.picture else {}),
            }
            for each in _in_order(renditions)
        ],
    }


def _in_order(renditions: Sequence[Rendition]) -> Iterable[Rendition]:
    """The best one last, as in AWS's samples: a program that expects the best first fails here."""
    return (*renditions[1:], *renditions[:1])


def _playlists(playlist: str, byte_range: str, has_byte_ranges: bool) -> Mapping[str, str]:
    # AWS's sample of a failed recording names no byte-range playlists.
    named = {"byte_range_playlist": byte_range} if has_byte_ranges else {}
    return {"playlist": playlist, **named}


def _pictures(thumbnails: Thumbnails | None) -> dict[str, Any]:
    if thumbnails is None:
        return {}
    size = _size(thumbnails.picture)
    latest = {"latest_thumbnail": {"path": LATEST, **size}} if thumbnails.has_latest else {}
    # Documented for every INTERVAL, so also where `storage` is LATEST alone and the folder empty.
    return {"thumbnails": {"path": FOLDER, **size}, **latest}


def _size(picture: Picture) -> dict[str, int]:
    return {"resolution_height": picture.height, "resolution_width": picture.width}
