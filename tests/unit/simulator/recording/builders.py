"""Recordings with nothing special about them, and what a test changes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from ivs_simulator.recording.layout import Layout
from ivs_simulator.recording.media_format import MediaFormat
from ivs_simulator.recording.playlists import Span

STARTED: Final = datetime(2026, 3, 14, 18, 2, 19, tzinfo=UTC)
ARN: Final = "arn:aws:ivs:eu-west-1:123456789012:channel/Zqumpm08hsE8"
PREFIX: Final = "ivs/v1/123456789012/Zqumpm08hsE8/2026/3/14/18/2/0f6YYIgrCOX6"
SOURCE: Final = MediaFormat(1920, 1080, 30.0, "avc", "aac", 6_000_000)


def source(**changes: Any) -> MediaFormat:
    return replace(SOURCE, **changes)


def layout(configuration: dict[str, Any] | None = None, **changes: Any) -> Layout:
    return replace(Layout(PREFIX, ARN, STARTED, configuration or {}, SOURCE), **changes)


def span(seconds: float, started_at: datetime = STARTED) -> Span:
    return Span(started_at, round(seconds * 1000))
