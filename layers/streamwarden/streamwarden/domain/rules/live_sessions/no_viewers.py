"""Streams without viewers."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.rules.check import (
    ON_AIR,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
    pending,
)
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.retention.interests import Interests
from streamwarden.domain.verdicts import Finding


class NoViewers(LiveCheck, frozen=True):
    """A live stream may be without viewers for at most `limit`.

    The time counts from the first sweep that found no viewers, or no viewers any more. Viewers who
    come and go between two sweeps are not seen.
    Data: `viewerCount` of `ListStreams`. Costs no further IVS call.
    """

    breached_only_where: ClassVar = ON_AIR
    upper_limit: ClassVar = "limit"

    limit: Duration

    @property
    def interests(self) -> Interests:
        return Interests(reads_viewers=True)

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        if live.viewers is None:
            return _UNCOUNTED
        unwatched_since = facts.unwatched_since
        if unwatched_since is None:
            return _WATCHED
        since = max(unwatched_since, live.on_air_at)
        deadline, allowed = since + self.limit, format_duration(self.limit)
        unwatched = format_duration(now - since)
        if now < deadline:
            reason = f"nobody has watched for {unwatched} of {allowed} allowed"
            return pending(reason, about=one_stream(live.stream_id), recheck_at=deadline)
        reason = f"nobody has watched for {unwatched}; {allowed} is allowed"
        return breach(reason, about=one_stream(live.stream_id), since=deadline)


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNCOUNTED: Final = not_applicable("how many watch is not known yet; the next sweep counts them")
_WATCHED: Final = compliant("somebody watches")
