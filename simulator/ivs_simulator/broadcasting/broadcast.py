"""What a broadcaster can do with a stream that is on air."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from ivs_simulator.broadcasting import encoders, recordings, sessions, viewers
from ivs_simulator.runtime.locking import locked
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.ingest import Excess
from ivs_simulator.state.resources import Session
from ivs_simulator.wire.errors import not_broadcasting


class Host(Protocol):
    """What a broadcast needs of the world that it is in."""

    @property
    def lock(self) -> AbstractContextManager[Any]: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    def tick(self) -> None: ...


class Broadcast:
    """A handle on one channel's encoder, for a program that plays the broadcaster."""

    def __init__(self, world: Host, account_region: AccountRegion, channel_arn: str) -> None:
        self._world = world
        self._account_region = account_region
        self.channel_arn = channel_arn

    def __repr__(self) -> str:
        # As things are, without letting anything happen as `is_live` would.
        session = self._account_region.on_air(self.channel_arn)
        shown = "off air" if session is None else f"{session.stream_id}, {session.health}"
        return f"<Broadcast on {self.channel_arn}: {shown}>"

    @property
    def lock(self) -> AbstractContextManager[Any]:
        return self._world.lock

    @property
    @locked
    def stream_id(self) -> str:
        """The stream on air, else the last one there was."""
        self._now()
        session = (
            self._account_region.on_air(self.channel_arn)
            or self._account_region.history(self.channel_arn)[-1]
        )
        return session.stream_id

    @property
    @locked
    def is_live(self) -> bool:
        """Whether there is a session, watchable already or not, or still being played out."""
        self._now()
        return self._account_region.on_air(self.channel_arn) is not None

    @property
    @locked
    def viewer_count(self) -> int:
        """How many viewers the API would say there are; a reading that times out is none."""
        return viewers.shown(self._account_region, self.session, self._now())

    @property
    @locked
    def started_at(self) -> datetime:
        return self.session.started_at

    @property
    @locked
    def session(self) -> Session:
        """The session on air; raises ChannelNotBroadcasting."""
        self._now()
        session = self._account_region.on_air(self.channel_arn)
        if session is None:
            raise not_broadcasting()
        return session

    @locked
    def stall(self) -> None:
        """No more data arrives, but the connection stands. A second stall changes nothing."""
        at = self._now()
        sessions.starve(self._account_region, self._ingested(), at, self._cut())

    @locked
    def resume(self) -> None:
        """Data arrives again, after a stall or a crash that IVS has not given up on yet."""
        at, session = self._now(), self._ingested()
        encoders.found_again(self._account_region, self.channel_arn)
        sessions.recover(self._account_region, session, at)

    @locked
    def crash(self) -> None:
        """The connection is lost; IVS waits for it as long as `latencies` say."""
        at, session = self._now(), self._ingested()
        if self._account_region.options.latencies.missing_ingest is None:
            sessions.end(self._account_region, session, at)
            encoders.thrown_off(self._account_region, self.channel_arn, at)
        else:
            sessions.starve(self._account_region, session, at, self._cut())
            encoders.lost(self._account_region, self.channel_arn, at)

    @locked
    def change(self, **ingest: Any) -> None:
        """Sends something else from now on, e.g. `video_bitrate=9_000_000`: fields of Ingest.

        An encoder that comes back goes on with that.
        """
        at, session = self._now(), self._ingested()
        changed = replace(session.ingest, **ingest)
        encoders.sends(self._account_region, self.channel_arn, changed)
        sessions.change_ingest(self._account_region, session, changed, at, self._cut())

    @locked
    def exceed_limit(self, name: str, value: int, exceeded_by: int, unit: str) -> None:
        """Emits the event of an exceeded ingest limit as given; the stream goes on."""
        excess = Excess(name, value, exceeded_by, unit)
        at = self._now()
        sessions.exceed_limit(self._account_region, self._ingested(), excess, at)

    @locked
    def fail(self, reason: str = "Transcode capacity was exhausted") -> None:
        """IVS cannot process the stream any more."""
        at = self._now()
        sessions.fail(self._account_region, self._ingested(), reason, at)
        encoders.thrown_off(self._account_region, self.channel_arn, at)

    @locked
    def fail_recording(self) -> None:
        recordings.fail_recording(self._account_region, self.session, self._world.now())

    @locked
    def watched_by(self, crowd: int) -> None:
        """Sets the number of viewers in the crowd, beside those of `World.watch`."""
        viewers.gather(self._account_region, self.session, crowd, self._world.now())

    @locked
    def backdate(self, started_at: datetime) -> None:
        """Makes the session look older, without another event of its beginning."""
        self.session.started_at = started_at

    @locked
    def leave(self) -> None:
        """The broadcaster ends the stream and does not come back."""
        at = self._now()
        encoders.switched_off(self._account_region, self.channel_arn)
        if self.is_live:
            sessions.end(self._account_region, self.session, at)

    def _now(self) -> datetime:
        """The time, after all that was due before: what one does comes after what had happened."""
        self._world.tick()
        return self._world.now()

    def _ingested(self) -> Session:
        """The session with its encoder; a session that is being played out has none."""
        session = self.session
        if session.left_at is not None:
            raise not_broadcasting()
        return session

    def _cut(self) -> sessions.Cut:
        return encoders.cut(self._account_region, self.channel_arn)
