"""An account region: what one account holds in one region, with the reads all operations need."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ivs_simulator.events.envelopes import DetailType, EnvelopeMetadata, envelope
from ivs_simulator.recording.storage import Storage
from ivs_simulator.state.context import WorldContext
from ivs_simulator.state.identifiers import Identifiers
from ivs_simulator.state.options import Options
from ivs_simulator.state.recording import Recording
from ivs_simulator.state.resource_store import ResourceStore, StreamKeyStore
from ivs_simulator.state.resources import (
    Channel,
    Configuration,
    Encoder,
    PlaybackKeyPair,
    RecordingConfiguration,
    Session,
    SessionEvent,
    StreamKey,
    Tagged,
)
from ivs_simulator.state.views import Views
from ivs_simulator.wire.arns import REAL_TIME_KINDS, Arn
from ivs_simulator.wire.errors import not_broadcasting, not_found


@dataclass(slots=True)
class AccountRegion:
    """Resources, limits and events of one region; nothing crosses to another account region."""

    account: str
    region: str
    context: WorldContext
    channels: ResourceStore[Channel] = field(default_factory=ResourceStore)
    stream_keys: StreamKeyStore = field(default_factory=StreamKeyStore)
    recording_configurations: ResourceStore[RecordingConfiguration] = field(
        default_factory=ResourceStore
    )
    playback_key_pairs: ResourceStore[PlaybackKeyPair] = field(default_factory=ResourceStore)
    playback_restriction_policies: ResourceStore[Configuration] = field(
        default_factory=ResourceStore
    )
    ad_configurations: ResourceStore[Configuration] = field(default_factory=ResourceStore)
    failover_slate_configurations: ResourceStore[Configuration] = field(
        default_factory=ResourceStore
    )
    # What the API for real-time knows, by the resource type as it stands in ARNs.
    real_time: Mapping[str, ResourceStore[Configuration]] = field(
        default_factory=lambda: {kind: ResourceStore() for kind in REAL_TIME_KINDS}
    )
    # By channel. Sessions outlive their channel: their history can be read after it is deleted.
    sessions: dict[str, list[Session]] = field(default_factory=dict)
    connected: dict[str, Session] = field(default_factory=dict)
    streaming: ResourceStore[Session] = field(default_factory=ResourceStore)
    encoders: dict[str, Encoder] = field(default_factory=dict)
    # Encoders that lost their channel to another one and try to get it back.
    waiting: list[Encoder] = field(default_factory=list)
    recordings: dict[str, Recording] = field(default_factory=dict)
    # Channels whose next recording fails to start.
    failing_recordings: set[str] = field(default_factory=set)
    views: Views = field(default_factory=Views)
    # How often the tags of each resource were changed.
    tag_versions: Counter[str] = field(default_factory=Counter)
    # ARNs of deleted resources, so that late events do not restore them.
    deleted: set[str] = field(default_factory=set)
    # Keys of channels that were added as they are elsewhere: their real values are unknown.
    assumed_keys: set[str] = field(default_factory=set)
    # When each setting and tag of a resource changed last, so that late calls undo nothing.
    changed_at: dict[tuple[str, str], datetime] = field(default_factory=dict)

    @property
    def identifiers(self) -> Identifiers:
        return self.context.identifiers

    @property
    def options(self) -> Options:
        return self.context.options

    @property
    def storage(self) -> Storage:
        return self.context.storage

    def new_arn(self, kind: str) -> str:
        return str(Arn(self.region, self.account, kind, self.identifiers.resource(kind)))

    def channel(self, arn: str) -> Channel:
        return self.channels.named(arn)

    def stream_key(self, arn: str) -> StreamKey:
        return self.stream_keys.named(arn)

    def keys_of(self, channel_arn: str) -> list[StreamKey]:
        return self.stream_keys.of_channel(channel_arn)

    def history(self, channel_arn: str) -> list[Session]:
        return self.sessions.get(channel_arn, [])

    def session(self, channel_arn: str, stream_id: str) -> Session | None:
        for each in self.sessions.get(channel_arn, ()):
            if each.stream_id == stream_id:
                return each
        return None

    def on_air(self, channel_arn: str) -> Session | None:
        """The session of the encoder that is connected, watchable already or not."""
        return self.connected.get(channel_arn)

    def live_session(self, channel_arn: str) -> Session:
        """The stream that can be watched; raises ChannelNotBroadcasting."""
        self.channel(channel_arn)
        if channel_arn not in self.streaming:
            raise not_broadcasting()
        return self.streaming[channel_arn]

    def connect(self, session: Session) -> None:
        self.sessions.setdefault(session.channel_arn, []).append(session)
        self.connected[session.channel_arn] = session

    def stream(self, session: Session, at: datetime) -> None:
        session.streaming_at = at
        self.streaming[session.channel_arn] = session

    def close(self, session: Session, at: datetime) -> None:
        """Ends the session; one that ended before keeps its times."""
        session.left_at = session.left_at or at
        session.ended_at = session.ended_at or at
        if self.connected.get(session.channel_arn) is session:
            del self.connected[session.channel_arn]
        if self.streaming.get(session.channel_arn) is session:
            del self.streaming[session.channel_arn]

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of any resource held here, to read or to change."""
        for store in self._stores():
            if arn in store:
                return store[arn].tags
        raise not_found(arn)

    def envelope_metadata(self, at: datetime) -> EnvelopeMetadata:
        return EnvelopeMetadata(self.identifiers.event(), self.account, self.region, at)

    def announce(
        self, session: Session, kind: DetailType, name: str, detail: dict[str, Any], at: datetime
    ) -> None:
        """Emits a service event about a session and adds it to the session's history."""
        self.emit(self.remember(session, kind, name, detail, at))

    def remember(
        self, session: Session, kind: DetailType, name: str, detail: dict[str, Any], at: datetime
    ) -> dict[str, Any]:
        """Adds a service event to a session's history. The caller emits the returned event."""
        code = str(detail.get("code", ""))
        session.events.append(SessionEvent(str(name), str(kind), at, code))
        return envelope(self.envelope_metadata(at), kind, [session.channel_arn], detail)

    def emit(self, event: dict[str, Any]) -> None:
        self.context.emit(event)

    def later(self, due: datetime, callback: Callable[[datetime], None]) -> None:
        self.context.event_queue.add(due, callback)

    def channel_name(self, channel_arn: str) -> str:
        return self.channels[channel_arn].name if channel_arn in self.channels else ""

    def _stores(self) -> tuple[Mapping[str, Tagged], ...]:
        return (
            self.channels,
            self.stream_keys,
            self.recording_configurations,
            self.playback_key_pairs,
            self.playback_restriction_policies,
            self.ad_configurations,
            self.failover_slate_configurations,
            *self.real_time.values(),
        )
