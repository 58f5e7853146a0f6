"""The duration of a stream."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import (
    ON_AIR,
    LiveCheck,
    breach,
    not_applicable,
)
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.stale_session import has_ended
from streamwarden.domain.verdicts import Finding


class MaxDuration(DeadlineCheck, LiveCheck, frozen=True):
    """A live stream may last at most `limit`, counted from its `Stream Start`.

    `warnings` says how long before the limit people get an early warning, each once per stream. A
    rule with the action `warn` in mode enforce also puts the `warnings` into the stream. A stream
    that IVS still lists after its end event lasts no longer, unless an event or a listing that
    calls it healthy shows that it goes on; the kind `zombie_session` is about it.
    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    breached_only_where: ClassVar = ON_AIR
    upper_limit: ClassVar = "limit"

    limit: Duration

    def __post_init__(self) -> None:
        """Raises ValueError."""
        self.refuse_warnings_from(self.limit)

    @property
    def coming(self) -> str:
        return f"this stream will have been on the air for {format_duration(self.limit)}"

    @property
    def repeats_after(self) -> timedelta:
        return self.limit

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        if has_ended(facts):
            return _ENDED
        deadline = live.on_air_at + self.limit
        lasted, allowed = format_duration(now - live.on_air_at), format_duration(self.limit)
        if now < deadline:
            reason = f"on the air for {lasted} of {allowed} allowed"
            return self.ahead(reason, about=one_stream(live.stream_id), deadline=deadline, now=now)
        reason = f"on the air for {lasted}{describe_limit(now - live.on_air_at, self.limit)}"
        return breach(
            reason,
            about=one_stream(live.stream_id),
            since=deadline,
            compared={"on_air_at": live.on_air_at, "lasted": now - live.on_air_at},
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_ENDED: Final = not_applicable("the stream has ended; IVS still lists it")
