"""`streamwarden channel`: all that is known of a resource, in words."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from streamwarden.domain.duration import format_duration
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording
from streamwarden.services.records import Record
from streamwarden_cli.operate.channel_controls import controls_section
from streamwarden_cli.operate.destinations import KnownDestination, waiting_section
from streamwarden_cli.operate.incidents import open_section, opened_in
from streamwarden_cli.operate.notified import Notifications
from streamwarden_cli.operate.orders import orders_section
from streamwarden_cli.operate.sections import Row, Section
from streamwarden_cli.operate.sessions import live_section, sessions_section
from streamwarden_cli.operate.wording import format_ago, format_moment, format_moment_ago

_SHOWN_ELSEWHERE: Final = frozenset({"name"})


def channel_sections(
    record: Record, destinations: Sequence[KnownDestination], now: datetime
) -> list[Section]:
    facts = Facts(record.state)
    return [
        resource_section(facts, now),
        tags_section(facts, now),
        live_section(facts, now),
        sessions_section(facts, now),
        key_section(facts, now),
        controls_section(record, now),
        orders_section(record.standing.orders, now),
        recordings_section(facts),
        open_section(opened_in([record], Notifications(destinations, now), now), now),
        waiting_section(destinations, record.state.arn, now),
        pending_section(record, now),
        next_section(record, now),
    ]


def resource_section(facts: Facts, now: datetime) -> Section:
    creator = facts.state.creator
    values = {
        "arn": facts.arn,
        "name": facts.name,
        "is_gone": facts.is_gone,
        "first_seen_at": facts.state.first_seen_at,
        "seen_at": facts.state.seen_at,
        "creator": creator.value.full_name if creator is not None else None,
        "settings": facts.settings,
    }
    title = facts.resource_type.noun.capitalize()
    return Section("resource", title, [*_resource_rows(facts, now)], values)


def _resource_rows(facts: Facts, now: datetime) -> Iterator[Row]:
    state = facts.state
    yield "arn", facts.arn
    yield "name", facts.name or "-"
    if facts.is_gone:
        gone_at = state.deleted_at or state.unlisted_at
        yield "gone", (f"since {format_moment_ago(gone_at, now)}", "yellow")
    yield "first seen", format_moment_ago(state.first_seen_at, now)
    yield "last seen", format_moment_ago(state.seen_at, now)
    if state.creator is not None:
        yield "created by", state.creator.value.full_name
    if not facts.are_settings_known:
        yield "settings", "not known yet; the next sweep reads them"
    for name, value in facts.settings.items():
        if name not in _SHOWN_ELSEWHERE:
            yield name, _format_setting(value)


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
