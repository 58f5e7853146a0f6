"""The number of viewers of a stream."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.rules.check import ON_AIR, LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.verdicts import Finding


class ViewerCeiling(LiveCheck, frozen=True):
    """At most `viewers` may watch a stream at the same time.

    Sweeps count the viewers. A sweep reports a count that has changed by at least ten and by more
    than a tenth. The ceiling is exact to this difference.
    Data: `viewerCount` of `ListStreams`. Costs no further IVS call.
    """

    breached_only_where: ClassVar = ON_AIR
    upper_limit: ClassVar = "viewers"

    viewers: int

    def __post_init__(self) -> None:
        if self.viewers < 1:
            raise ValueError(f"`viewers`: expected 1 or more, found {self.viewers}")

    @property
    def interests(self) -> Interests:
        return Interests(reads_viewers=True)

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None:
            return _OFF_AIR
        if live.viewers is None:
            return _UNCOUNTED
        count, allowed = live.viewers.value, self.viewers
        if count <= allowed:
            return compliant(f"watched by no more than the {allowed:,} viewers that are allowed")
        verb = "is" if allowed == 1 else "are"
        reason = f"watched by {count:,} viewers; {allowed:,} {verb} allowed"
        return breach(reason, about=one_stream(live.stream_id), since=min(live.viewers.at, now))


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNCOUNTED: Final = not_applicable("how many watch is not known yet; the next sweep counts them")
