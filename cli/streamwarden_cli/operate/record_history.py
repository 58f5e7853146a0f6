"""What happened on a resource, in order: as its record still knows it, or as a ledger keeps it.

A record keeps the newest of everything, and of actions only those that still matter. Both
sources are brought into `HistoryItem`, so that views read either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Final

from streamwarden.domain.duration import format_duration
from streamwarden.domain.ledger.entry import Grounds
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.resource import Recording, Session
from streamwarden.domain.verdicts import Mode
from streamwarden.services.records import Record
from streamwarden_cli.operate.done import Requested, requested_for

US: Final = "Streamwarden"


class What(StrEnum):
    """What happened, of one moment in this order: causes before effects. The last ones are what was
    decided and done, and who was notified of it, as a ledger says it."""

    RESOURCE = "resource"
    SESSION = "session"
    RECORDING = "recording"
    TAG = "tag"
    KEY = "key"
    EVENT = "event"
    COMMANDED = "commanded"
    TRIPPED = "tripped"
    DEPLOYED = "deployed"
    FINISHED = "finished"
    RESOLVED = "resolved"
    OPENED = "opened"
    MODE_CHANGED = "mode changed"
    HELD = "held"
    RELEASED = "released"
    REQUESTED = "requested"
    SENT = "sent"
    SUPPRESSED = "suppressed"
    NOT_SENT = "not sent"
    DEAD_LETTERED = "dead-lettered"


# What was decided and done.
DECIDED: Final = frozenset(
    {
        What.COMMANDED,
        What.TRIPPED,
        What.DEPLOYED,
        What.FINISHED,
        What.RESOLVED,
        What.OPENED,
        What.MODE_CHANGED,
        What.HELD,
        What.RELEASED,
        What.REQUESTED,
    }
)
# What became of notifications.
NOTIFIED: Final = frozenset({What.SENT, What.SUPPRESSED, What.NOT_SENT, What.DEAD_LETTERED})
_ORDER: Final = {each: number for number, each in enumerate(What)}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryItem:
    """One thing that happened. `text` says it in words, `author` is who is behind it.

    `grounds` are those of what was decided, where a ledger has them.
    """

    at: datetime
    what: What
    text: str
    rule_id: str = ""
    mode: Mode | None = None
    stream_id: str = ""
    author: str = ""
    decided_under: str = ""
    grounds: Grounds | None = None


def record_history(record: Record) -> list[HistoryItem]:
    """What the record still knows, the oldest first."""
    facts = Facts(record.state)
    found = chain(
        _resource(facts),
        chain.from_iterable(_session(each, facts) for each in record.state.sessions.values()),
        chain.from_iterable(_recording(each) for each in facts.recordings),
        _tags(facts),
        _key(facts),
        _events(facts),
        _decided(record),
    )
    return sorted(found, key=lambda each: (each.at, _ORDER[each.what], each.text))


def _resource(facts: Facts) -> Iterator[HistoryItem]:
    state = facts.state
    noun = facts.resource_type.noun
    if state.creator is not None:
        author = state.creator.value.name
        yield HistoryItem(
            at=state.creator.at, what=What.RESOURCE, text=f"{noun} created", author=author
        )
    elif state.first_seen_at is not None:
        text = f"{noun} first seen"
        yield HistoryItem(at=state.first_seen_at, what=What.RESOURCE, text=text)
    if state.deleted_at is not None:
        yield HistoryItem(at=state.deleted_at, what=What.RESOURCE, text=f"{noun} deleted")
    elif facts.is_gone and state.unlisted_at is not None:
        text = f"{noun} is listed no longer"
        yield HistoryItem(at=state.unlisted_at, what=What.RESOURCE, text=text)


def _session(session: Session, facts: Facts) -> Iterator[HistoryItem]:
    lasted = _lasted(session)
    moments = (
        (session.created_at, "encoder connected"),
        (session.on_air_at, "on the air"),
        (session.stalled_at, "ingest stalled"),
        (session.recovered_at, "ingest delivers again"),
        (session.last_ended_at or session.stream_ended_at, f"ended{lasted}"),
    )
    for at, text in moments:
        if at is not None:
            yield _of_stream(session, at, text)
    for at in session.takeovers:
        yield _of_stream(session, at, "another encoder took over")
    for refused in session.takeover_failures:
        yield _of_stream(session, refused.at, f"a takeover was refused ({refused.code})")
    for hit in facts.limit_hits_of(session):
        exceeded = f"{hit.limit_name} of {hit.limit_value:g} {hit.limit_unit} was exceeded"
        yield _of_stream(session, hit.at, exceeded)
    if session.failure is not None:
        yield _of_stream(session, session.failure.at, f"failed: {session.failure.value}")


def _lasted(session: Session) -> str:
    ended_at = session.stream_ended_at or session.last_ended_at
    if session.on_air_at is None or ended_at is None or ended_at < session.on_air_at:
        return ""
    return f" after {format_duration(ended_at - session.on_air_at)} on the air"


def _of_stream(session: Session, at: datetime, text: str) -> HistoryItem:
    return HistoryItem(at=at, what=What.SESSION, text=text, stream_id=session.stream_id)


def _recording(recording: Recording) -> Iterator[HistoryItem]:
    lasted = recording.duration_ms
    length = f", {lasted.value / 1000:.0f} s long" if lasted is not None else ""
    moments = ((recording.started_at, "began"), (recording.ended_at, f"ended{length}"))
    for at, text in moments:
        if at is not None:
            whole = f"recording {recording.recording_id} {text}"
            yield HistoryItem(at=at, what=What.RECORDING, text=whole)
    if recording.failure is not None:
        failure = recording.failure
        text = f"{failure.value.status} of {recording.recording_id}: {failure.value.reason}"
        yield HistoryItem(at=failure.at, what=What.RECORDING, text=text)


def _tags(facts: Facts) -> Iterator[HistoryItem]:
    state = facts.state
    for key, change in state.tag_changes.items():
        text = (
            f"tag {key} removed" if change.value is None else f"tag {key} set to {change.value!r}"
        )
        by = state.tag_authors.get(key)
        author = by.value.name if by is not None and by.at == change.at else ""
        yield HistoryItem(at=change.at, what=What.TAG, text=text, author=author)
    for key, by in state.tag_authors.items():
        if key not in state.tag_changes or state.tag_changes[key].at != by.at:
            yield HistoryItem(
                at=by.at, what=What.TAG, text=f"tag {key} set or removed", author=by.value.name
            )


def _key(facts: Facts) -> Iterator[HistoryItem]:
    state, known = facts.state, facts.state.key_author
    author = known.value.name if known is not None else ""
    for key in state.stream_keys.values():
        if key.minted_at is not None:
            by = author if known is not None and known.at == key.minted_at else ""
            yield HistoryItem(at=key.minted_at, what=What.KEY, text="stream key made", author=by)
    if facts.has_no_key and state.key_arn is not None:
        by = author if known is not None and known.at == state.key_arn.at else ""
        yield HistoryItem(at=state.key_arn.at, what=What.KEY, text="stream key gone", author=by)
    if facts.rotation_begun_at is not None:
        text = "Streamwarden began to replace the stream key"
        yield HistoryItem(at=facts.rotation_begun_at, what=What.KEY, text=text)


def _events(facts: Facts) -> Iterator[HistoryItem]:
    """An event that several event matchers selected is one."""
    matched = facts.state.matched_events.values()
    for each in {event.event_id: event for events in matched for event in events}.values():
        cause = f" ({each.cause})" if each.cause else ""
        yield HistoryItem(at=each.at, what=What.EVENT, text=f"{each.name}{cause}")


def _decided(record: Record) -> Iterator[HistoryItem]:
    for breach in record.breaches.values():
        yield HistoryItem(
            at=breach.opened_at,
            what=What.OPENED,
            text=f"breach opened, {breach.severity}",
            rule_id=breach.rule_id,
            mode=breach.mode,
            stream_id=breach.stream_id or "",
        )
        for each in requested_for(record, breach):
            yield from _requested(breach.mode, each)
    yield from _incidents(record)


def _requested(mode: Mode, each: Requested) -> Iterator[HistoryItem]:
    again = f", attempt {each.attempt}" if each.attempt > 1 else ""
    text = f"{each.action} requested{again}"
    rule_id = each.rule_id
    yield HistoryItem(at=each.at, what=What.REQUESTED, text=text, rule_id=rule_id, mode=mode)
    if each.outcome is not None and each.finished_at is not None:
        yield HistoryItem(
            at=each.finished_at,
            what=What.FINISHED,
            text=f"{each.action} {each.outcome.status}: {each.outcome.reason}",
            rule_id=rule_id,
            mode=mode,
            author=US,
        )


def _incidents(record: Record) -> Iterator[HistoryItem]:
    for each in record.standing.incidents.values():
        rule_id, mode = each.rule_id, each.mode
        if each.times > 1:
            at, text = each.opened_at, f"incident opened; {each.times} breaches since"
            yield HistoryItem(at=at, what=What.OPENED, text=text, rule_id=rule_id, mode=mode)
        if each.calm_since is not None:
            at, text = each.calm_since, "breach resolved"
            text += f"; {each.last_done}" if each.last_done else ""
            yield HistoryItem(at=at, what=What.RESOLVED, text=text, rule_id=rule_id, mode=mode)
