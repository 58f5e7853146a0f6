"""How long a stream may last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from streamwarden.domain.duration import Duration, say_duration
from streamwarden.domain.facts import Facts
from streamwarden.domain.rules.check import Check, Judge, breach, not_applicable, pending
from streamwarden.domain.verdicts import Finding


@dataclass(frozen=True)
class MaxDuration(Check):
    """A live stream may last `limit`, counted from its `Stream Start`.

    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    limit: Duration

    def prepare(self) -> Judge:
        limit, allowed = self.limit, say_duration(self.limit)

        def judge(facts: Facts, now: datetime) -> Finding:
            live = facts.live
            if live is None or live.on_air_at is None:
                return _OFF_AIR
            deadline = live.on_air_at + limit
            lasted = say_duration(now - live.on_air_at)
            if now < deadline:
                said = f"on the air for {lasted} of {allowed} allowed"
                return pending(said, subject=live.stream_id, next_check=deadline)
            said = f"on the air for {lasted}; {allowed} is allowed"
            return breach(said, subject=live.stream_id, since=deadline)

        return judge


_OFF_AIR: Final = not_applicable("the channel is not on the air")
