"""The broadcaster's hands: what one can do with a stream that is on air."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from simulator.api.errors import not_broadcasting
from simulator.broadcasting import encoders, recordings, sessions
from simulator.broadcasting.ingest import Excess
from simulator.realm import Realm
from simulator.resources import Session

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
        """No more data arrives, though the connection stands."""
        sessions.starve(self._realm, self.session, self._world.now())

    def resume(self) -> None:
        sessions.recover(self._realm, self.session, self._world.now())

    def crash(self) -> None:
        """The connection is lost; IVS waits for it as long as its pace says."""
        at = self._world.now()
        if self._realm.behaviour.pace.missing_ingest is None:
            sessions.end(self._realm, self.session, at)
        else:
            sessions.starve(self._realm, self.session, at)
        encoders.thrown_off(self._realm, self.channel_arn, at)

    def change(self, **ingest: Any) -> None:
        """Sends something else from now on, e.g. `video_bitrate=9_000_000`: fields of Ingest."""
        changed = replace(self.session.ingest, **ingest)
        at = self._world.now()
        sessions.change_ingest(self._realm, self.session, changed, at)
        if not self.is_live or self.session.left_at is not None:
            encoders.thrown_off(self._realm, self.channel_arn, at)

    def exceed_limit(self, name: str, value: int, exceeded_by: int, unit: str) -> None:
        """Lets IVS tell of a broken ingest limit as given; the stream goes on."""
        excess = Excess(name, value, exceeded_by, unit)
        sessions.exceed_limit(self._realm, self.session, excess, self._world.now())

    def fail(self, reason: str = "Transcode capacity was exhausted") -> None:
        """IVS cannot process the stream any more."""
        at = self._world.now()
        sessions.fail(self._realm, self.session, reason, at)
        encoders.thrown_off(self._realm, self.channel_arn, at)

    def fail_recording(self) -> None:
        recordings.fail_recording(self._realm, self.session, self._world.now())

    def watched_by(self, viewers: int) -> None:
        self.session.viewers = viewers

    def backdate(self, started_at: datetime) -> None:
        """Makes the session look older without telling anyone again that it began."""
        self.session.started_at = started_at

    def leave(self) -> None:
        """The broadcaster ends the stream and does not come back."""
        self._realm.encoders.pop(self.channel_arn, None)
        if self.is_live:
            sessions.end(self._realm, self.session, self._world.now())
