"""Takeovers of a live stream by another encoder."""

from collections import Counter
from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.rules.check import ON_AIR, LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import format_count
from streamwarden.domain.state.resource import Session
from streamwarden.domain.verdicts import Finding

# A stream may run for days. After one day the people who need to know have read of it.
_CLOSES_AFTER: Final = timedelta(hours=24)


class Takeover(LiveCheck, frozen=True):
    """No other encoder may take over a live stream, or try it unless `attempts` is false.

    An encoder that takes over has the stream key. The breach ends with the stream, or 24 hours
    after the last takeover. Mobile broadcast SDKs take over their own stream when they reconnect.
    Data: `Stream Takeover` and `Stream Takeover Failure` events. Costs no IVS call.
    """

    breached_only_where: ClassVar = ON_AIR

    attempts: bool = True

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None:
            return _OFF_AIR
        moments = [*live.takeovers]
        if self.attempts:
            moments += [failure.at for failure in live.takeover_failures]
        if not moments:
            return _UNTOUCHED
        closes_at = max(moments) + _CLOSES_AFTER
        if now >= closes_at:
            return _LONG_AGO
        return breach(
            _describe(live, self.attempts),
            about=one_stream(live.stream_id),
            since=min(*moments, now),
            compared={"takeovers": live.takeovers, "takeover_failures": live.takeover_failures},
            recheck_at=closes_at,
        )


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_UNTOUCHED: Final = compliant("nobody took the stream over")
_LONG_AGO: Final = compliant("the last takeover of the stream was more than 24h ago")


def _describe(live: Session, counts_attempts: bool) -> str:
    parts = []
    if live.takeovers:
        last = max(live.takeovers)
        parts.append(f"taken over {_times(len(live.takeovers))}, last at {_clock(last)}")
    if counts_attempts and live.takeover_failures:
        codes = Counter(failure.code for failure in live.takeover_failures)
        reason = ", ".join(f"{code} {_times(count)}" for code, count in sorted(codes.items()))
        parts.append(f"attempts to take over were refused ({reason})")
    return "; ".join(parts)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{format_count(count)} times"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
