"""`streamwarden channel`: all that is known of a resource, in words."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from streamwarden.domain.duration import format_duration
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.state.resource import Recording, Session
from streamwarden.services.records import Record
from streamwarden_cli.operate.incidents import open_section, opened_in
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.wording import format_ago, format_moment, format_moment_ago

_SHOWN_ELSEWHERE: Final = frozenset({"name"})


def channel_sections(record: Record, now: datetime) -> list[Section]:
    facts = Facts(record.state)
    return [
        resource_section(facts, now),
        tags_section(facts, now),
        live_section(facts, now),
        sessions_section(facts, now),
        key_section(facts, now),
        recordings_section(facts),
        open_section(opened_in([record], now), now),
        pending_section(record, now),
        next_section(record, now),
    ]


def resource_section(facts: Facts, now: datetime) -> Section:
    creator = facts.state.creator
    rows: list[Row] = [("arn", facts.arn), ("name", facts.name or "-")]
    if facts.is_gone:
        gone_at = facts.state.deleted_at or facts.state.unlisted_at
        rows.append(("gone", (f"since {format_moment_ago(gone_at, now)}", "yellow")))
    rows.append(("first seen", format_moment_ago(facts.state.first_seen_at, now)))
    rows.append(("last seen", format_moment_ago(facts.state.seen_at, now)))
    if creator is not None:
        rows.append(("created by", creator.value.full_name))
    if not facts.are_settings_known:
        rows.append(("settings", "not known yet; the next sweep reads them"))
    rows += [
        (name, _format_setting(value))
        for name, value in facts.settings.items()
        if name not in _SHOWN_ELSEWHERE
    ]
    values = {
        "arn": facts.arn,
        "name": facts.name,
        "is_gone": facts.is_gone,
        "first_seen_at": facts.state.first_seen_at,
        "seen_at": facts.state.seen_at,
        "creator": creator.value.full_name if creator is not None else None,
        "settings": facts.settings,
    }
    return Section("resource", facts.resource_type.noun.capitalize(), rows, values)


def tags_section(facts: Facts, now: datetime) -> Section:
    authors = facts.state.tag_authors
    return Section(
        key="tags",
        title="Tags",
        rows=[(key, value, _tag_author(facts, key, now)) for key, value in facts.tags.items()],
        values={
            key: {"value": value, "author": authors[key].value.name if key in authors else None}
            for key, value in facts.tags.items()
        },
        empty="none" if facts.tags_known_at else "not known yet",
    )


def live_section(facts: Facts, now: datetime) -> Section:
    session, live = facts.session, facts.live
    if session is None:
        return Section("live", "Now", (), None, empty="off the air")
    since = session.on_air_at or session.created_at
    state = "on the air" if live else "encoder connected, not on the air yet"
    rows: list[Row] = [("stream", session.stream_id), (state, format_moment_ago(since, now))]
    if facts.stalled_since is not None:
        text = f"the ingest has stalled since {format_moment_ago(facts.stalled_since, now)}"
        rows.append(("health", (text, "red")))
    if session.viewers is not None:
        at = format_ago(session.viewers.at, now)
        rows.append(("viewers", f"{session.viewers.value:,}, as of {at}"))
    if session.ingest is not None:
        rows.append(("encoder", _format_ingest(session.ingest.value)))
    if session.takeovers:
        rows.append(("takeovers", str(len(session.takeovers))))
    rows += [
        ("limit exceeded", f"{hit.limit_name} at {format_moment(hit.at)}")
        for hit in sorted(facts.limit_hits_of(session))
    ]
    values = {
        "stream_id": session.stream_id,
        "is_on_air": live is not None,
        "since": since,
        "stalled_since": facts.stalled_since,
        "viewers": session.viewers.value if session.viewers else None,
        "ingest": session.ingest.value if session.ingest else None,
    }
    return Section("live", "Now", rows, values)


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


def key_section(facts: Facts, now: datetime) -> Section:
    """Never its value, which no record has."""
    key, minted_at = facts.stream_key, facts.key_minted_at
    if facts.has_no_key:
        return Section("stream_key", "Stream key", (), None, empty="the channel has none")
    if key is None:
        return Section("stream_key", "Stream key", (), None)
    at_least = "" if key.minted_at else "at least "
    rows: list[Row] = [("arn", key.arn)]
    if minted_at is not None:
        rows.append(("age", f"{at_least}{format_duration(now - minted_at)}"))
    if facts.rotation_begun_at is not None:
        since = format_moment_ago(facts.rotation_begun_at, now)
        rows.append(("is being replaced", (f"since {since}", "yellow")))
    rows += [(f"tag {name}", value) for name, value in (facts.stream_key_tags or {}).items()]
    values = {
        "arn": key.arn,
        "minted_at": key.minted_at,
        "known_since": minted_at,
        "tags": facts.stream_key_tags,
    }
    return Section("stream_key", "Stream key", rows, values)


def recordings_section(facts: Facts) -> Section:
    newest_first = [*reversed(facts.recordings)]
    return Section(
        key="recordings",
        title="Recordings (UTC)",
        rows=[_recording_row(each) for each in newest_first],
        values=newest_first,
    )


def pending_section(record: Record, now: datetime) -> Section:
    """Rules that are broken, and have to be broken for longer before that counts."""
    pending = record.standing.pending_since
    return Section(
        key="pending",
        title="Broken, not for long enough yet",
        rows=[(key, f"since {format_moment_ago(at, now)}") for key, at in pending.items()],
        values=dict(pending),
    )


def next_section(record: Record, now: datetime) -> Section:
    waiting = len(record.pending.actions) + len(record.pending.notifications)
    rows: list[Row] = []
    if record.timer_at is not None:
        rows.append(("looked at again", format_moment_ago(record.timer_at, now)))
    if record.requested:
        rows.append(("actions without an outcome", str(len(record.requested))))
    if waiting:
        rows.append(("messages that wait for a queue", (str(waiting), "yellow")))
    rows.append(("decided under", record.decided_under or "nothing yet"))
    values = {
        "timer_at": record.timer_at,
        "requested": sorted(record.requested),
        "pending_messages": waiting,
        "decided_under": record.decided_under,
    }
    return Section("next", "Next", rows, values)


def _format_setting(value: Any) -> str:
    """As JSON where it is no text: `false`, `[…]`; `-` for what is not set."""
    if value in ("", None):
        return "-"
    return value if isinstance(value, str) else json.dumps(msgspec.to_builtins(value))


def _tag_author(facts: Facts, key: str, now: datetime) -> str:
    by = facts.state.tag_authors.get(key)
    return f"set by {by.value.name} {format_ago(by.at, now)}" if by is not None else ""


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


def _recording_row(recording: Recording) -> Row:
    at = recording.started_at or recording.ended_at
    return recording.recording_id, format_moment(at) if at else "-", _recording_words(recording)


def _recording_words(recording: Recording) -> str:
    if recording.failure is not None:
        return f"{recording.failure.value.status}: {recording.failure.value.reason}"
    if recording.ended_at is None:
        return "goes on"
    length = recording.duration_ms
    return f"{length.value / 1000:,.0f} s long" if length is not None else "ended"
