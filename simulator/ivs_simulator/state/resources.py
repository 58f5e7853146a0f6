"""The resources of an account region, as plain state without rules."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from ivs_simulator.state.ingest import Ingest


class Tagged(Protocol):
    """Something with tags: every resource here."""

    tags: dict[str, str]


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


class RecordingConfigurationState(StrEnum):
    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    CREATE_FAILED = "CREATE_FAILED"


@dataclass(slots=True)
class RecordingConfiguration:
    arn: str
    settings: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    state: RecordingConfigurationState = RecordingConfigurationState.ACTIVE

    def described(self) -> dict[str, Any]:
        return {"arn": self.arn, **self.settings, "state": str(self.state), "tags": dict(self.tags)}


@dataclass(slots=True)
class Configuration:
    """A resource that is its settings: policies, configurations, and all that is real-time."""

    arn: str
    settings: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        return {"arn": self.arn, **self.settings, "tags": dict(self.tags)}


@dataclass(slots=True)
class PlaybackKeyPair:
    """The public half of a key pair; the private half never leaves its owner."""

    arn: str
    name: str
    public_key_material: str
    fingerprint: str
    tags: dict[str, str] = field(default_factory=dict)


class SessionEvent(NamedTuple):
    """An event as GetStreamSession lists it."""

    name: str
    type: str
    at: datetime
    code: str = ""


@dataclass(slots=True)
class Session:
    """One time on air, with the channel's configuration as it was when the session began.

    It is connected from its beginning until `left_at`, watchable from `streaming_at` until
    `ended_at`.
    """

    stream_id: str
    channel_arn: str
    started_at: datetime
    channel: dict[str, Any] = field(repr=False)  # it has the SRT passphrase
    recording_configuration: dict[str, Any] | None = None
    failover_slate_configuration: dict[str, Any] | None = None
    ingest: Ingest = field(default_factory=Ingest)
    streaming_at: datetime | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    health: Health = Health.HEALTHY
    starving_since: datetime | None = None
    viewers: int = 0
    takeovers: int = 0
    ad_break_ends_at: datetime | None = None
    events: list[SessionEvent] = field(default_factory=list)

    @property
    def is_live(self) -> bool:
        return self.ended_at is None


@dataclass(slots=True)
class Encoder:
    """A broadcaster's software: it has a key, and may come back after a disconnect."""

    channel_arn: str
    reconnects: bool
    ingest: Ingest
    key_value: str = field(repr=False)
    priority: int | None = None
    attempts: int = 0
    returns_at: datetime | None = None
