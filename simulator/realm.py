"""What one account holds in one region, and the questions every operation asks of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.api.errors import not_broadcasting, not_found
from simulator.arns import Arn
from simulator.events.envelopes import DetailType, Postmark, envelope
from simulator.identifiers import Identifiers
from simulator.resources import (
    Channel,
    Encoder,
    RecordingConfiguration,
    Session,
    SessionEvent,
    StreamKey,
)


@dataclass(slots=True)
class Realm:
    """Nothing crosses from one realm into another: resources, limits and events are regional."""

    account: str
    region: str
    identifiers: Identifiers
    emit: Callable[[dict[str, Any]], None]
    channels: dict[str, Channel] = field(default_factory=dict)
    stream_keys: dict[str, StreamKey] = field(default_factory=dict)
    recording_configurations: dict[str, RecordingConfiguration] = field(default_factory=dict)
    # Sessions outlive their channel: their history can still be read after it is deleted.
    sessions: dict[str, list[Session]] = field(default_factory=dict)
    encoders: dict[str, Encoder] = field(default_factory=dict)

    def new_arn(self, kind: str) -> str:
        return str(Arn(self.region, self.account, kind, self.identifiers.resource(kind)))

    def channel(self, arn: str) -> Channel:
        if arn not in self.channels:
            raise not_found(arn)
        return self.channels[arn]

    def stream_key(self, arn: str) -> StreamKey:
        if arn not in self.stream_keys:
            raise not_found(arn)
        return self.stream_keys[arn]

    def recording_configuration(self, arn: str) -> RecordingConfiguration:
        if arn not in self.recording_configurations:
            raise not_found(arn)
        return self.recording_configurations[arn]

    def keys_of(self, channel_arn: str) -> list[StreamKey]:
        return [key for key in self.stream_keys.values() if key.channel_arn == channel_arn]

    def key_with(self, value: str) -> StreamKey | None:
        return next((key for key in self.stream_keys.values() if key.value == value), None)

    def history(self, channel_arn: str) -> list[Session]:
        return self.sessions.get(channel_arn, [])

    def session(self, channel_arn: str, stream_id: str) -> Session | None:
        sessions = self.history(channel_arn)
        return next((each for each in sessions if each.stream_id == stream_id), None)

    def on_air(self, channel_arn: str) -> Session | None:
        return next((each for each in self.history(channel_arn) if each.is_live), None)

    def live_session(self, channel_arn: str) -> Session:
        self.channel(channel_arn)
        session = self.on_air(channel_arn)
        if session is None:
            raise not_broadcasting()
        return session

    def live_sessions(self) -> Iterator[Session]:
        for channel_arn in self.channels:
            session = self.on_air(channel_arn)
            if session is not None:
                yield session

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of any resource held here, to read or to change."""
        for kind in (self.channels, self.stream_keys, self.recording_configurations):
            if arn in kind:
                return kind[arn].tags
        raise not_found(arn)

    def postmark(self, at: datetime) -> Postmark:
        return Postmark(self.identifiers.event(), self.account, self.region, at)

    def announce(
        self, session: Session, kind: DetailType, name: str, detail: dict[str, Any], at: datetime
    ) -> None:
        """Sends a service event about a session and remembers it in the session's history."""
        session.events.append(SessionEvent(str(name), str(kind), at))
        self.emit(envelope(self.postmark(at), kind, [session.channel_arn], detail))

    def channel_name(self, channel_arn: str) -> str:
        return self.channels[channel_arn].name if channel_arn in self.channels else ""
