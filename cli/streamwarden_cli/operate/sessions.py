"""The stream sessions of a channel: the current one, and those before."""

from collections.abc import Iterator
from datetime import datetime

from streamwarden.domain.duration import format_duration
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.state.resource import Session
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_ago, format_moment, format_moment_ago


def live_section(facts: Facts, now: datetime) -> Section:
    session = facts.session
    if session is None:
        return Section("live", "Now", (), None, empty="off the air")
    values = {
        "stream_id": session.stream_id,
        "is_on_air": facts.live is not None,
        "since": session.on_air_at or session.created_at,
        "stalled_since": facts.stalled_since,
        "viewers": session.viewers.value if session.viewers else None,
        "ingest": session.ingest.value if session.ingest else None,
    }
    return Section("live", "Now", [*_live_rows(facts, session, now)], values)


def _live_rows(facts: Facts, session: Session, now: datetime) -> Iterator[Row]:
    state = "on the air" if facts.live else "encoder connected, not on the air yet"
    yield "stream", session.stream_id
    yield state, format_moment_ago(session.on_air_at or session.created_at, now)
    if facts.stalled_since is not None:
        text = f"the ingest has stalled since {format_moment_ago(facts.stalled_since, now)}"
        yield "health", (text, "red")
    if session.viewers is not None:
        at = format_ago(session.viewers.at, now)
        yield "viewers", f"{session.viewers.value:,}, as of {at}"
    if session.ingest is not None:
        yield "encoder", _format_ingest(session.ingest.value)
    if session.takeovers:
        yield "takeovers", str(len(session.takeovers))
    for hit in sorted(facts.limit_hits_of(session)):
        yield "limit exceeded", f"{hit.limit_name} at {format_moment(hit.at)}"


def sessions_section(facts: Facts, now: datetime) -> Section:
    """Those that are over, the newest first, as far as they are kept."""
    current = facts.session
    past = [each for each in facts.state.sessions.values() if each is not current]
    past.sort(key=lambda each: _begun(each) or now, reverse=True)
    begun = facts.session_starts
    kept = len(facts.state.sessions)
    rows: list[Row] = [_session_row(each) for each in past]
    if len(begun) > kept:
        count = len(begun) - kept
        rows.append((f"{count} earlier", f"the first known began {format_moment(begun[0])}", ""))
    return Section(
        key="sessions",
        title="Stream sessions that are over (UTC)",
        rows=rows,
        values=[
            {
                "stream_id": each.stream_id,
                "created_at": each.created_at,
                "on_air_at": each.on_air_at,
                "ended_at": _ended(each),
                "failure": each.failure.value if each.failure else None,
            }
            for each in past
        ],
    )


def _format_ingest(ingest: Ingest) -> str:
    video = [
        f"{each.width or '?'}x{each.height or '?'}, {each.codec or 'codec not known'}"
        + (f", {each.bitrate:,} bit/s" if each.bitrate else "")
        for each in ingest.video
    ]
    return "; ".join(video) or "not known"


def _begun(session: Session) -> datetime | None:
    return session.created_at or session.on_air_at or session.last_seen_at


def _ended(session: Session) -> datetime | None:
    return session.stream_ended_at or session.last_ended_at or session.ended_at


def _session_row(session: Session) -> Row:
    return session.stream_id, "; ".join(_session_words(session)), ""


def _session_words(session: Session) -> Iterator[str]:
    begun, ended = session.on_air_at, _ended(session)
    if begun is None:
        yield "never on the air"
    elif ended is not None and ended >= begun:
        yield f"{format_moment(begun)}, {format_duration(ended - begun)} on the air"
    else:
        yield f"{format_moment(begun)}, its end is not known"
    if session.failure is not None:
        yield f"failed: {session.failure.value}"
