"""Conclusions drawn from what is known of a channel: what rules and selectors look at.

All of it is derived, at the moment it is asked for, so that observations can arrive in any order.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from msgspec import Struct

from streamwarden.domain.arn import ResourceType, parse_arn, resource_type_of
from streamwarden.domain.ivs import filled_tags
from streamwarden.domain.state.airtime import Airtime, before
from streamwarden.domain.state.document import document_of
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.orders import NO_ORDERS, Orders, Quarantine
from streamwarden.domain.state.resource import (
    LimitHit,
    Recording,
    Resource,
    Session,
    StreamKey,
    StreamVerdict,
    end_of_id,
)
from streamwarden.domain.state.stream_keys import shortened

# IVS still lists a stream for some seconds after its end (`Session Ended` before `Stream End`).
DRAINED_AFTER: Final = timedelta(minutes=5)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Facts(Struct, frozen=True, dict=True):
    """What can be said of one channel, given everything known of it.

    `orders` are what is done to it apart from breaches.
    """

    state: Resource
    orders: Orders = NO_ORDERS

    @property
    def arn(self) -> str:
        return self.state.arn

    @cached_property
    def resource_type(self) -> ResourceType:
        return resource_type_of(self.arn) or ResourceType.OTHER

    @cached_property
    def place(self) -> Mapping[str, str]:
        """Where the channel is, by the words of `match`: arn, region, account."""
        arn = parse_arn(self.arn)
        return {"arn": self.arn, "region": arn.region, "account": arn.account}

    @cached_property
    def is_gone(self) -> bool:
        """The channel was deleted, or is no longer listed. ARNs are not used again."""
        unlisted, seen = self.state.unlisted_at, self.state.seen_at
        return self.state.deleted_at is not None or (
            unlisted is not None and (seen is None or unlisted >= seen)
        )

    @property
    def are_settings_known(self) -> bool:
        """Whether the channel's whole settings were ever listed or seen at its creation."""
        return self.state.listed_at is not None

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        return {name: stamped.value for name, stamped in self.state.settings.items()}

    @cached_property
    def name(self) -> str:
        return str(self.settings.get("name", ""))

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """The last listed tags, with changes since applied."""
        return tags_of(self.state.listed_tags, self.state.tag_changes)

    @cached_property
    def filled_tags(self) -> Mapping[str, str]:
        return filled_tags(self.tags)

    @cached_property
    def tags_known_at(self) -> datetime | None:
        """When the tags were last listed or changed."""
        return _tags_known_at(self.state.listed_tags, self.state.tag_changes)

    @cached_property
    def session(self) -> Session | None:
        """The session that is going on now, on the air or about to be; None when idle.

        A channel has one session at a time, so all but the newest are over, whether or not
        their end event ever arrived. A session known by its end alone says nothing of others.
        """
        begun = [
            each
            for each in self.state.sessions.values()
            if each.created_at or each.on_air_at or each.last_seen_at
        ]
        newest = max(begun, key=_session_order) if len(begun) > 1 else next(iter(begun), None)
        return newest if newest is not None and not self._is_over(newest) else None

    @cached_property
    def live(self) -> Session | None:
        """The session that is on the air now."""
        session = self.session
        return session if session and session.on_air_at else None

    @property
    def last_ended_at(self) -> datetime | None:
        """When a session last ended, of those that are kept."""
        ends = (each.last_ended_at for each in self.state.sessions.values())
        return max((at for at in ends if at is not None), default=None)

    @cached_property
    def aired_before(self) -> Airtime:
        """When the channel was on the air, without what is on the air now."""
        live, airtime = self.live, self.state.airtime
        if not airtime or live is None or live.on_air_at is None:
            return airtime
        return before(airtime, live.on_air_at)

    def _is_over(self, session: Session) -> bool:
        offline, seen = self.state.offline_at, session.last_seen_at
        if offline is not None and (seen is None or offline >= seen):
            return True
        ended_at = session.last_ended_at
        if ended_at is None:
            return False
        # Seen long after its end, it never ended; a moment after, it is only being drained.
        return seen is None or seen <= ended_at + DRAINED_AFTER

    def limit_hits_of(self, session: Session) -> frozenset[LimitHit]:
        """How a session exceeded limits, also where the event names no stream."""
        return self._with_unnamed(session, session.limit_hits, self.state.limit_hits)

    def verdicts_of(self, session: Session) -> frozenset[StreamVerdict]:
        """What was said of a session from outside, also where the event names no stream."""
        return self._with_unnamed(session, session.verdicts, self.state.verdicts)

    def _with_unnamed[T: (LimitHit, StreamVerdict)](
        self, session: Session, named: frozenset[T], unnamed: frozenset[T]
    ) -> frozenset[T]:
        """An event that names no stream concerns the one that was live then."""
        if not unnamed:
            return named
        return named | {each for each in unnamed if self._was_live(session, each.at)}

    def _was_live(self, session: Session, moment: datetime) -> bool:
        """Whether it was the last session to begin by then, and was not over long before."""
        begun_at = session.created_at or session.on_air_at
        last = max((at for at in self.session_starts if at <= moment), default=None)
        if begun_at is None or begun_at != last:
            return False
        ended_at, offline_at = session.last_ended_at, self.state.offline_at
        if offline_at is not None and (session.last_seen_at or begun_at) <= offline_at <= moment:
            return False
        return ended_at is None or moment <= ended_at + DRAINED_AFTER

    @property
    def stalled_since(self) -> datetime | None:
        """When the ingest of the live session stopped delivering; None while it delivers."""
        live = self.live
        if live is None:
            return None
        recovered = live.recovered_at or _LONG_AGO
        # A stall begins after delivery: of several, whose ends were lost, the last one counts.
        if live.stalled_at is not None and live.stalled_at > recovered:
            return live.stalled_at
        return min((at for at in live.listed_stalled if at > recovered), default=None)

    @property
    def unwatched_since(self) -> datetime | None:
        """Since when nobody watches the live session; None while somebody does, or none can say.

        Sweeps report that somebody watches only when that changes, so the last such report says
        nothing of how long they stayed: what counts is the first reading after it of nobody.
        """
        live = self.live
        if live is None:
            return None
        watched = live.watched_at or _LONG_AGO
        return min((at for at in live.unwatched if at > watched), default=None)

    @property
    def unused_since(self) -> datetime | None:
        """Since when no channel uses a configuration or policy; None while one does, or unknown.

        Sweeps report only differences, as with viewers.
        """
        used = self.state.used_at or _LONG_AGO
        return min((at for at in self.state.unused_at if at > used), default=None)

    @cached_property
    def session_starts(self) -> tuple[datetime, ...]:
        """When sessions began, also those that are no longer kept, oldest first."""
        sessions = self.state.sessions
        kept = [each.created_at or each.on_air_at for each in sessions.values()]
        ends = {end_of_id(stream_id) for stream_id in sessions}
        earlier = [at for key, at in self.state.earlier_sessions.items() if key not in ends]
        return tuple(sorted([*earlier, *(at for at in kept if at is not None)]))

    @cached_property
    def recordings(self) -> tuple[Recording, ...]:
        """Oldest first."""
        return tuple(sorted(self.state.recordings.values(), key=_recording_order))

    @property
    def has_no_key(self) -> bool:
        """The channel is known to be without a stream key."""
        return self.state.key_arn is not None and self.state.key_arn.value is None

    @property
    def quarantine(self) -> Quarantine | None:
        """The quarantine that keeps the channel off the air now."""
        return self.orders.quarantine

    @property
    def released_at(self) -> datetime | None:
        """Since when the channel is to get a new stream key, after a quarantine."""
        return self.orders.release.at if self.orders.release else None

    @property
    def rotation_begun_at(self) -> datetime | None:
        """When Streamwarden began to replace the stream key; None if it does not replace it now."""
        rotation = self.state.is_key_rotated
        return rotation.at if rotation is not None and rotation.value else None

    @cached_property
    def key_minted_at(self) -> datetime | None:
        """When the stream key was made; from first seen where that is unknown.

        IVS has no creation date on stream keys (API Reference, StreamKey), so the age of a key
        that nobody saw being made counts from when its channel was first seen.
        """
        key = self.stream_key
        return key.minted_at if key and key.minted_at else self.state.first_seen_at

    @property
    def stream_key(self) -> StreamKey | None:
        """The channel's stream key; None while it has none, or nothing is known of it."""
        arn = self.state.key_arn.value if self.state.key_arn else None
        return self.state.stream_keys.get(arn or "")

    @cached_property
    def stream_key_tags(self) -> Mapping[str, str] | None:
        """The tags of the stream key; None until they were listed or its creation was seen."""
        key = self.stream_key
        if key is None or key.listed_tags is None:
            return None
        return key_tags_of(key.listed_tags, key.tag_changes)

    @property
    def are_stream_key_tags_whole(self) -> bool:
        """Whether no sweep has to list the tags of the stream key."""
        key = self.stream_key
        if key is None or key.listed_tags is None:
            return self.has_no_key
        return key.summarised_at is None or key.summarised_at < key.listed_tags.at

    @property
    def stream_key_tags_known_at(self) -> datetime | None:
        """When the tags of the stream key were last listed or changed."""
        key = self.stream_key
        return _tags_known_at(key.listed_tags, key.tag_changes) if key else None

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """What `when` and `unless` expressions see."""
        return document_of(self)


def is_since(change: Stamped[str | None], listed: Stamped[dict[str, str]] | None) -> bool:
    """Whether a change counts beside a listing.

    CloudTrail knows whole seconds, so in the second of the listing the change counts.
    """
    return listed is None or change.at >= listed.at.replace(microsecond=0)


def tags_of(
    listed: Stamped[dict[str, str]] | None, changes: Mapping[str, Stamped[str | None]]
) -> Mapping[str, str]:
    if listed and not changes:
        return dict(sorted(listed.value.items()))
    tags = dict(listed.value) if listed else {}
    for key, change in changes.items():
        if not is_since(change, listed):
            continue
        if change.value is None:
            tags.pop(key, None)
        else:
            tags[key] = change.value
    return dict(sorted(tags.items()))


def key_tags_of(
    listed: Stamped[dict[str, str]], changes: Mapping[str, Stamped[str | None]]
) -> Mapping[str, str]:
    """The same of a stream key, of which what was listed may be shortened."""
    changed = {shortened(key) for key, change in changes.items() if is_since(change, listed)}
    others = {key: value for key, value in listed.value.items() if key not in changed}
    return tags_of(Stamped(others, listed.at), changes)


def _tags_known_at(
    listed: Stamped[dict[str, str]] | None, changes: Mapping[str, Stamped[str | None]]
) -> datetime | None:
    moments = [change.at for change in changes.values()]
    return max([*moments, listed.at] if listed else moments, default=None)


def _first_moment(moments: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in moments if at is not None), default=None)


def _begun_at(session: Session) -> datetime | None:
    return _first_moment((session.created_at, session.on_air_at, session.last_seen_at))


def _session_order(session: Session) -> tuple[datetime, str]:
    """The newest is the one last seen: no attempt that came to naught shadows what is listed."""
    return session.last_seen_at or _begun_at(session) or _LONG_AGO, session.stream_id


def _recording_order(recording: Recording) -> tuple[datetime, str]:
    failed_at = recording.failure.at if recording.failure else None
    moments = (recording.started_at, recording.ended_at, failed_at)
    return _first_moment(moments) or _LONG_AGO, recording.recording_id
