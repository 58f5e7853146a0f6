"""What is kept of all that is known: everything in a record has a bound, and a reason for it.

An observer reads and writes the whole record with every input, and DynamoDB takes no item above
400 KB. So nobody who can tag a channel or make an encoder reconnect may decide how large a record
is. What does not fit is summarised; what a summary gets wrong, the next sweep puts right, because
it differs from what is listed.
"""

from collections.abc import Iterable, Mapping, Set
from copy import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from msgspec import Struct, structs

from streamwarden.domain.state.airtime import settled
from streamwarden.domain.state.facts import Facts, key_tags_of, tags_of
from streamwarden.domain.state.merge import EMPTY, Stamped
from streamwarden.domain.state.resource import MatchedEvent, Recording, Resource, Session, StreamKey
from streamwarden.domain.state.stream_keys import shortened

# A record goes so long after its resource is gone: events about it may come late.
RECORD_KEPT: Final = timedelta(days=3)
# Rules judge what is over for a day at most, and IVS gives up on late events after some hours (User
# Guide, EventBridge).
_KEPT_AFTER_END: Final = timedelta(hours=24)
# After 48 hours a new recording begins in any case (User Guide, auto-record to S3).
_LONGEST_RECORDING: Final = timedelta(hours=48)

# Beside the current one. An encoder that reconnects by itself makes thousands a day; one rule
# counts them (`flapping`), for which their beginnings are enough.
_SESSIONS: Final = 4
_SESSIONS_BYTES: Final = 1_200
_EARLIER_SESSIONS: Final = 30
_EARLIER_SESSIONS_KEPT: Final = timedelta(hours=48)
_ID_LENGTH: Final = 6

_RECORDINGS: Final = 2
# A recording goes on while streams follow each other within its reconnect window.
_STREAMS_OF_A_RECORDING: Final = 6

# The API's own settings are smaller (ListChannels), and there are fewer. Whatever it adds one day
# is known by its size.
_SETTINGS: Final = 20
_LONGEST_SETTING: Final = 40
_SETTING_BYTES: Final = 3_000

# A channel has at most 50 tags, but anybody who may tag it can set and remove others all day.
_TAGS: Final = 50
_TAG_CHANGES_BYTES: Final = 400
# Who changed a tag is judged for a day.
_AUTHORS: Final = 3
_AUTHORS_KEPT: Final = timedelta(hours=24)

# Of keys before the present one, for events about them that come late.
_OLD_KEYS: Final = 2
_OLD_KEY_BYTES: Final = 200
_KEY_TAGS_BYTES: Final = 1_500

# In all, whatever number of rules listens; the newest of each.
_MATCHED_EVENTS: Final = 16

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

type _Listed = Stamped[dict[str, str]]
type _Changes = Mapping[str, Stamped[str | None]]


def retained(
    state: Resource, awaited: Set[str], now: datetime, *, is_airtime_counted: bool = True
) -> Resource:
    """What is kept of a resource from `now` on.

    `awaited` are the ids of the actions whose outcomes still matter, and `is_airtime_counted` says
    that a rule adds up airtime. Applied twice it changes nothing, and nothing that is told again
    comes back.
    """
    sessions = _sessions(state, now)
    listed_tags, tag_changes = _folded(state.listed_tags, state.tag_changes)
    kept = replace(
        state,
        sessions=sessions,
        earlier_sessions=_earlier(state, sessions, now),
        recordings=_recordings(state.recordings.values(), sessions, now),
        settings=_settings(state.settings),
        listed_tags=listed_tags,
        tag_changes=tag_changes,
        tag_authors=_newest_since(state.tag_authors, now - _AUTHORS_KEPT, _AUTHORS),
        stream_keys=_stream_keys(state),
        matched_events=_matched_events(state.matched_events),
        airtime=settled(state.airtime, now) if is_airtime_counted else {},
        outcomes={key: each for key, each in state.outcomes.items() if key in awaited},
        unused_at=_since(state.unused_at, state.used_at),
    )
    return _without_empty_sets(kept)


def _without_empty_sets[T: Resource | Session | Recording](of: T) -> T:
    """The same in fewer bytes."""
    named = structs.asdict(of).items()
    empty = {name: EMPTY for name, each in named if isinstance(each, frozenset) and not each}
    return structs.replace(of, **empty) if empty else of


def _size(value: object) -> int:
    return len(msgspec.json.encode(value))


def _last_sign(of: Struct) -> datetime:
    """The last moment that anything of a session or recording bears, whatever it is."""
    return max(_moments(structs.astuple(of)), default=_LONG_AGO)


def _moments(values: Iterable[object]) -> Iterable[datetime]:
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


def _sessions(state: Resource, now: datetime) -> dict[str, Session]:
    """The current one, and of those that are over the last few that ended lately."""
    current = Facts(state).session
    over = [each for each in state.sessions.values() if each is not current]
    over.sort(key=lambda each: (_last_sign(each), each.stream_id), reverse=True)
    kept = [_without_past(current)] if current else []
    room = _SESSIONS_BYTES
    for each in over[:_SESSIONS]:
        ended = _without_readings(each)
        room -= _size(ended)
        if _last_sign(each) > now - _KEPT_AFTER_END and room >= 0:
            kept.append(ended)
    return {each.stream_id: each for each in sorted(kept, key=lambda each: each.stream_id)}


def _without_past(session: Session) -> Session:
    """Without the readings that later ones have made meaningless."""
    stalled = _since(session.listed_stalled, session.recovered_at)
    unwatched = _since(session.unwatched, session.watched_at)
    return _without_empty_sets(replace(session, listed_stalled=stalled, unwatched=unwatched))


def _without_readings(session: Session) -> Session:
    """Without what matters of a session only while it is on the air."""
    return _without_empty_sets(
        replace(
            session,
            alive_at=None,
            stalled_at=None,
            listed_stalled=EMPTY,
            recovered_at=None,
            viewers=None,
            watched_at=None,
            unwatched=EMPTY,
            ingest=None,
            peers=None,
        )
    )


def _since(moments: frozenset[datetime], last: datetime | None) -> frozenset[datetime]:
    return moments if last is None else frozenset(at for at in moments if at > last)


def _earlier(
    state: Resource, sessions: Mapping[str, Session], now: datetime
) -> Mapping[str, datetime]:
    """When sessions began that are no longer kept, as long as a rule may count them."""
    gone = [each for key, each in state.sessions.items() if key not in sessions]
    begun = {each.stream_id[-_ID_LENGTH:]: each.created_at or each.on_air_at for each in gone}
    found = dict(state.earlier_sessions)
    for key, at in begun.items():
        if at is not None:
            found[key] = min(at, found.get(key, at))
    lately = [(at, key) for key, at in found.items() if at > now - _EARLIER_SESSIONS_KEPT]
    return {key: at for at, key in sorted(lately)[-_EARLIER_SESSIONS:]}


def _recordings(
    recordings: Iterable[Recording], sessions: Mapping[str, Session], now: datetime
) -> dict[str, Recording]:
    lately = [each for each in recordings if _last_sign(each) > now - _kept_for(each)]
    newest = sorted(lately, key=lambda each: (_last_sign(each), each.recording_id))[-_RECORDINGS:]
    kept = [_with_few_streams(each, sessions) for each in newest]
    return {each.recording_id: each for each in sorted(kept, key=lambda each: each.recording_id)}


def _kept_for(recording: Recording) -> timedelta:
    is_over = recording.ended_at is not None or recording.failure is not None
    return _KEPT_AFTER_END if is_over else _LONGEST_RECORDING + _KEPT_AFTER_END


def _with_few_streams(recording: Recording, sessions: Mapping[str, Session]) -> Recording:
    if len(recording.stream_ids) <= _STREAMS_OF_A_RECORDING:
        return _without_empty_sets(recording)
    known_first = sorted(recording.stream_ids, key=lambda each: (each not in sessions, each))
    few = frozenset(known_first[:_STREAMS_OF_A_RECORDING])
    return replace(recording, stream_ids=few, has_more_streams=True)


def _settings(settings: Mapping[str, Stamped[Any]]) -> dict[str, Stamped[Any]]:
    named = sorted(name for name in settings if len(name) <= _LONGEST_SETTING)[:_SETTINGS]
    return {name: _in_brief(settings[name]) for name in named}


def _in_brief(setting: Stamped[Any]) -> Stamped[Any]:
    size = _size(setting.value)
    return setting if size <= _SETTING_BYTES else Stamped(f"{size:,} bytes, not kept", setting.at)


def _folded(listed: _Listed | None, changes: _Changes) -> tuple[_Listed | None, _Changes]:
    """Tags as listed and changes since; many changes become a listing as of the last of them.

    What is told late of a moment before it does not count any more: the next sweep lists the tags.
    """
    since = listed.at if listed else _LONG_AGO
    later = {key: each for key, each in changes.items() if each.at >= since}
    if _size(later) <= _TAG_CHANGES_BYTES:
        return listed, later
    return _as_listed(tags_of(listed, later), later), {}


def _as_listed(tags: Mapping[str, str], changes: _Changes) -> _Listed:
    """Where removals were not told there are more than there can be: the newest are there."""
    by_age = sorted(tags, key=lambda key: (changes[key].at if key in changes else _LONG_AGO, key))
    kept = {key: tags[key] for key in sorted(by_age[-_TAGS:])}
    return Stamped(kept, max(each.at for each in changes.values()))


def _newest_since[T](
    stamped: Mapping[str, Stamped[T]], since: datetime, most: int
) -> dict[str, Stamped[T]]:
    lately = sorted((each.at, key) for key, each in stamped.items() if each.at > since)
    return {
        key: stamped[key] for _, key in sorted(sorted(lately)[-most:], key=lambda each: each[1])
    }


def _stream_keys(state: Resource) -> dict[str, StreamKey]:
    """The present key with its tags, and the last few before it, in short."""
    by_age = sorted(state.stream_keys.values(), key=_key_order, reverse=True)
    arn = state.key_arn.value if state.key_arn else by_age[0].arn if by_age else None
    old = [_in_short(each) for each in by_age if each.arn != arn][:_OLD_KEYS]
    present = [_with_bounded_tags(each) for each in by_age if each.arn == arn]
    return {each.arn: each for each in sorted([*present, *old], key=lambda each: each.arn)}


def _key_order(key: StreamKey) -> tuple[datetime, str]:
    changes = (change.at for change in key.tag_changes.values())
    listed = key.listed_tags.at if key.listed_tags else _LONG_AGO
    return max(key.minted_at or _LONG_AGO, listed, *changes), key.arn


def _in_short(key: StreamKey) -> StreamKey:
    """Its tags may be those of the next key, of which is told too early; many are none of it."""
    is_small = _size(key) <= _OLD_KEY_BYTES
    return key if is_small else StreamKey(arn=key.arn, minted_at=key.minted_at)


def _with_bounded_tags(key: StreamKey) -> StreamKey:
    listed, changes = key.listed_tags, key.tag_changes
    if listed is None:
        # Changes alone say nothing of the rest; the newest may come after the listing.
        return replace(key, tag_changes=_newest_since(changes, _LONG_AGO, _AUTHORS))
    changes = {tag: each for tag, each in changes.items() if each.at >= listed.at}
    if _size(changes) > _OLD_KEY_BYTES:
        listed, changes = _as_listed(key_tags_of(listed, changes), changes), {}
    return replace(key, listed_tags=_shortened(listed), tag_changes=changes)


def _shortened(listed: _Listed) -> _Listed:
    if _size(listed.value) <= _KEY_TAGS_BYTES:
        return listed
    short = {shortened(key): shortened(value) for key, value in sorted(listed.value.items())}
    return Stamped(short, listed.at)


def _matched_events(
    heard: Mapping[str, frozenset[MatchedEvent]],
) -> dict[str, frozenset[MatchedEvent]]:
    each_keeps = max(1, _MATCHED_EVENTS // max(1, len(heard)))
    return {
        key: events if len(events) <= each_keeps else frozenset(sorted(events)[-each_keeps:])
        for key, events in heard.items()
    }
