"""How much is kept of tags that anybody with a permission can change all day."""

from collections.abc import Iterable, Mapping, Set
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Final

import msgspec
from msgspec.structs import replace

from streamwarden.domain.state.facts import is_since, key_tags_of, tags_of
from streamwarden.domain.state.merge import Stamped, latest
from streamwarden.domain.state.resource import Author, Resource, StreamKey, TagValue
from streamwarden.domain.state.retention.interests import AuthorRank, Interests
from streamwarden.domain.state.stream_keys import shortened
from streamwarden.domain.state.tag_history import MayChange, TagHistory, condensed

# Changes since the last listing take so much, then they become a listing themselves.
_CHANGES_BYTES: Final = 400
# Fifty tags of full length are 19.5 KB. If removals were not seen, there seem to be more.
_TAGS_BYTES: Final = 21_000
# Who changed a tag is judged for a day.
_AUTHORS: Final = 6
_AUTHORS_KEPT: Final = timedelta(hours=24)

# Two values of fifty tags at their longest would be 50 KB; real ones are a tenth of it.
_HISTORY_BYTES: Final = 6_000

# Of keys before the present one, for events about them that come late.
_OLD_KEYS: Final = 2
_OLD_KEY_BYTES: Final = 200
_KEY_CHANGES_BYTES: Final = 200
# Beyond it, long tags of a key are known by their beginning and a digest.
_KEY_TAGS_BYTES: Final = 1_500
_SHORTENED_TAGS_BYTES: Final = 3_000

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)

type _Listed = Stamped[dict[str, str]]
type _Changes = Mapping[str, Stamped[str | None]]


def with_few_tags(state: Resource, interests: Interests, now: datetime) -> Resource:
    """Tags, who changed them, and those of stream keys."""
    if not (state.tag_changes or state.tag_authors or state.stream_keys or state.tag_history):
        return state  # a listing alone is kept as it is
    listed, changes = _folded(state.listed_tags, state.tag_changes)
    return replace(
        state,
        listed_tags=listed,
        tag_changes=changes,
        tag_authors=_authors(state.tag_authors, interests, now),
        tag_history=_history(state.tag_history, interests),
        stream_keys=_stream_keys(state, interests.key_tags),
    )


def _size(value: object) -> int:
    return len(msgspec.json.encode(value))


def _folded(listed: _Listed | None, changes: _Changes) -> tuple[_Listed | None, _Changes]:
    """Tags as listed and changes since; many changes become a listing as of the last of them.

    A late observation of a moment before it does not count. The next sweep finds that the tags
    differ, and lists them.
    """
    later = {key: each for key, each in changes.items() if is_since(each, listed)}
    if _size(later) <= _CHANGES_BYTES:
        return listed, later
    return _as_listed(tags_of(listed, later), listed, later, _TAGS_BYTES), {}


def _as_listed(
    tags: Mapping[str, str], listed: _Listed | None, changes: _Changes, most_bytes: int
) -> _Listed:
    """What has been there longest is kept first: what was listed is surely there."""
    by_age = sorted(tags, key=lambda key: (changes[key].at if key in changes else _LONG_AGO, key))
    kept: dict[str, str] = {}
    for key in by_age:
        most_bytes -= _size({key: tags[key]})
        if most_bytes >= 0:
            kept[key] = tags[key]
    changed_at = max(each.at for each in changes.values())
    # In its second a change may have the earlier moment, and the listing may come again.
    after = listed.at + timedelta(microseconds=1) if listed else changed_at
    return Stamped(dict(sorted(kept.items())), max(changed_at, after))


def _authors(
    authors: Mapping[str, Stamped[Author]], interests: Interests, now: datetime
) -> dict[str, Stamped[Author]]:
    """Of changes that a rule asks about, those that it finds wrong first, then the newest."""
    ranked = [
        (rank, each.at, key)
        for key, each in authors.items()
        if each.at > now - _AUTHORS_KEPT and (rank := _rank(key, each.value, interests))
    ]
    return {key: authors[key] for key in sorted(key for _, _, key in sorted(ranked)[-_AUTHORS:])}


def _history(history: TagHistory, interests: Interests) -> dict[str, frozenset[TagValue]]:
    """Of tags whose authors a rule asks about: those that somebody changed first."""
    if not interests.rank_authors:
        return {}
    kept: dict[str, frozenset[TagValue]] = {}
    room = _HISTORY_BYTES
    for key in sorted(history, key=lambda key: (not _is_changed(history[key]), key)):
        if not _rank(key, Author(), interests):
            continue
        values = condensed(history[key], _may_change(key, interests))
        room -= _size({key: values})
        if room >= 0:
            kept[key] = values
    return dict(sorted(kept.items()))


def _is_changed(values: Iterable[TagValue]) -> bool:
    return any(each.is_attributed for each in values)


def _may_change(key: str, interests: Interests) -> MayChange:
    return lambda author: _rank(key, author, interests) is not AuthorRank.KEPT_FIRST


def _rank(key: str, author: Author, interests: Interests) -> AuthorRank:
    ranks = (rank_author(key, author) for rank_author in interests.rank_authors)
    return max(ranks, default=AuthorRank.NONE)


def _stream_keys(state: Resource, read: Set[str]) -> dict[str, StreamKey]:
    """The present key with its tags, and the last few before it, in short."""
    by_age = sorted(state.stream_keys.values(), key=_key_order, reverse=True)
    arn = state.key_arn.value if state.key_arn else by_age[0].arn if by_age else None
    old = [_in_short(each) for each in by_age if each.arn != arn][:_OLD_KEYS]
    present = [_with_bounded_tags(each, read) for each in by_age if each.arn == arn]
    return {each.arn: each for each in sorted([*present, *old], key=lambda each: each.arn)}


def _key_order(key: StreamKey) -> tuple[datetime, str]:
    changes = (change.at for change in key.tag_changes.values())
    listed = key.listed_tags.at if key.listed_tags else _LONG_AGO
    return max(key.minted_at or _LONG_AGO, listed, *changes), key.arn


def _in_short(key: StreamKey) -> StreamKey:
    """An early observation may give the key the tags of the next key; too many are dropped."""
    is_small = _size(key) <= _OLD_KEY_BYTES
    if is_small:
        return key
    return StreamKey(arn=key.arn, minted_at=key.minted_at, summarised_at=_changed_at(key))


def _with_bounded_tags(key: StreamKey, read: Set[str]) -> StreamKey:
    listed, changes = key.listed_tags, key.tag_changes
    if listed is None:
        return _with_newest_changes(key)
    changes = {tag: each for tag, each in changes.items() if is_since(each, listed)}
    if _size(changes) <= _KEY_CHANGES_BYTES:
        return replace(key, listed_tags=_shortened(listed, read), tag_changes=changes)
    folded = _as_listed(key_tags_of(listed, changes), listed, changes, _TAGS_BYTES)
    return replace(
        key,
        listed_tags=_shortened(folded, read),
        tag_changes={},
        # No sweep compares the tags of keys: it has to list them again.
        summarised_at=latest(key.summarised_at, folded.at),
    )


def _with_newest_changes(key: StreamKey) -> StreamKey:
    """Changes alone say nothing of the rest, and they may come before the key's creation."""
    kept, room = dict(key.tag_changes), _KEY_TAGS_BYTES
    for tag, each in sorted(kept.items(), key=lambda item: (item[1].at, item[0]), reverse=True):
        room -= _size({tag: each})
        if room < 0:
            del kept[tag]
    if len(kept) == len(key.tag_changes):
        return key
    return replace(key, tag_changes=kept, summarised_at=_changed_at(key))


def _changed_at(key: StreamKey) -> datetime | None:
    """Up to when changes are left out: a listing from before is not whole, and is read again."""
    moments = (each.at for each in key.tag_changes.values())
    return reduce(latest, moments, key.summarised_at)


def _shortened(listed: _Listed, read: Set[str]) -> _Listed:
    """What rules read by name is kept whole, and comes first."""
    if _size(listed.value) <= _KEY_TAGS_BYTES:
        return listed
    short = {key: value for key, value in listed.value.items() if key in read}
    room = _SHORTENED_TAGS_BYTES
    for key, value in sorted(listed.value.items()):
        room -= _size({shortened(key): shortened(value)})
        if key not in read and room >= 0:
            short[shortened(key)] = shortened(value)
    return Stamped(dict(sorted(short.items())), listed.at)
