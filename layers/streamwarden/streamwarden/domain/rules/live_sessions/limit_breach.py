"""The limits of a channel for what it ingests."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from streamwarden.domain.ivs import IngestLimit
from streamwarden.domain.rules.check import LiveCheck, breach, compliant, not_applicable
from streamwarden.domain.rules.limit_hits import format_hits
from streamwarden.domain.rules.subjects import one_stream
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import LimitHit, Session
from streamwarden.domain.verdicts import Finding

# IVS normally disconnects such a stream at once. The owner can read the breach for this long.
_CLOSES_AFTER: Final = timedelta(hours=1)


_ALL: Final = tuple(IngestLimit)


class LimitBreach(LiveCheck, frozen=True):
    """A stream must not exceed the ingest `limits` of its channel.

    The breach lasts as long as the session. After the session it lasts for one hour, or until the
    next stream starts.
    An event without a stream id concerns the stream that was live then.
    Data: `IVS Limit Breach` events. Costs no IVS call.
    """

    no_warnings: ClassVar = (
        "IVS tells of these limits when they are exceeded, and of no figure before; `bitrate` of "
        "ingest_ceiling has warnings"
    )

    limits: tuple[IngestLimit, ...] = _ALL

    def __post_init__(self) -> None:
        if not self.limits:
            raise ValueError(f"`limits`: name at least one of {', '.join(_ALL)}")

    def judge(self, facts: Facts, now: datetime) -> Finding:
        # While a stream is on the air, only this stream is judged: a stop must not end it for
        # what an earlier stream did.
        live = facts.live
        sessions = facts.state.sessions.values() if live is None else (live,)
        exceeding = _newest_exceeding(sessions, self.limits, facts)
        if exceeding is None:
            return _within(facts)
        session, hits = exceeding
        closes_at = None if session is facts.session else _closes_at(session, hits)
        if closes_at is not None and now >= closes_at:
            return _LONG_OVER
        if closes_at is not None and _was_followed(session, hits, facts):
            return _FOLLOWED
        return breach(
            format_hits(hits),
            about=one_stream(session.stream_id),
            since=min(hits[0].at, now),
            compared={"limit_hits": hits, "ended_at": session.ended_at},
            recheck_at=closes_at,
        )


def _within(facts: Facts) -> Finding:
    if facts.state.sessions:
        return _WITHIN
    return _UNKNOWN_STREAM if facts.state.limit_hits else _NO_SESSION


_UNKNOWN_STREAM: Final = not_applicable("a stream that is not known exceeded a limit")
_NO_SESSION: Final = not_applicable("no session of the channel is known")
_WITHIN: Final = compliant("no limit was exceeded")
_FOLLOWED: Final = compliant("a stream has started since a limit was exceeded")
_LONG_OVER: Final = not_applicable("the stream that exceeded a limit ended more than 1h ago")


def _newest_exceeding(
    sessions: Iterable[Session], names: Sequence[str], facts: Facts
) -> tuple[Session, list[LimitHit]] | None:
    """The session that exceeded one of these limits last, and all its hits, oldest first."""
    found = [
        (each, hits)
        for each in sessions
        if (of_session := facts.limit_hits_of(each))
        and (hits := sorted(hit for hit in of_session if hit.limit_name in names))
    ]
    return max(found, key=lambda pair: (pair[1][-1].at, pair[0].stream_id), default=None)


def _was_followed(session: Session, hits: list[LimitHit], facts: Facts) -> bool:
    return any(
        each is not session and each.on_air_at is not None and each.on_air_at > hits[-1].at
        for each in facts.state.sessions.values()
    )


def _closes_at(session: Session, hits: list[LimitHit]) -> datetime:
    last = hits[-1].at
    return max(last, session.ended_at or last) + _CLOSES_AFTER
