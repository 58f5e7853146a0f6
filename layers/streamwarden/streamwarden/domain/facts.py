"""Conclusions drawn from what is known of a channel: what rules and selectors look at.

All of it is derived, at the moment it is asked for, so that knowledge can arrive in any order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from streamwarden.domain.arn import parse_arn
from streamwarden.domain.channel import Channel, Recording, Session, StreamKey


@dataclass(frozen=True)
class Facts:
    """What can be said of one channel, given everything known of it."""

    known: Channel

    @property
    def arn(self) -> str:
        return self.known.arn

    @cached_property
    def is_gone(self) -> bool:
        """The channel was deleted, or is no longer listed."""
        gone, seen = self.known.gone_at, self.known.seen_at
        return gone is not None and (seen is None or gone >= seen)

    @property
    def are_settings_known(self) -> bool:
        """Whether the channel's whole settings were ever listed or seen at its creation."""
        return self.known.listed_at is not None

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        return {name: stamped.value for name, stamped in self.known.settings.items()}

    @cached_property
    def name(self) -> str:
        return str(self.settings.get("name", ""))

    @cached_property
    def tags(self) -> Mapping[str, str]:
        """The last listed tags, with later changes applied."""
        listed = self.known.listed_tags
        tags = dict(listed.value) if listed else {}
        for key, change in self.known.tag_changes.items():
            if listed is not None and change.at <= listed.at:
                continue
            if change.value is None:
                tags.pop(key, None)
            else:
                tags[key] = change.value
        return dict(sorted(tags.items()))

    @cached_property
    def session(self) -> Session | None:
        """The session that is going on now, on the air or about to be; None when idle.

        A channel has one session at a time, so all but the newest are over, whether or not
        their end event ever arrived.
        """
        newest = max(self.known.sessions.values(), key=_session_order, default=None)
        return newest if newest is not None and not self._is_over(newest) else None

    @property
    def live(self) -> Session | None:
        """The session that is on the air now."""
        session = self.session
        return session if session and session.on_air_at else None

    def _is_over(self, session: Session) -> bool:
        offline, seen = self.known.offline_at, session.last_seen_at
        return session.ended_at is not None or (
            offline is not None and (seen is None or offline >= seen)
        )

    @property
    def stalled_since(self) -> datetime | None:
        """When the ingest of the live session stopped delivering; None while it delivers."""
        if self.live is None:
            return None
        recovered = self.live.recovered_at
        return min(
            (at for at in self.live.stalls if recovered is None or at > recovered), default=None
        )

    @cached_property
    def recordings(self) -> tuple[Recording, ...]:
        """Oldest first."""
        return tuple(sorted(self.known.recordings.values(), key=_recording_order))

    @property
    def key(self) -> StreamKey | None:
        return self.known.key.value if self.known.key else None

    @property
    def key_minted_at(self) -> datetime | None:
        """When the stream key was made; from first seen where that is unknown.

        IVS has no creation date on stream keys (API Reference, StreamKey), so the age of a key
        that nobody saw being made counts from when its channel was first seen.
        """
        if self.key is not None and self.key.minted_at is not None:
            return self.key.minted_at
        return self.known.first_seen_at

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """What `when` and `unless` expressions see: {channel, session, account}."""
        arn = parse_arn(self.arn)
        return {
            "channel": {
                **self.settings,
                "arn": self.arn,
                "id": arn.resource_id,
                "name": self.name,
                "region": arn.region,
                "tags": self.tags,
            },
            "session": _session_document(self.session),
            "account": {"id": arn.account, "region": arn.region},
        }


def _session_document(session: Session | None) -> Mapping[str, Any] | None:
    if session is None:
        return None
    return {
        "stream_id": session.stream_id,
        "on_air": session.on_air_at is not None,
        "on_air_at": session.on_air_at.isoformat() if session.on_air_at else None,
        "takeovers": len(session.takeovers),
        "limit_hits": sorted({hit.limit_name for hit in session.limit_hits}),
    }


def _first_moment(moments: Iterable[datetime | None]) -> str:
    return min((at.isoformat() for at in moments if at is not None), default="")


def _session_order(session: Session) -> tuple[str, str]:
    moments = (session.created_at, session.on_air_at, session.last_seen_at, session.ended_at)
    return _first_moment(moments), session.stream_id


def _recording_order(recording: Recording) -> tuple[str, str]:
    failed_at = recording.failure.at if recording.failure else None
    moments = (recording.started_at, recording.ended_at, failed_at)
    return _first_moment(moments), recording.recording_id
