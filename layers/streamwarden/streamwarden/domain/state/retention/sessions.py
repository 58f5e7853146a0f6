"""Which sessions and recordings are kept, and what is remembered of those that are not."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Final

from msgspec import Struct, structs
from msgspec.structs import replace

from streamwarden.domain.state.facts import DRAINED_AFTER, Facts
from streamwarden.domain.state.merge import EMPTY, Stamped, latest
from streamwarden.domain.state.resource import LimitHit, Recording, Resource, Session, end_of_id

# Rules judge what is over for a day at most, and IVS gives up on late events after some hours (User
# Guide, EventBridge).
_KEPT_AFTER_END: Final = timedelta(hours=24)
# After 48 hours a new recording begins in any case (User Guide, auto-record to S3).
_LONGEST_RECORDING: Final = timedelta(hours=48)

# Beside the current one, and those that a rule still judges. An encoder that reconnects by itself
# makes thousands a day; `flapping` counts them by their beginnings.
_SESSIONS: Final = 2
_EARLIER_SESSIONS: Final = 30
_EARLIER_SESSIONS_KEPT: Final = timedelta(hours=48)

_RECORDINGS: Final = 2
# A recording goes on while streams follow each other within its reconnect window.
_STREAMS_OF_A_RECORDING: Final = 6

_VIEWERS: Final = attrgetter("viewers")
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def admitted(observed: Resource, before: Resource) -> Resource:
    """Without repeated observations of sessions and recordings that were dropped before.

    A repeated `Stream Start` would make an ended stream live again. A session that is not kept and
    is older than the last dropped one was dropped too, or ended before it.
    """
    if before.sessions_dropped_until is None and before.recordings_dropped_until is None:
        return observed
    return replace(
        observed,
        sessions=_admitted(observed.sessions, before.sessions, before.sessions_dropped_until),
        recordings=_admitted(
            observed.recordings, before.recordings, before.recordings_dropped_until
        ),
    )


def _admitted[T: Struct](
    parts: Mapping[str, T], kept: Mapping[str, T], dropped_until: datetime | None
) -> Mapping[str, T]:
    if dropped_until is None or parts.keys() <= kept.keys():
        return parts
    return {
        key: each for key, each in parts.items() if key in kept or _last_sign(each) > dropped_until
    }


def with_few_sessions(facts: Facts, now: datetime) -> Resource:
    """The current session, the last that are over, and those that a rule still judges."""
    state, current = facts.state, facts.session
    recordings = _recordings(state, current, now)
    sessions = _sessions(facts, current, recordings, now)
    is_all_kept = len(sessions) == len(state.sessions)
    if is_all_kept and not (state.recordings or state.limit_hits or state.earlier_sessions):
        return replace(state, sessions=sessions)
    return replace(
        state,
        sessions=sessions,
        sessions_dropped_until=_dropped_until(
            state.sessions, sessions, state.sessions_dropped_until
        ),
        earlier_sessions=_earlier(state, sessions, now),
        limit_hits=_limit_hits(state, current, now),
        recordings=recordings,
        recordings_dropped_until=_dropped_until(
            state.recordings, recordings, state.recordings_dropped_until
        ),
    )


def _last_sign(of: Struct) -> datetime:
    """The last moment that anything of a session or recording bears, whatever it is."""
    return max(_moments(filter(None, structs.astuple(of))), default=_LONG_AGO)


def _moments(values: Iterable[object]) -> Iterator[datetime]:
    for value in values:
        match value:
            case datetime():
                yield value
            case Stamped(at=at):
                yield at
            case frozenset():
                yield from _moments(value)
            case Struct():
                yield getattr(value, "at", _LONG_AGO)
            case _:
                pass


def _dropped_until[T: Struct](
    parts: Mapping[str, T], kept: Mapping[str, T], before: datetime | None
) -> datetime | None:
    if len(parts) == len(kept):
        return before
    dropped = (each for key, each in parts.items() if key not in kept)
    return latest(before, max(map(_last_sign, dropped), default=None))


def _limit_hits(state: Resource, current: Session | None, now: datetime) -> frozenset[LimitHit]:
    """Those that are judged: for a day, and as long as the session goes on."""
    if not state.limit_hits:
        return EMPTY
    begun_at = (current.created_at or current.on_air_at) if current is not None else None
    oldest = min(now - _KEPT_AFTER_END, begun_at or now)
    return frozenset(hit for hit in state.limit_hits if hit.at >= oldest)


def _sessions(
    facts: Facts,
    current: Session | None,
    recordings: Mapping[str, Recording],
    now: datetime,
) -> dict[str, Session]:
    state = facts.state
    # The age is that of what is kept: what is kept once is kept the next time too.
    others = [_in_short(each, now) for each in state.sessions.values() if each is not current]
    if current is not None and not others:
        return {current.stream_id: _without_past(current)}
    signed = sorted([(_last_sign(each), each.stream_id, each) for each in others], reverse=True)
    over = [each for last_sign, _, each in signed if last_sign > now - _KEPT_AFTER_END]
    kept = {each.stream_id: _span_of(each) for each in _recorded(state, recordings)}
    kept |= {each.stream_id: each for each in _judged(over, facts)}
    if current is not None:
        kept[current.stream_id] = _without_past(current)
    return dict(sorted(kept.items()))


def _recorded(state: Resource, recordings: Mapping[str, Recording]) -> Iterable[Session]:
    """Those of which a kept recording is: how much of them it holds is judged for a day."""
    if not recordings:
        return ()
    named = {stream_id for each in recordings.values() for stream_id in each.stream_ids}
    return (each for each in state.sessions.values() if each.stream_id in named)


def _judged(over: list[Session], facts: Facts) -> list[Session]:
    """The last ones, the last that failed, and the last that exceeded each limit."""
    last: dict[str, tuple[datetime, str, Session]] = {}
    for each in over:
        for name, at in _moments_judged(each, facts):
            # Rules find the last in this order.
            found = (at, each.stream_id, each)
            last[name] = max(found, last.get(name, found), key=lambda pair: pair[:2])
    return over[:_SESSIONS] + [session for _, _, session in last.values()]


def _moments_judged(session: Session, facts: Facts) -> Iterator[tuple[str, datetime]]:
    if session.failure is not None:
        yield "", session.failure.at
    for hit in facts.limit_hits_of(session):
        yield hit.limit_name, hit.at
    for verdict in facts.verdicts_of(session):
        yield "verdict", verdict.at


def _span_of(session: Session) -> Session:
    """When it was on the air, which is all that a recording is held against."""
    return Session(
        stream_id=session.stream_id,
        on_air_at=session.on_air_at,
        ended_at=session.ended_at,
        last_ended_at=session.last_ended_at,
    )


def _without_past(session: Session) -> Session:
    """Without the readings that later ones have made meaningless."""
    if not session.listed_stalled and not session.unwatched:
        return without_empty_sets(session)
    stalled = since(session.listed_stalled, session.recovered_at)
    unwatched = since(session.unwatched, session.watched_at)
    return without_empty_sets(replace(session, listed_stalled=stalled, unwatched=unwatched))


def without_viewers(state: Resource) -> Resource:
    """Without what sweeps counted of those who watch."""
    if not any(map(_VIEWERS, state.sessions.values())):
        return state
    return replace(
        state,
        sessions={
            key: each
            if each.viewers is None
            else replace(each, viewers=None, watched_at=None, unwatched=EMPTY)
            for key, each in state.sessions.items()
        },
    )


def since(moments: frozenset[datetime], last: datetime | None) -> frozenset[datetime]:
    return moments if last is None else frozenset(at for at in moments if at > last)


def _in_short(session: Session, now: datetime) -> Session:
    """Without what matters of a session only while it is on the air.

    One that a listing alone missed may be listed again within minutes, and goes on then. One of
    which nothing else is known stays as it is: without a moment it would have no age.
    """
    if session.ended_at is None and _last_sign(session) > now - DRAINED_AFTER:
        return _without_past(session)
    short = without_empty_sets(
        replace(
            session,
            alive_at=None,
            stalled_at=None,
            listed_stalled=EMPTY,
            recovered_at=None,
            takeovers=EMPTY,
            takeover_failures=EMPTY,
            viewers=None,
            watched_at=None,
            unwatched=EMPTY,
            ingest=None,
            peers=None,
        )
    )
    has_moment = short.ended_at is not None or _last_sign(short) != _LONG_AGO
    return short if has_moment else session


def without_empty_sets[T: Struct](of: T) -> T:
    """The same in fewer bytes: msgspec leaves out a set that is the default itself."""
    empty = {
        name: EMPTY
        for name in _set_names(type(of))
        if (found := getattr(of, name)) is not EMPTY and not found
    }
    return replace(of, **empty) if empty else of


@cache
def _set_names(model: type[Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in structs.fields(model) if field.default is EMPTY)


def _earlier(
    state: Resource, sessions: Mapping[str, Session], now: datetime
) -> Mapping[str, datetime]:
    """When sessions began that are no longer kept, as long as a rule may count them."""
    if not state.earlier_sessions and len(sessions) == len(state.sessions):
        return state.earlier_sessions
    found = dict(state.earlier_sessions)
    for stream_id, session in state.sessions.items():
        at = session.created_at or session.on_air_at
        if stream_id not in sessions and at is not None:
            key = end_of_id(stream_id)
            found[key] = min(at, found.get(key, at))
    lately = [(at, key) for key, at in found.items() if at > now - _EARLIER_SESSIONS_KEPT]
    return {key: at for at, key in sorted(lately)[-_EARLIER_SESSIONS:]}


def _recordings(state: Resource, current: Session | None, now: datetime) -> dict[str, Recording]:
    if not state.recordings:
        return {}
    lately = [
        each for each in state.recordings.values() if _last_sign(each) > now - _kept_for(each)
    ]
    newest = sorted(lately, key=lambda each: (_last_sign(each), each.recording_id))[-_RECORDINGS:]
    going_on = [
        each
        for each in state.recordings.values()
        if current is not None and current.stream_id in each.stream_ids
    ][:1]
    kept = {
        each.recording_id: _with_few_streams(each, state.sessions) for each in (*going_on, *newest)
    }
    return dict(sorted(kept.items()))


def _kept_for(recording: Recording) -> timedelta:
    is_over = recording.ended_at is not None or recording.failure is not None
    return _KEPT_AFTER_END if is_over else _LONGEST_RECORDING + _KEPT_AFTER_END


def _with_few_streams(recording: Recording, sessions: Mapping[str, Session]) -> Recording:
    if len(recording.stream_ids) <= _STREAMS_OF_A_RECORDING:
        return without_empty_sets(recording)
    held_first = sorted(recording.stream_ids, key=lambda each: (each not in sessions, each))
    few = frozenset(held_first[:_STREAMS_OF_A_RECORDING])
    return replace(recording, stream_ids=few, has_more_streams=True)
