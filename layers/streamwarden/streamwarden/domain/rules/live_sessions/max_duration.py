"""The duration of a stream."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import (
    ON_AIR,
    LiveCheck,
    breach,
    moments_before,
    not_applicable,
    pending,
)
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.verdicts import EarlyWarning, Finding


class MaxDuration(LiveCheck, frozen=True):
    """A live stream may last at most `limit`, counted from its `Stream Start`.

    `warnings` says how long before the limit people get an early warning, each once per stream. A
    rule with the action `warn` in mode enforce also puts the `warnings` into the stream.
    Data: `Stream Start` and `Stream End` events, `ListStreams`. Costs no IVS call.
    """

    breached_only_where: ClassVar = ON_AIR
    upper_limit: ClassVar = "limit"

    limit: Duration
    warnings: tuple[Duration, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError."""
        for each in self.warnings:
            if each >= self.limit:
                raise ValueError(
                    f"`warnings`: expected durations shorter than the limit of "
                    f"{format_duration(self.limit)}, found {format_duration(each)}"
                )

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None or live.on_air_at is None:
            return _OFF_AIR
        deadline = live.on_air_at + self.limit
        lasted, allowed = format_duration(now - live.on_air_at), format_duration(self.limit)
        if now < deadline:
            reason = f"on the air for {lasted} of {allowed} allowed"
            if self.warnings:
                return _ahead(reason, live.stream_id, deadline, self.warnings, allowed, now)
            return pending(reason, about=one_stream(live.stream_id), recheck_at=deadline)
        reason = f"on the air for {lasted}{describe_limit(now - live.on_air_at, self.limit)}"
        return breach(reason, about=one_stream(live.stream_id), since=deadline)


def _ahead(
    reason: str,
    stream_id: str,
    deadline: datetime,
    warnings: tuple[timedelta, ...],
    allowed: str,
    now: datetime,
) -> Finding:
    last, following = moments_before(deadline, warnings, now)
    left = format_duration(deadline - now)
    text = f"this stream will have been on the air for {allowed} in {left}"
    warning = EarlyWarning(at=last, text=text) if last is not None else None
    return pending(reason, about=one_stream(stream_id), recheck_at=following, warning=warning)


_OFF_AIR: Final = not_applicable("the channel is not on the air")
