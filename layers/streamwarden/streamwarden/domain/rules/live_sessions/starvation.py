"""Streams whose ingest stalls."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import (
    ON_AIR,
    LiveCheck,
    breach,
    compliant,
    not_applicable,
)
from streamwarden.domain.rules.deadlines import DeadlineCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Condition, Confirm, Finding


class Starvation(DeadlineCheck, LiveCheck, frozen=True):
    """The ingest of a live stream may stall for at most `limit`.

    `warnings` says how long before the limit people get an early warning, each once per stall. A
    rule with the action `warn` in mode enforce also puts the `warnings` into the stream.
    Data: `Starvation Start` and `Starvation End` events, health in `ListStreams`. Costs no IVS
    call; a stop first reads `GetStream` and does not stop a stream that delivers again.
    """

    breached_only_where: ClassVar = f"{ON_AIR} && session.stalled"
    upper_limit: ClassVar = "limit"

    limit: Duration

    def __post_init__(self) -> None:
        """Raises ValueError."""
        self.refuse_warnings_from(self.limit)

    @property
    def coming(self) -> str:
        return f"the ingest of this stream will have stalled for {format_duration(self.limit)}"

    @property
    def confirm(self) -> Confirm:
        return Confirm(Condition.STALLED)

    @property
    def repeats_after(self) -> timedelta:
        return self.limit

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if facts.live is None:
            return _OFF_AIR
        stream_id, stalled_since = facts.live.stream_id, facts.stalled_since
        if stalled_since is None:
            return compliant("the ingest delivers", about=one_stream(stream_id))
        deadline, lasted = stalled_since + self.limit, now - stalled_since
        reason = f"the ingest has stalled for {format_duration(lasted)}"
        if now < deadline:
            reason = f"{reason} of {format_duration(self.limit)} allowed"
            return self.ahead(reason, about=one_stream(stream_id), deadline=deadline, now=now)
        reason = f"{reason}{describe_limit(lasted, self.limit)}"
        return breach(
            reason,
            about=one_stream(stream_id),
            since=deadline,
            compared={"stalled_since": stalled_since, "lasted": lasted},
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
