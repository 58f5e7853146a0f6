"""Broadcasters' software at the other end of a stream key."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.api.errors import StreamKeyRefused, not_broadcasting
from simulator.broadcasting import sessions
from simulator.realm import Realm
from simulator.resources import Encoder, Session

if TYPE_CHECKING:
    from simulator.world import World


class Broadcast:
    """A handle on one channel's encoder, for whoever plays the broadcaster."""

    def __init__(self, world: "World", realm: Realm, channel_arn: str) -> None:
        self._world = world
        self._realm = realm
        self.channel_arn = channel_arn

    @property
    def stream_id(self) -> str:
        """The stream on air, else the last one there was."""
        session = self._realm.on_air(self.channel_arn) or self._realm.history(self.channel_arn)[-1]
        return session.stream_id

    @property
    def is_live(self) -> bool:
        return self._realm.on_air(self.channel_arn) is not None

    @property
    def started_at(self) -> datetime:
        return self.session.started_at

    @property
    def session(self) -> Session:
        session = self._realm.on_air(self.channel_arn)
        if session is None:
            raise not_broadcasting()
        return session

    def stall(self) -> None:
        sessions.starve(self._realm, self.session, self._world.now())

    def resume(self) -> None:
        sessions.recover(self._realm, self.session, self._world.now())

    def watched_by(self, viewers: int) -> None:
        self.session.viewers = viewers

    def backdate(self, started_at: datetime) -> None:
        """Makes the session look older without telling anyone again that it began."""
        self.session.started_at = started_at

    def exceed_limit(self, name: str, value: int, exceeded_by: int, unit: str) -> None:
        sessions.exceed_limit(
            self._realm,
            self.session,
            {
                "limit_name": name,
                "limit_value": value,
                "exceeded_by": exceeded_by,
                "limit_unit": unit,
            },
            self._world.now(),
        )

    def start_recording(self) -> None:
        sessions.start_recording(self._realm, self.session, self._world.now())

    def end_recording(self) -> None:
        sessions.end_recording(self._realm, self.session, self._world.now())

    def fail_recording(self) -> None:
        sessions.fail_recording(self._realm, self.session, self._world.now())

    def leave(self) -> None:
        """The broadcaster ends the stream and does not come back."""
        self._realm.encoders.pop(self.channel_arn, None)
        if self.is_live:
            sessions.end(self._realm, self.session, self._world.now())


def connect(
    realms: Iterable[Realm],
    key_value: str,
    at: datetime,
    *,
    reconnects: bool = False,
    stream_id: str | None = None,
) -> tuple[Realm, Session]:
    """Lets an encoder in by its key, or refuses it."""
    for realm in realms:
        key = realm.key_with(key_value)
        if key is None:
            continue
        channel = realm.channel(key.channel_arn)
        if realm.on_air(channel.arn) is not None:
            raise StreamKeyRefused(f"already live: {channel.arn}")
        stream_id = stream_id or realm.identifiers.stream()
        realm.encoders[channel.arn] = Encoder(channel.arn, stream_id, reconnects, key_value)
        return realm, sessions.begin(realm, channel, stream_id, at)
    raise StreamKeyRefused("no channel has this stream key")


def reconnect(realm: Realm, encoder: Encoder, at: datetime) -> Session | None:
    """One attempt to come back; refused for good once the key is gone or the place is taken."""
    del realm.encoders[encoder.channel_arn]
    try:
        _, session = connect([realm], encoder.key_value, at, reconnects=True)
    except StreamKeyRefused:
        return None
    return session
