"""What an account holds in a region: channels, keys, recording configurations and sessions."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Health(StrEnum):
    HEALTHY = "HEALTHY"
    STARVING = "STARVING"
    UNKNOWN = "UNKNOWN"


@dataclass(slots=True)
class Channel:
    """A channel; `settings` are its API members by their API names, defaults included."""

    arn: str
    settings: dict[str, Any]
    tags: dict[str, str]
    created_at: datetime
    ingest_endpoint: str
    playback_url: str
    passphrase: str = field(repr=False)

    @property
    def name(self) -> str:
        return str(self.settings["name"])


@dataclass(slots=True)
class StreamKey:
    arn: str
    channel_arn: str
    value: str = field(repr=False)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RecordingConfiguration:
    arn: str
    settings: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def bucket_name(self) -> str:
        return str(self.settings["destinationConfiguration"]["s3"]["bucketName"])


@dataclass(frozen=True, slots=True)
class SessionEvent:
    """An event as GetStreamSession remembers it."""

    name: str
    type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recording:
    session_id: str
    bucket_name: str
    key_prefix: str
    started_at: datetime


@dataclass(slots=True)
class Session:
    """One time on air, with the channel's configuration as it was when the session began."""

    stream_id: str
    channel_arn: str
    started_at: datetime
    channel: dict[str, Any]
    recording_configuration: dict[str, Any] | None = None
    ended_at: datetime | None = None
    health: Health = Health.HEALTHY
    viewers: int = 0
    events: list[SessionEvent] = field(default_factory=list)
    recording: Recording | None = None

    @property
    def is_live(self) -> bool:
        return self.ended_at is None


@dataclass(slots=True)
class Encoder:
    """A broadcaster's software: it holds a key and may come back by itself when thrown off."""

    channel_arn: str
    stream_id: str
    reconnects: bool
    key_value: str = field(repr=False)
    returns_at: datetime | None = None
