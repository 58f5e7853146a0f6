"""Sessions that IVS lists as live although they are over."""

from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.duration import Duration, describe_limit, format_duration
from streamwarden.domain.rules.check import LiveCheck, breach, compliant, not_applicable, pending
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import DRAINED_AFTER, Facts
from streamwarden.domain.state.stale_session import StaleSession, stale_session
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Condition, Confirm, Finding


class ZombieSession(LiveCheck, frozen=True):
    """A session that is over may be listed as live for at most `limit`.

    A session is over from its end event. If no event reports a stall, a session is over from the
    first listing that calls it starving. A listing at least `limit` later must still show the
    session. An event, or a listing that calls the session healthy, shows that the session goes on.
    Unknown health shows nothing. The kind `starvation` is about encoders that stall, by events or
    listings. This kind is about sessions that IVS itself seems to have lost. The rule therefore
    waits for a fresh listing, and a stop is done unless the stream is healthy by then. `limit` is
    5m or more, because IVS lists a stream for some time after its end. While a stream stalls, the
    `unless` of every rule about stalls, such as `starvation`, exempts it from this rule too.
    Data: stream events, `ListStreams`. Costs no IVS call.
    """

    traits: ClassVar = frozenset({Trait.ON_AIR, Trait.TAGS})
    no_warnings: ClassVar = (
        "its sessions are over, and its breach waits for a listing, whose moment is not known"
    )
    lacks: ClassVar = {Trait.DELIVERED: "its stream seems to deliver nothing any more"}

    limit: Duration = timedelta(minutes=10)

    def __post_init__(self) -> None:
        if self.limit < DRAINED_AFTER:
            raise ValueError(
                f"`limit`: expected at least {format_duration(DRAINED_AFTER)}, "
                f"found {format_duration(self.limit)}; IVS lists a stream for a while after its end"
            )

    @property
    def confirm(self) -> Confirm:
        return Confirm(Condition.NOT_HEALTHY)

    @property
    def repeats_after(self) -> timedelta:
        return self.limit

    def judge(self, facts: Facts, now: datetime) -> Finding:
        live = facts.live
        if live is None:
            return _OFF_AIR
        found = stale_session(facts)
        if found is None or live.last_seen_at is None:
            return _RUNNING
        deadline, text = found.since + self.limit, _describe(found, live.last_seen_at)
        if live.last_seen_at >= deadline:
            reason = f"{text}{describe_limit(live.last_seen_at - found.since, self.limit)}"
            return breach(
                reason,
                about=one_stream(live.stream_id),
                since=min(deadline, now),
                compared={
                    "ended_at" if found.has_ended else "starving_since": found.since,
                    "last_seen_at": live.last_seen_at,
                },
            )
        if now < deadline:
            reason = f"{text} of {format_duration(self.limit)} allowed"
            return pending(reason, about=one_stream(live.stream_id), recheck_at=deadline)
        return _NOT_LISTED_SINCE


_OFF_AIR: Final = not_applicable("the channel is not on the air")
_RUNNING: Final = compliant("no event or listing says that the session is over")
_NOT_LISTED_SINCE: Final = not_applicable(
    "the session seems to be over; the next sweep shows whether it is still listed as live"
)


def _describe(found: StaleSession, listed_at: datetime) -> str:
    lasted = format_duration(listed_at - found.since)
    if found.has_ended:
        return f"still listed as live after its end event, for {lasted}"
    return f"listed as live, starving and without any event, for {lasted}"
