"""What is known of a resource of IVS: it only grows, in any order, from events and listings.

Nothing here is a conclusion. Conclusions ("it is on the air", "these are its tags") are drawn
in `facts`, from all that is known, at the moment they are needed.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Struct, field

from streamwarden.domain.events.bounds import Count, Figure, Milliseconds
from streamwarden.domain.events.viewers import Viewer
from streamwarden.domain.state.airtime import Airtime, newest_days
from streamwarden.domain.state.controls import AccountControls, ChannelControls
from streamwarden.domain.state.ingest import Ingest
from streamwarden.domain.state.merge import (
    EMPTY,
    Stamped,
    each_key,
    earliest,
    either,
    first_and_newest,
    latest,
    latest_stamped,
    merge_fields,
    merge_parts,
    newest,
    newest_by,
    same,
    union,
)
from streamwarden.domain.state.peers import Peers

_END_LENGTH = 6
# Roles of IAM Identity Center, whose sessions have the names of users, often e-mail addresses.
_IDENTITY_CENTER = "AWSReservedSSO_"


class LimitHit(Struct, frozen=True, order=True, array_like=True):
    """One `IVS Limit Breach` event of a stream, or of the whole account."""

    at: datetime
    limit_name: str
    limit_unit: str
    limit_value: Figure
    exceeded_by: Figure


class MatchedEvent(Struct, frozen=True, order=True, array_like=True):
    """One event that an event matcher selected; `cause` is the code that it gives as its reason."""

    at: datetime
    event_id: str
    name: str
    cause: str = ""


class TakeoverFailure(Struct, frozen=True, order=True, array_like=True):
    """One refused takeover; `code` as in the event."""

    at: datetime
    code: str


class StreamVerdict(Struct, frozen=True, order=True, array_like=True):
    """One external verdict about a stream; members as in the event."""

    at: datetime
    label: str
    confidence: float
    source: str
    evidence_url: str
    viewers: tuple[Viewer, ...] = ()


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Session(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One stream session, keyed by `stream_id`. All times are aware UTC.

    `ended_at` is the first end event of any kind, `last_ended_at` the last, `stream_ended_at` that
    of a stream that had started. `last_seen_at` is the last sign of it that is not its end,
    `alive_at` the last sign that it runs: an event of it, or a listing that calls it healthy.
    `viewers` is the last reading of the viewer count; `watched_at` and `unwatched` are when
    readings found somebody, and nobody. `ingest` is what its encoder is set up to send, and when
    that was read. `on_air_until` is the last moment at which it is known to have been on the air,
    its end included; `peers` is where it stood among the streams that it is counted together with,
    by tag key.
    """

    stream_id: Annotated[str, same]
    created_at: Annotated[datetime | None, earliest] = None
    on_air_at: Annotated[datetime | None, earliest] = None
    ended_at: Annotated[datetime | None, earliest] = None
    last_ended_at: Annotated[datetime | None, latest] = None
    stream_ended_at: Annotated[datetime | None, earliest] = None
    last_seen_at: Annotated[datetime | None, latest] = None
    alive_at: Annotated[datetime | None, latest] = None
    stalled_at: Annotated[datetime | None, latest] = None
    listed_stalled: Annotated[frozenset[datetime], first_and_newest] = EMPTY
    recovered_at: Annotated[datetime | None, latest] = None
    takeovers: Annotated[frozenset[datetime], newest] = EMPTY
    takeover_failures: Annotated[frozenset[TakeoverFailure], newest] = EMPTY
    limit_hits: Annotated[frozenset[LimitHit], newest_by("limit_name")] = EMPTY
    verdicts: Annotated[frozenset[StreamVerdict], newest_by("label")] = EMPTY
    failure: Annotated[Stamped[str] | None, latest_stamped] = None
    end_code: Annotated[Stamped[str] | None, latest_stamped] = None
    viewers: Annotated[Stamped[Count] | None, latest_stamped] = None
    watched_at: Annotated[datetime | None, latest] = None
    unwatched: Annotated[frozenset[datetime], first_and_newest] = EMPTY
    ingest: Annotated[Stamped[Ingest] | None, latest_stamped] = None
    on_air_until: Annotated[datetime | None, latest] = None
    peers: Annotated[Stamped[dict[str, Peers]] | None, latest_stamped] = None


def end_of_id(stream_id: str) -> str:
    """Enough of it to distinguish the sessions of a channel."""
    return stream_id[-_END_LENGTH:]


class RecordingFailure(Struct, frozen=True):
    """`status` is the event's `Recording Start Failure` or `… End Failure`; `reason` as in it."""

    status: str
    reason: str


class Recording(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One recording, keyed by its session where it has one; it may span several merged streams.

    `has_more_streams` says that it had more than are kept. `s3_prefix` is known when it has ended.
    """

    recording_id: Annotated[str, same]
    stream_ids: Annotated[frozenset[str], union] = EMPTY
    has_more_streams: Annotated[bool, either] = False
    started_at: Annotated[datetime | None, earliest] = None
    ended_at: Annotated[datetime | None, earliest] = None
    failure: Annotated[Stamped[RecordingFailure] | None, latest_stamped] = None
    s3_bucket: Annotated[Stamped[str] | None, latest_stamped] = None
    s3_prefix: Annotated[Stamped[str] | None, latest_stamped] = None
    duration_ms: Annotated[Stamped[Milliseconds] | None, latest_stamped] = None


class Author(Struct, frozen=True, order=True, omit_defaults=True):
    """Who made a call that CloudTrail recorded.

    `arn` is the IAM user or the session of a role, `role_arn` the role behind a session. A caller
    without an ARN, such as a service of AWS, is unknown; `other_name` is what its record calls it.
    """

    arn: str = ""
    role_arn: str = ""
    other_name: str = ""

    @property
    def name(self) -> str:
        """The role of a session, or the name of a user, or `root`.

        A session is named beside its role where the name says which person it is.
        """
        if not self.arn:
            other = f" ({self.other_name})" if self.other_name else ""
            return f"an unknown caller{other}"
        role, session = self._role_and_session
        return f"{role} ({session})" if session else role

    @property
    def short_name(self) -> str:
        """The person behind a session, or else the user, the role or the service."""
        if not self.arn:
            return self.other_name
        name, session = self._role_and_session
        return session or name

    @property
    def is_named(self) -> bool:
        return bool(self.arn or self.other_name)

    @property
    def full_name(self) -> str:
        """The name with the whole ARN behind it, which also names the session."""
        return f"{self._role_and_session[0]} ({self.arn})" if self.arn else self.name

    @property
    def _role_and_session(self) -> tuple[str, str]:
        """The session is empty where it names no person: AWS services and programs choose it."""
        kind, _, path = self.arn.rpartition(":")[2].partition("/")
        if kind != "assumed-role":
            return path.rpartition("/")[2] or kind, ""
        role, _, session = path.rpartition("/")
        if not role:
            return session, ""
        is_person = "@" in session or role.startswith(_IDENTITY_CENTER)
        return role, session if is_person else ""


class TagValue(Struct, frozen=True, order=True, array_like=True):
    """A value that a tag had at a moment: as it was set or removed by a call that CloudTrail
    recorded (`is_attributed`), or as it was listed."""

    at: datetime
    is_attributed: bool
    is_set: bool
    value: str = ""
    author: Author = Author()


class StreamKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stream key of a channel. Never its value.

    `minted_at` is when it was made. `listed_tags` are None until they were ever listed or seen at
    its creation; `tag_changes` as for a resource. `summarised_at` is up to when changes are part of
    `listed_tags`, although no listing contained them.
    """

    arn: Annotated[str, same]
    minted_at: Annotated[datetime | None, earliest] = None
    listed_tags: Annotated[Stamped[dict[str, str]] | None, latest_stamped] = None
    tag_changes: Annotated[Mapping[str, Stamped[str | None]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    summarised_at: Annotated[datetime | None, latest] = None


class OutcomeStatus(StrEnum):
    """What became of an action. Observers are not told of one that was skipped.

    One that is held was not carried out because of a brake (see `brakes`), or not to its end. Its
    reason says what was done all the same. It is decided again.
    """

    DONE = "done"
    NOTHING_TO_DO = "nothing-to-do"
    FAILED = "failed"
    SKIPPED = "skipped"
    HELD = "held"


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What became of a requested action, and why in words.

    `decided_at` says which request of the action it answers.
    """

    status: OutcomeStatus
    reason: str
    decided_at: datetime | None = None


# Never part of a cycle, so the garbage collector can skip thousands of them.
class Resource(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """All that is known of one channel, or of another resource that rules are about.

    Sessions, recordings and stream keys are those of a channel; other resources have none. Of
    sessions that are no longer kept, `earlier_sessions` says when they began, by the end of their
    stream id; `sessions_dropped_until` is the last sign of any of them, and likewise of recordings.
    `last_on_air_at` is until when a stream was known to be on the air. What is kept of
    all this, and for how long, is for `retention` to say.

    `settings` holds the API's own member names (`insecureIngest`, `recordingConfigurationArn`…).
    `listed_tags` is the whole set as last listed; `tag_changes` what was set (a value) or removed
    (None) since. `offline_at` and `unlisted_at` say when the channel was last known *not* to be
    live and *not* to be listed. `key_arn` is the one stream key, None while there is none;
    `stream_keys` what is known of each there was, by its ARN. `is_key_rotated` says since when
    Streamwarden replaces it, or no longer does. `keyed_at` is when a session last
    began, which takes a key, whatever is known of it. `limit_hits` are those of an account, and
    of a channel those whose event names no stream (`Facts.limit_hits_of`); so are `verdicts`.
    `matched_events` are the events that rules ask for, by the key of their event matcher.
    `used_at` and `unused_at` are when sweeps reported that channels use a configuration or policy,
    and that none does. `controls` are what operators have set for a channel, and `account_controls`
    for an account. `creator` made the channel, `key_author` last made or deleted its key, and
    `tag_authors` last set or removed each tag; all three come from CloudTrail only. `tag_history`
    are values that tags had, where a rule reads them.
    """

    arn: Annotated[str, same]
    first_seen_at: Annotated[datetime | None, earliest] = None
    seen_at: Annotated[datetime | None, latest] = None
    deleted_at: Annotated[datetime | None, latest] = None
    unlisted_at: Annotated[datetime | None, latest] = None
    offline_at: Annotated[datetime | None, latest] = None
    listed_at: Annotated[datetime | None, latest] = None
    used_at: Annotated[datetime | None, latest] = None
    unused_at: Annotated[frozenset[datetime], first_and_newest] = EMPTY
    settings: Annotated[Mapping[str, Stamped[Any]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    listed_tags: Annotated[Stamped[dict[str, str]] | None, latest_stamped] = None
    tag_changes: Annotated[Mapping[str, Stamped[str | None]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    tag_authors: Annotated[Mapping[str, Stamped[Author]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    tag_history: Annotated[Mapping[str, frozenset[TagValue]], each_key(union)] = field(
        default_factory=dict
    )
    limit_hits: Annotated[frozenset[LimitHit], newest_by("limit_name")] = EMPTY
    verdicts: Annotated[frozenset[StreamVerdict], newest_by("label")] = EMPTY
    matched_events: Annotated[Mapping[str, frozenset[MatchedEvent]], each_key(newest)] = field(
        default_factory=dict
    )
    creator: Annotated[Stamped[Author] | None, latest_stamped] = None
    key_author: Annotated[Stamped[Author] | None, latest_stamped] = None
    key_arn: Annotated[Stamped[str | None] | None, latest_stamped] = None
    is_key_rotated: Annotated[Stamped[bool] | None, latest_stamped] = None
    keyed_at: Annotated[datetime | None, latest] = None
    last_on_air_at: Annotated[datetime | None, latest] = None
    stream_keys: Annotated[Mapping[str, StreamKey], each_key(merge_fields)] = field(
        default_factory=dict
    )
    sessions_dropped_until: Annotated[datetime | None, latest] = None
    recordings_dropped_until: Annotated[datetime | None, latest] = None
    earlier_sessions: Annotated[Mapping[str, datetime], each_key(earliest)] = field(
        default_factory=dict
    )
    sessions: Annotated[Mapping[str, Session], each_key(merge_fields)] = field(default_factory=dict)
    recordings: Annotated[Mapping[str, Recording], each_key(merge_fields)] = field(
        default_factory=dict
    )
    airtime: Annotated[Airtime, newest_days] = field(default_factory=dict)
    outcomes: Annotated[Mapping[str, Stamped[Outcome]], each_key(latest_stamped)] = field(
        default_factory=dict
    )
    controls: Annotated[ChannelControls | None, merge_parts] = None
    account_controls: Annotated[AccountControls | None, merge_parts] = None

    def outcome_of(self, action_id: str, decided_at: datetime) -> Outcome | None:
        """What became of this request of an action. An outcome of another attempt says nothing."""
        last = self.outcomes.get(action_id)
        return last.value if last and last.value.decided_at == decided_at else None


def merge(state: Resource, observed: Resource) -> Resource:
    """All that both say. Commutative, associative and idempotent."""
    return merge_fields(state, observed)
