"""Rules about what is on the air: how long, and whether it still delivers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from streamwarden.domain.duration import Duration, say_duration
from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import compliant, not_applicable, pending
from streamwarden.domain.verdicts import ActionKind, Finding, Status


@dataclass(frozen=True)
class MaxDuration:
    """A live stream may last `limit`, counted from its `Stream Start`.

    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar = False
    stops_only_if_stalled: ClassVar = False

    limit: Duration

    def assess(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return not_applicable("the channel is not on the air")
        deadline = live.on_air_at + self.limit
        lasted = say_duration(now - live.on_air_at)
        limit = say_duration(self.limit)
        if now < deadline:
            return pending(
                f"on the air for {lasted} of {limit} allowed",
                subject=live.stream_id,
                next_check=deadline,
            )
        return Finding(
            status=Status.BREACH,
            reason=f"on the air for {lasted}; {limit} is allowed",
            subject=live.stream_id,
            since=deadline,
        )


@dataclass(frozen=True)
class Starvation:
    """The ingest of a live stream may stall for at most `limit`.

    Data: `Starvation Start` and `Starvation End` events, health in `ListStreams`. Costs no IVS
    call; a stop first reads `GetStream` and leaves a stream alone that delivers again.
    """

    __pydantic_config__: ClassVar = {"extra": "forbid"}
    allowed_actions: ClassVar = frozenset({ActionKind.STOP, ActionKind.TAG})
    needs_settings: ClassVar = False
    stops_only_if_stalled: ClassVar = True

    limit: Duration

    def assess(self, facts: Facts, now: datetime) -> Finding:
        if facts.live is None:
            return not_applicable("the channel is not on the air")
        stalled_since = facts.stalled_since
        if stalled_since is None:
            return compliant("the ingest delivers", subject=facts.live.stream_id)
        deadline = stalled_since + self.limit
        stalled = say_duration(now - stalled_since)
        limit = say_duration(self.limit)
        if now < deadline:
            return pending(
                f"the ingest has stalled for {stalled} of {limit} allowed",
                subject=facts.live.stream_id,
                next_check=deadline,
            )
        return Finding(
            status=Status.BREACH,
            reason=f"the ingest has stalled for {stalled}; {limit} is allowed",
            subject=facts.live.stream_id,
            since=deadline,
        )
