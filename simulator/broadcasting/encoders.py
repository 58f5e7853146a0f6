"""Broadcasters' software at the other end of a stream key: it connects, takes over, comes back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from simulator.api.errors import StreamKeyRefused
from simulator.broadcasting import sessions
from simulator.broadcasting.ingest import Ingest
from simulator.realm import Realm
from simulator.resources import Encoder, Session, StreamKey

# As OBS Studio does by default: every try waits longer than the one before, then it gives up.
_FIRST_RETRY = timedelta(seconds=2)
_RETRY_GROWTH = 1.5
_MAXIMUM_RETRIES = 25


class ChannelTaken(StreamKeyRefused):
    """The key is right, but another encoder is connected: worth another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an encoder connects. The priority is what it appends to its key to take over."""

    key_value: str
    ingest: Ingest = field(default_factory=Ingest)
    reconnects: bool = False
    priority: int | None = None
    stream_id: str | None = None


def connect(realms: Iterable[Realm], attempt: Attempt, at: datetime) -> tuple[Realm, Session]:
    """Lets an encoder in by its key, or raises StreamKeyRefused."""
    for realm in realms:
        key = realm.stream_keys.with_value(attempt.key_value)
        if key is not None:
            return realm, _admit(realm, key, attempt, at)
    raise StreamKeyRefused("no channel has this stream key")


def thrown_off(realm: Realm, channel_arn: str, at: datetime) -> None:
    """The connection was cut: the encoder tries again by itself, or is gone."""
    encoder = realm.encoders.get(channel_arn)
    if encoder is None:
        return
    if encoder.reconnects:
        _try_later(realm, encoder, at)
    else:
        del realm.encoders[channel_arn]


def come_back(realm: Realm, encoder: Encoder, at: datetime) -> Session | None:
    """One attempt; given up for good once the key is gone."""
    if realm.encoders.get(encoder.channel_arn) is not encoder or encoder.returns_at is None:
        return None
    encoder.returns_at = None
    attempt = Attempt(
        key_value=encoder.key_value,
        ingest=encoder.ingest,
        reconnects=True,
        priority=encoder.priority,
    )
    try:
        return connect([realm], attempt, at)[1]
    except ChannelTaken:
        _try_later(realm, encoder, at)
    except StreamKeyRefused:
        del realm.encoders[encoder.channel_arn]
    return None


def _admit(realm: Realm, key: StreamKey, attempt: Attempt, at: datetime) -> Session:
    channel = realm.channel(key.channel_arn)
    current = realm.on_air(channel.arn)
    if current is not None:
        return _take_over(realm, current, attempt, at)
    stream_id = attempt.stream_id or realm.identifiers.stream()
    session = sessions.opened(realm, channel, stream_id, at, attempt.ingest)
    _seat(realm, channel.arn, attempt)
    sessions.begin(realm, session, at)
    if session.left_at is not None:
        thrown_off(realm, channel.arn, at)
    return session


def _take_over(realm: Realm, session: Session, attempt: Attempt, at: datetime) -> Session:
    """The session goes on with the new encoder's stream if its priority is the higher one."""
    if attempt.priority is None or session.left_at is not None or session.streaming_at is None:
        raise ChannelTaken(f"already live: {session.channel_arn}")
    code = _takeover_refusal(realm, session, attempt)
    if code is not None:
        sessions.refuse_takeover(realm, session, code, at)
        raise StreamKeyRefused(f"takeover refused ({code}): {session.channel_arn}")
    _seat(realm, session.channel_arn, attempt)
    sessions.take_over(realm, session, attempt.ingest, at)
    return session


def _takeover_refusal(realm: Realm, session: Session, attempt: Attempt) -> str | None:
    holder = realm.encoders.get(session.channel_arn)
    held = holder.priority if holder is not None else None
    if (attempt.priority or 0) <= (held or 0):
        return "StreamTakeoverInvalidPriority"
    if not attempt.ingest.has_media_of(session.ingest):
        return "StreamTakeoverMediaMismatch"
    if session.takeovers >= realm.behaviour.quotas.takeovers_per_stream:
        return "StreamTakeoverLimitBreached"
    return None


def _seat(realm: Realm, channel_arn: str, attempt: Attempt) -> None:
    realm.encoders[channel_arn] = Encoder(
        channel_arn=channel_arn,
        reconnects=attempt.reconnects,
        ingest=attempt.ingest,
        key_value=attempt.key_value,
        priority=attempt.priority,
    )


def _try_later(realm: Realm, encoder: Encoder, at: datetime) -> None:
    if encoder.attempts >= _MAXIMUM_RETRIES:
        del realm.encoders[encoder.channel_arn]
        return
    due = at + _FIRST_RETRY * _RETRY_GROWTH**encoder.attempts
    encoder.attempts += 1
    encoder.returns_at = due
    realm.later(due, lambda then: _return_if_due(realm, encoder, due, then))


def _return_if_due(realm: Realm, encoder: Encoder, due: datetime, at: datetime) -> None:
    if encoder.returns_at == due:
        come_back(realm, encoder, at)
