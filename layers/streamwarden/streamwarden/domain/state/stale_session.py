"""Stale sessions: IVS lists them as live although all other data says that they are over.

Sweeps use this too. A sweep reports a stale session each time that it is listed, because a rule
needs to know that it is still listed.
"""

from datetime import UTC, datetime
from typing import Final, NamedTuple

from streamwarden.domain.state.facts import DRAINED_AFTER, Facts
from streamwarden.domain.state.resource import Session

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class StaleSession(NamedTuple):
    """Since its first end event, or since listings found it starving without an event."""

    since: datetime
    has_ended: bool


def stale_session(facts: Facts) -> StaleSession | None:
    """None for a session that is off the air, or that anything shows to be running.

    Health UNKNOWN is no sign of either: the API Reference does not say what it means.
    """
    live = facts.live
    if live is None:
        return None
    if live.ended_at is not None and not _runs_after(live, live.ended_at + DRAINED_AFTER):
        return StaleSession(live.ended_at, has_ended=True)
    starving_since = _starving_without_event_since(live)
    return StaleSession(starving_since, has_ended=False) if starving_since is not None else None


def has_ended(facts: Facts) -> bool:
    """Whether IVS lists a stream whose end is known."""
    stale = stale_session(facts)
    return stale is not None and stale.has_ended


def _runs_after(session: Session, moment: datetime) -> bool:
    return session.alive_at is not None and session.alive_at > moment


def _starving_without_event_since(session: Session) -> datetime | None:
    """An event reports an encoder that stalls. Here only listings show the stall."""
    stalled_at, recovered_at = session.stalled_at, session.recovered_at or _LONG_AGO
    if stalled_at is not None and stalled_at > recovered_at:
        return None
    alive_at = session.alive_at or _LONG_AGO
    return min((at for at in session.listed_stalled if at > alive_at), default=None)
