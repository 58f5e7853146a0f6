"""What is known of a channel: a value that only grows, in any order, from events and listings.

Nothing here is a conclusion. Conclusions ("it is on the air", "these are its tags") are drawn
in `facts`, from all that is known, at the moment they are needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from streamwarden.domain.joins import (
    Stamped,
    each_key,
    earliest,
    joined,
    last_written,
    latest,
    merge_fields,
    newest_of,
    newest_written,
    same,
    union,
)


class LimitHit(Struct, frozen=True, order=True):
    """One `IVS Limit Breach` event of a stream."""

    at: datetime
    limit_name: str
    limit_unit: str
    limit_value: float
    exceeded_by: float


class TakeoverFailure(Struct, frozen=True, order=True):
    """One refused takeover; `code` as in the event."""

    at: datetime
    code: str


@dataclass(frozen=True, kw_only=True)
class Session:
    """One stream session, keyed by `stream_id`. All times are aware UTC."""

    stream_id: str = joined(same)
    created_at: datetime | None = joined(earliest, default=None)
    on_air_at: datetime | None = joined(earliest, default=None)
    ended_at: datetime | None = joined(earliest, default=None)
    last_seen_at: datetime | None = joined(latest, default=None)
    stalled_at: datetime | None = joined(latest, default=None)
    listed_stalled: frozenset[datetime] = joined(newest_of(lambda at: at), default=frozenset())
    recovered_at: datetime | None = joined(latest, default=None)
    takeovers: frozenset[datetime] = joined(newest_of(lambda at: at), default=frozenset())
    takeover_failures: frozenset[TakeoverFailure] = joined(
        newest_of(lambda failure: failure), default=frozenset()
    )
    limit_hits: frozenset[LimitHit] = joined(newest_of(lambda hit: hit), default=frozenset())
    failure: Stamped[str] | None = joined(last_written, default=None)
    end_code: Stamped[str] | None = joined(last_written, default=None)


class RecordingFailure(Struct, frozen=True):
    """`status` is the event's `Recording Start Failure` or `… End Failure`; `reason` as in it."""

    status: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One recording, keyed by `recording_session_id`; it may span several merged streams."""

    recording_id: str = joined(same)
    stream_ids: frozenset[str] = joined(union, default=frozenset())
    started_at: datetime | None = joined(earliest, default=None)
    ended_at: datetime | None = joined(earliest, default=None)
    failure: Stamped[RecordingFailure] | None = joined(last_written, default=None)
    s3_bucket: Stamped[str] | None = joined(last_written, default=None)
    s3_key_prefix: Stamped[str] | None = joined(last_written, default=None)
    duration_ms: Stamped[int] | None = joined(last_written, default=None)


class OutcomeStatus(StrEnum):
    """What became of an action."""

    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"
    FAILED = "failed"


class Outcome(Struct, frozen=True):
    """What became of a requested action, and why in words."""

    status: OutcomeStatus
    reason: str


@dataclass(frozen=True, kw_only=True)
class Channel:
    """All that is known of one channel.

    `settings` holds the API's own member names (`insecureIngest`, `recordingConfigurationArn`…).
    `listed_tags` is the whole set as last listed; `tag_changes` what was set (a value) or removed
    (None) since. `offline_at` and `unlisted_at` say when the channel was last known *not* to be
    live and *not* to be listed. `key_arn` is the one stream key, None while there is none;
    `minted_at` says when each key was made, by its ARN. A key's value is never part of it.
    """

    arn: str = joined(same)
    first_seen_at: datetime | None = joined(earliest, default=None)
    seen_at: datetime | None = joined(latest, default=None)
    deleted_at: datetime | None = joined(latest, default=None)
    unlisted_at: datetime | None = joined(latest, default=None)
    offline_at: datetime | None = joined(latest, default=None)
    listed_at: datetime | None = joined(latest, default=None)
    settings: Mapping[str, Stamped[Any]] = joined(each_key(last_written), default_factory=dict)
    listed_tags: Stamped[dict[str, str]] | None = joined(last_written, default=None)
    tag_changes: Mapping[str, Stamped[str | None]] = joined(
        each_key(last_written), default_factory=dict
    )
    key_arn: Stamped[str | None] | None = joined(last_written, default=None)
    minted_at: Mapping[str, datetime] = joined(each_key(earliest), default_factory=dict)
    sessions: Mapping[str, Session] = joined(each_key(merge_fields), default_factory=dict)
    recordings: Mapping[str, Recording] = joined(each_key(merge_fields), default_factory=dict)
    outcomes: Mapping[str, Stamped[Outcome]] = joined(newest_written, default_factory=dict)


def merge(known: Channel, learned: Channel) -> Channel:
    """All that both say. Commutative, associative and idempotent."""
    return merge_fields(known, learned)
