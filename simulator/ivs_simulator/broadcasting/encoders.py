"""Broadcasters' software at the other end of a stream key: it connects, takes over, comes back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from ivs_simulator.broadcasting import seats, sessions, takeovers
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.ingest import Ingest
from ivs_simulator.state.resources import Encoder, Session
from ivs_simulator.wire.errors import StreamKeyRefused

# As OBS Studio does by default: every try waits longer than the one before, then it gives up.
_FIRST_RETRY = timedelta(seconds=2)
_RETRY_GROWTH = 1.5
_MAXIMUM_RETRIES = 25


class ChannelTaken(StreamKeyRefused):
    """The key is right, but another session stands: worth another try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How an encoder connects. The priority is what it appends to its key to take over."""

    key_value: str = field(repr=False)
    ingest: Ingest = field(default_factory=Ingest)
    reconnects: bool = False
    priority: int | None = None
    stream_id: str | None = None


def connect(
    account_regions: Iterable[AccountRegion], attempt: Attempt, at: datetime
) -> tuple[AccountRegion, Session]:
    """Lets an encoder in by its key, or raises StreamKeyRefused.

    An encoder that is refused here was never connected, and does not try again by itself.
    """
    for account_region in account_regions:
        key = account_region.stream_keys.with_value(attempt.key_value)
        if key is not None:
            encoder = Encoder(
                channel_arn=key.channel_arn,
                reconnects=attempt.reconnects,
                ingest=attempt.ingest,
                key_value=attempt.key_value,
                priority=attempt.priority,
            )
            return account_region, _admit(account_region, encoder, attempt.stream_id, at)
    raise StreamKeyRefused("no channel has this stream key")


def thrown_off(account_region: AccountRegion, channel_arn: str, at: datetime) -> None:
    """The connection was cut: the encoder tries again by itself, or is gone.

    One that is away already goes on as it was. Only a stream that could be watched counts as a
    success: who is let in and cut off again and again gives up like who is not let in at all.
    """
    encoder = account_region.encoders.get(channel_arn)
    if encoder is None or encoder.returns_at is not None:
        return
    if account_region.history(channel_arn)[-1].streaming_at is not None:
        encoder.attempts = 0
    if encoder.reconnects:
        _try_later(account_region, encoder, at)
    else:
        seats.forget(account_region, encoder)


def lost(account_region: AccountRegion, channel_arn: str, at: datetime) -> None:
    """The connection broke unnoticed by IVS: the encoder tries while its old session stands."""
    encoder = account_region.encoders.get(channel_arn)
    if encoder is not None and encoder.reconnects:
        thrown_off(account_region, channel_arn, at)


def found_again(account_region: AccountRegion, channel_arn: str) -> None:
    """The connection that was lost carries data again: there is nothing to come back to."""
    encoder = account_region.encoders.get(channel_arn)
    if encoder is not None:
        encoder.returns_at = None


def sends(account_region: AccountRegion, channel_arn: str, ingest: Ingest) -> None:
    """What the encoder sends is set up in it: it sends the same when it comes back."""
    encoder = account_region.encoders.get(channel_arn)
    if encoder is not None:
        encoder.ingest = ingest


def switched_off(account_region: AccountRegion, channel_arn: str) -> None:
    """The broadcaster switched it off: this encoder does not come back."""
    encoder = account_region.encoders.pop(channel_arn, None)
    if encoder is not None:
        encoder.returns_at = None


def cut(account_region: AccountRegion, channel_arn: str) -> sessions.Cut:
    """What follows for the channel's encoder when IVS ends its session."""
    return partial(thrown_off, account_region, channel_arn)


def come_back(account_region: AccountRegion, encoder: Encoder, at: datetime) -> Session | None:
    """One attempt; given up for good once the key is gone. None unless it is let in to stay."""
    if encoder.returns_at is None:
        return None
    encoder.returns_at = None
    if account_region.stream_keys.with_value(encoder.key_value) is None:
        seats.forget(account_region, encoder)
        return None
    try:
        session = _admit(account_region, encoder, None, at)
    except ChannelTaken:
        _try_later(account_region, encoder, at)
        return None
    seats.stop_waiting(account_region, encoder)
    return session if session.left_at is None else None


def _admit(
    account_region: AccountRegion, encoder: Encoder, stream_id: str | None, at: datetime
) -> Session:
    current = account_region.on_air(encoder.channel_arn)
    if current is not None:
        return _take_over(account_region, current, encoder, at)
    if encoder.priority is not None and not takeovers.is_priority(encoder.priority):
        raise StreamKeyRefused(f"{encoder.priority} is no priority: {encoder.channel_arn}")
    channel = account_region.channel(encoder.channel_arn)
    stream_id = stream_id or account_region.identifiers.stream()
    session = sessions.open_session(account_region, channel, stream_id, at, encoder.ingest)
    seats.take(account_region, encoder)
    sessions.begin(account_region, session, at, cut(account_region, channel.arn))
    return session


def _take_over(
    account_region: AccountRegion, session: Session, encoder: Encoder, at: datetime
) -> Session:
    """The session goes on with the new encoder's stream if its priority is the higher one.

    The one that loses its seat tries again like any that is cut off. With a priority of its own
    each try is one more takeover that fails and has its event, until it gives up or gets in again,
    the winner having left.
    """
    if encoder.priority is None or session.left_at is not None or session.streaming_at is None:
        raise ChannelTaken(f"already live: {session.channel_arn}")
    holder = account_region.encoders.get(session.channel_arn)
    code = takeovers.refusal(
        session,
        encoder.ingest,
        encoder.priority,
        held=None if holder is None else holder.priority,
        limit=account_region.options.quotas.takeovers_per_stream,
    )
    if code is not None:
        sessions.refuse_takeover(account_region, session, code, at)
        raise ChannelTaken(f"takeover refused ({code}): {session.channel_arn}")
    thrown_off(account_region, session.channel_arn, at)
    seats.take(account_region, encoder)
    sessions.take_over(
        account_region, session, encoder.ingest, at, cut(account_region, session.channel_arn)
    )
    return session


def _try_later(account_region: AccountRegion, encoder: Encoder, at: datetime) -> None:
    if encoder.attempts >= _MAXIMUM_RETRIES:
        seats.forget(account_region, encoder)
        return
    due = at + _FIRST_RETRY * _RETRY_GROWTH**encoder.attempts
    encoder.attempts += 1
    encoder.returns_at = due
    account_region.later(due, lambda then: _return_if_due(account_region, encoder, due, then))


def _return_if_due(
    account_region: AccountRegion, encoder: Encoder, due: datetime, at: datetime
) -> None:
    if encoder.returns_at == due:
        come_back(account_region, encoder, at)
