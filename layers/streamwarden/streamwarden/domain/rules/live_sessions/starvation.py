"""Streams whose ingest stalls."""

from datetime import datetime
from typing import ClassVar, Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.rules.check import ON_AIR, LiveCheck, compliant, not_applicable
from streamwarden.domain.rules.deadlines import LastingCheck
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import Condition, Confirm, Finding


class Starvation(LastingCheck, LiveCheck, frozen=True):
    """The ingest of a live stream may stall for at most `limit`.

    `warnings` says how long before the limit people get an early warning, each once per stall. A
    rule with the action `warn` in mode enforce also puts the `warnings` into the stream.
    Data: `Starvation Start` and `Starvation End` events, health in `ListStreams`. Costs no IVS
    call; a stop first reads `GetStream` and does not stop a stream that delivers again.
    """

    breached_only_where: ClassVar = f"{ON_AIR} && session.stalled"

    @property
    def coming(self) -> str:
        return f"the ingest of this stream will have stalled for {format_duration(self.limit)}"

    @property
    def confirm(self) -> Confirm:
        return Confirm(Condition.STALLED)

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if facts.live is None:
            return _OFF_AIR
        about, stalled_since = one_stream(facts.live.stream_id), facts.stalled_since
        if stalled_since is None:
            return compliant("the ingest delivers", about=about)
        text = "the ingest has stalled"
        return self.lasting(text, about=about, fact="stalled_since", since=stalled_since, now=now)


_OFF_AIR: Final = not_applicable("the channel is not on the air")
