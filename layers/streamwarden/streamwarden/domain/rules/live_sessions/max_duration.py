"""The duration of a stream."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.check import ON_AIR, LiveCheck, not_applicable
from streamwarden.domain.rules.deadlines import LastingCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.stale_session import has_ended
from streamwarden.domain.verdicts import Finding


class MaxDuration(LastingCheck, LiveCheck, frozen=True):
    """A live stream may last at most `limit`, counted from its `Stream Start`.

    `warnings` says how long before the limit people get an early warning, each once per stream. A
    rule with the action `warn` in mode enforce also puts the `warnings` into the stream. A stream
    that IVS still lists after its end event lasts no longer, unless an event or a listing that
    calls it healthy shows that it goes on; the kind `zombie_session` is about it.
    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    breached_only_where: ClassVar = ON_AIR

    @property
    def coming(self) -> str:
        return f"this stream will have been on the air for {format_duration(self.limit)}"

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        if has_ended(facts):
            return _ENDED
        about = one_stream(live.stream_id)
        return self.lasting(
            "on the air", about=about, fact="on_air_at", since=live.on_air_at, now=now
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_ENDED: Final = not_applicable("the stream has ended; IVS still lists it")
