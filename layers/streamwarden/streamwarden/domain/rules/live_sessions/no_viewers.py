"""Streams without viewers."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.check import ON_AIR, LiveCheck, compliant, not_applicable
from streamwarden.domain.rules.deadlines import LastingCheck
from streamwarden.domain.rules.live_sessions.viewer_counts import UNCOUNTED, counted_long_ago
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.state.viewers import FRESH_FOR, is_fresh
from streamwarden.domain.verdicts import Condition, Confirm, Finding


class NoViewers(LastingCheck, LiveCheck, frozen=True):
    """A live stream may be without viewers for at most `limit`.

    The time counts from the first sweep that found no viewers, or no viewers any more. Viewers who
    come and go between two sweeps are not seen. A count that is an hour old or older shows nothing,
    so the rule then waits for the next sweep. Before a stop, `GetStream` must show no viewers. If
    IVS does not say how many there are, the stream is left alone. `warnings` says how long before
    the limit people get an early warning, each once per time without viewers. A rule with the
    action `warn` in mode enforce also puts the `warnings` into the stream.
    Data: `viewerCount` of `ListStreams`, which a sweep reports again every 30 minutes. Costs no
    further IVS call.
    """

    breached_only_where: ClassVar = ON_AIR

    @property
    def coming(self) -> str:
        return f"this stream will have been without viewers for {format_duration(self.limit)}"

    @property
    def confirm(self) -> Confirm:
        return Confirm(Condition.VIEWERS_AT_MOST, 0)

    @property
    def interests(self) -> Interests:
        return Interests(reads_viewers=True)

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        if live.viewers is None:
            return UNCOUNTED
        if not is_fresh(live.viewers, now):
            return counted_long_ago(live.viewers, now)
        unwatched_since = facts.unwatched_since
        if unwatched_since is None:
            return _WATCHED
        return self.lasting(
            "nobody has watched",
            about=one_stream(live.stream_id),
            fact="unwatched_since",
            since=max(unwatched_since, live.on_air_at),
            now=now,
            more={"viewers": live.viewers},
            recheck_at=live.viewers.at + FRESH_FOR,
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_WATCHED: Final = compliant("somebody watches")
