"""The number of viewers of a stream."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.rules.check import ON_AIR, LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.counts import CountCheck
from streamwarden.domain.rules.live_sessions.viewer_counts import UNCOUNTED, counted_long_ago
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.state.viewers import FRESH_FOR, is_fresh
from streamwarden.domain.verdicts import Condition, Confirm, Finding


class ViewerCeiling(CountCheck, LiveCheck, frozen=True):
    """At most `viewers` may watch a stream at the same time.

    Sweeps count the viewers. A sweep reports a count that has changed by at least ten and by more
    than a tenth. The ceiling is exact to this difference. A count that is an hour old or older
    shows nothing, so the rule then waits for the next sweep. Before a stop, `GetStream` must show
    more than `viewers`. If IVS does not say how many there are, the stream is left alone.
    `warnings` are shares of the limit, such as 80%, at which people get an early warning, each once
    until the count has gone a tenth of the limit below it. A rule with the action `warn` in mode
    enforce also puts the `warnings` into the stream.
    Data: `viewerCount` of `ListStreams`, which a sweep reports again every 30 minutes. Costs no
    further IVS call.
    """

    breached_only_where: ClassVar = ON_AIR
    upper_limit: ClassVar = "viewers"

    viewers: int

    def __post_init__(self) -> None:
        if self.viewers < 1:
            raise ValueError(f"`viewers`: expected 1 or more, found {self.viewers}")
        self.refuse_warnings_of(self.viewers, "viewers")

    @property
    def confirm(self) -> Confirm:
        return Confirm(Condition.VIEWERS_AT_LEAST, self.viewers + 1)

    @property
    def interests(self) -> Interests:
        return Interests(reads_viewers=True)

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None:
            return _OFF_AIR
        if live.viewers is None:
            return UNCOUNTED
        if not is_fresh(live.viewers, now):
            return counted_long_ago(live.viewers, now)
        count, allowed, about = live.viewers.value, self.viewers, one_stream(live.stream_id)
        verb = "is" if allowed == 1 else "are"
        reason = f"watched by {count:,} viewers; {allowed:,} {verb} allowed"
        near = self.near(count, allowed, f"this stream is {reason}")
        if count <= allowed:
            within = f"watched by no more than the {allowed:,} viewers that are allowed"
            return compliant(within, about=about, near=near)
        return breach(
            reason,
            about=about,
            near=near,
            since=min(live.viewers.at, now),
            compared={"viewers": live.viewers},
            recheck_at=live.viewers.at + FRESH_FOR,
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
