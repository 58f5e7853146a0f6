"""Sessions that connect and never go on the air."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Final, NamedTuple

from streamwarden.domain.duration import Duration, format_duration
from streamwarden.domain.rules.check import LiveCheck, breach, compliant, not_applicable, pending
from streamwarden.domain.rules.subjects import RESOURCE
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Session
from streamwarden.domain.traits import Trait
from streamwarden.domain.verdicts import Finding

# People can look at the encoder in this time, while its owner still tries to connect.
_CLOSES_AFTER: Final = timedelta(hours=1)


class _Attempt(NamedTuple):
    """A session without a start, and the deadline for its start.

    At `closes_at` the attempt stops counting. It is None while the session is connected.
    """

    session: Session
    deadline: datetime
    closes_at: datetime | None


class NeverLive(LiveCheck, frozen=True):
    """A session must get its `Stream Start` within `limit` of its `Session Created`.

    The breach ends with the next stream that starts, or one hour after the last failed session. All
    failed sessions in a row are one breach, because an encoder tries again every few seconds.
    Data: `IVS Stream State Change` events, `ListStreams`. Costs no IVS call.
    """

    # There is nothing to stop before Stream Start: StopStream says ChannelNotBroadcasting.
    traits: ClassVar = frozenset({Trait.TAGS})
    no_warnings: ClassVar = (
        "its limit is about a minute, in which nobody could react, and every encoder that connects "
        "would be warned of"
    )
    lacks: ClassVar = {Trait.ON_AIR: "its stream is not on the air yet"}

    limit: Duration = timedelta(seconds=60)

    @property
    def repeats_after(self) -> timedelta:
        return self.limit

    def judge(self, facts: Facts, now: datetime) -> Finding:
        if not facts.state.sessions:
            return _NO_SESSION
        attempts = _attempts(facts, self.limit)
        failed = [each for each in attempts if _is_open(each, now)]
        if failed:
            return _failed(failed, facts, now)
        waiting = [each.deadline for each in attempts if now < each.deadline]
        if waiting:
            return pending(
                "the session waits for its Stream Start",
                about=RESOURCE,
                recheck_at=min(waiting),
            )
        return _NONE_FAILED


_NO_SESSION: Final = not_applicable("no session of the channel is known")
_NONE_FAILED: Final = compliant("no session failed to get on the air of late")


def _attempts(facts: Facts, limit: timedelta) -> list[_Attempt]:
    """The sessions created since the last start, none of which got on the air."""
    sessions = facts.state.sessions.values()
    started_at = max((each.on_air_at for each in sessions if each.on_air_at), default=None)
    return [
        _attempt(each, each.created_at, facts.session is each, limit)
        for each in sessions
        if each.created_at is not None
        and each.on_air_at is None
        and each.stream_ended_at is None
        and (started_at is None or each.created_at > started_at)
    ]


def _attempt(
    session: Session, created_at: datetime, is_connected: bool, limit: timedelta
) -> _Attempt:
    # A session that has ended has a deadline too: its Stream Start may arrive after its end.
    deadline = created_at + limit
    if is_connected:
        return _Attempt(session, deadline, None)
    failed_at = session.failure.at if session.failure else None
    ended_at = session.ended_at or failed_at or session.last_seen_at or created_at
    return _Attempt(session, deadline, max(ended_at, deadline) + _CLOSES_AFTER)


def _is_open(attempt: _Attempt, now: datetime) -> bool:
    return attempt.deadline <= now and (attempt.closes_at is None or now < attempt.closes_at)


def _failed(attempts: list[_Attempt], facts: Facts, now: datetime) -> Finding:
    last = max(attempts, key=lambda each: (each.deadline, each.session.stream_id))
    return breach(
        _describe(last, attempts, facts, now),
        about=RESOURCE,
        since=min(each.deadline for each in attempts),
        compared={
            "sessions": len(attempts),
            "created_at": last.session.created_at,
            "ended_at": last.session.ended_at,
            "failure": last.session.failure,
            "end_code": last.session.end_code,
        },
        recheck_at=_last_closing(attempts),
    )


def _last_closing(attempts: Iterable[_Attempt]) -> datetime | None:
    """None while a session is connected: an event or a sweep ends it, not time."""
    latest: datetime | None = None
    for each in attempts:
        if each.closes_at is None:
            return None
        latest = max(latest or each.closes_at, each.closes_at)
    return latest


def _describe(last: _Attempt, attempts: list[_Attempt], facts: Facts, now: datetime) -> str:
    if len(attempts) == 1:
        return f"the session got no Stream Start; it {_fate(last, now)}"
    count = f"{'at least ' if facts.state.earlier_sessions else ''}{len(attempts)}"
    return f"{count} sessions in a row got no Stream Start; the last one {_fate(last, now)}"


def _fate(attempt: _Attempt, now: datetime) -> str:
    session = attempt.session
    if session.failure is not None:
        return f"failed ({session.failure.value})"
    if session.end_code is not None:
        return f"ended with {session.end_code.value}"
    if attempt.closes_at is None and session.created_at is not None:
        return f"is still connected after {format_duration(now - session.created_at)}"
    return "ended"
