"""How much is kept of what senders outside say of streams, as often and as long as they like."""

from collections import Counter
from collections.abc import Iterator
from copy import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final, NamedTuple

import msgspec

from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.merge import EMPTY
from streamwarden.domain.state.resource import Resource, Session, StreamVerdict
from streamwarden.domain.state.retention.interests import Interests

# Of one channel, all streams together: some twenty verdicts of an ordinary length.
_BYTES: Final = 4_000
# Rules judge them for a day.
_KEPT: Final = timedelta(hours=24)
_VERDICTS: Final = attrgetter("verdicts")


class _Found(NamedTuple):
    """A verdict and the stream that it names; the text is empty where it names none."""

    verdict: StreamVerdict
    stream_id: str


def with_few_verdicts(state: Resource, interests: Interests, now: datetime) -> Resource:
    """Those that a rule asks for, as far as there is room."""
    if not state.verdicts and not any(map(_VERDICTS, state.sessions.values())):
        return state
    found = list(_all(state))
    wanted = [
        each
        for each in found
        if each.verdict.at > now - _KEPT
        and any(want(each.verdict) for want in interests.want_verdicts)
    ]
    kept = _with_room(wanted, Facts(state).session)
    return replace(
        state,
        verdicts=frozenset(verdict for verdict, stream_id in kept if not stream_id) or EMPTY,
        sessions=_sessions(state, kept),
    )


def _all(state: Resource) -> Iterator[_Found]:
    yield from (_Found(each, "") for each in state.verdicts)
    for stream_id, session in state.sessions.items():
        yield from (_Found(each, stream_id) for each in session.verdicts)


def _with_room(found: list[_Found], current: Session | None) -> frozenset[_Found]:
    """Of each label the newest first, so that no label displaces another; the current stream's
    before those of others."""
    before: Counter[tuple[str, str]] = Counter()
    ranked = []
    for each in sorted(found, reverse=True):
        label = (each.stream_id, each.verdict.label)
        is_other = current is not None and each.stream_id not in ("", current.stream_id)
        ranked.append((before[label], is_other, each))
        before[label] += 1
    ranked.sort(key=lambda rank: rank[:2])  # which leaves the newest first
    room, kept = _BYTES, []
    for _, _, each in ranked:
        room -= len(msgspec.json.encode(each.verdict))
        if room >= 0:
            kept.append(each)
    return frozenset(kept)


def _sessions(state: Resource, kept: frozenset[_Found]) -> dict[str, Session]:
    """Without those of which nothing is known any more."""
    sessions = {}
    for stream_id, session in state.sessions.items():
        verdicts = frozenset(each for each in session.verdicts if _Found(each, stream_id) in kept)
        if verdicts == session.verdicts:
            sessions[stream_id] = session
            continue
        left = replace(session, verdicts=verdicts or EMPTY)
        if left != Session(stream_id=stream_id):
            sessions[stream_id] = left
    return sessions
