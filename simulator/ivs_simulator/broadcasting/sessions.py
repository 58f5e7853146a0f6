"""A channel's time on air: how a session begins, starves, recovers, is taken over and ends.

Each change emits the service events it causes, at the time it is said to happen.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from ivs_simulator.broadcasting import recordings
from ivs_simulator.broadcasting.announcements import (
    announce_account_breach,
    announce_breach,
    announce_health,
    announce_state,
)
from ivs_simulator.broadcasting.ingest_limits import excesses, multitrack_refusal
from ivs_simulator.events.envelopes import EventName
from ivs_simulator.runtime.event_queue import ScheduledCallback
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.channels import describe
from ivs_simulator.state.ingest import Excess, Ingest
from ivs_simulator.state.resources import Channel, Health, Session

# What happens to an encoder when IVS, and not the caller, ends its session.
type Cut = Callable[[datetime], None]

_USUAL_INGEST: Final = Ingest()


def no_cut(_: datetime) -> None:
    """The cut of a session without an encoder."""


def open_session(
    account_region: AccountRegion,
    channel: Channel,
    stream_id: str,
    at: datetime,
    ingest: Ingest | None = None,
) -> Session:
    """A connected session, with the channel as it is now; no event is emitted."""
    recording = account_region.recording_configurations.get(
        channel.settings["recordingConfigurationArn"]
    )
    slate = account_region.failover_slate_configurations.get(
        channel.settings["failoverSlateConfigurationArn"]
    )
    session = Session(
        stream_id=stream_id,
        channel_arn=channel.arn,
        started_at=at,
        channel=describe(channel),
        recording_configuration=recording.described() if recording else None,
        failover_slate_configuration=slate.described() if slate else None,
        ingest=ingest or _USUAL_INGEST,
    )
    account_region.connect(session)
    return session


def begin(account_region: AccountRegion, session: Session, at: datetime, cut: Cut = no_cut) -> None:
    """The key was accepted. What follows depends on what is sent: a stream, or an early end."""
    announce_state(account_region, session, EventName.SESSION_CREATED, at)
    if not _stays_within_quota(account_region, at):
        _cut_off(account_region, session, at, cut)
    elif _is_acceptable(account_region, session, at, cut):
        _start_in_a_while(account_region, session, at)


def change_ingest(
    account_region: AccountRegion, session: Session, ingest: Ingest, at: datetime, cut: Cut = no_cut
) -> None:
    """The encoder sends something else from now on; too much of it ends the stream."""
    session.ingest = ingest
    _is_acceptable(account_region, session, at, cut)


def end(
    account_region: AccountRegion, session: Session, at: datetime, code: str | None = None
) -> None:
    """The encoder is gone; the stream ends once what it sent is played out."""
    if session.left_at is not None:
        return
    session.left_at = at
    announce_state(
        account_region, session, EventName.SESSION_ENDED, at, {"code": code} if code else None
    )
    if session.streaming_at is None:
        account_region.close(session, at)
        return
    drained_at = at + account_region.options.latencies.draining
    _at(account_region, at, drained_at, lambda then: _stop(account_region, session, then))


def fail(account_region: AccountRegion, session: Session, reason: str, at: datetime) -> None:
    """IVS had no capacity left to process the stream; `reason` is free text."""
    announce_state(account_region, session, EventName.STREAM_FAILURE, at, {"reason": reason})
    end(account_region, session, at)


def starve(
    account_region: AccountRegion, session: Session, at: datetime, cut: Cut = no_cut
) -> None:
    """No data comes; IVS waits as long as `latencies` say. If it starves already, it goes on."""
    if session.health is Health.STARVING:
        return
    session.health = Health.STARVING
    session.starving_since = at
    recordings.stream_silent(account_region, session, at)
    announce_health(account_region, session, EventName.STARVATION_START, at)
    patience = account_region.options.latencies.missing_ingest
    if patience is not None:
        account_region.later(
            at + patience, lambda then: _give_up(account_region, session, at, then, cut)
        )


def recover(account_region: AccountRegion, session: Session, at: datetime) -> None:
    """Data comes again; a session that does not starve does not change.

    A stream that could not be watched before it starved takes its whole time to start again.
    """
    if session.health is not Health.STARVING:
        return
    session.health = Health.HEALTHY
    session.starving_since = None
    recordings.stream_heard(account_region, session, at)
    announce_health(account_region, session, EventName.STARVATION_END, at)
    if session.streaming_at is None:
        _start_in_a_while(account_region, session, at)


def exceed_limit(
    account_region: AccountRegion, session: Session, excess: Excess, at: datetime
) -> None:
    announce_breach(account_region, session, excess, at)


def exceed_account_limit(account_region: AccountRegion, excess: Excess, at: datetime) -> None:
    """About the account in the region: such an event has no resource."""
    announce_account_breach(account_region, excess, at)


def take_over(
    account_region: AccountRegion, session: Session, ingest: Ingest, at: datetime, cut: Cut = no_cut
) -> None:
    """The session goes on with another encoder's data; if it was starving, it is no more."""
    session.takeovers += 1
    announce_state(account_region, session, EventName.STREAM_TAKEOVER, at)
    recover(account_region, session, at)
    change_ingest(account_region, session, ingest, at, cut)


def refuse_takeover(
    account_region: AccountRegion, session: Session, code: str, at: datetime
) -> None:
    announce_state(
        account_region, session, EventName.STREAM_TAKEOVER_FAILURE, at, {"code": str(code)}
    )


def _start_in_a_while(account_region: AccountRegion, session: Session, at: datetime) -> None:
    starts_at = at + account_region.options.latencies.stream_start
    _at(account_region, at, starts_at, lambda then: _start(account_region, session, then))


def _start(account_region: AccountRegion, session: Session, at: datetime) -> None:
    if session.left_at or session.streaming_at or session.health is Health.STARVING:
        return
    account_region.stream(session, at)
    announce_state(account_region, session, EventName.STREAM_START, at)
    recordings.stream_started(account_region, session, at)


def _stop(account_region: AccountRegion, session: Session, at: datetime) -> None:
    account_region.close(session, at)
    announce_state(account_region, session, EventName.STREAM_END, at)
    recordings.stream_ended(account_region, session, at)


def _give_up(
    account_region: AccountRegion, session: Session, silent_since: datetime, at: datetime, cut: Cut
) -> None:
    """Ends the session if nothing has come since then."""
    if session.left_at is None and session.starving_since == silent_since:
        _cut_off(account_region, session, at, cut)


def _is_acceptable(account_region: AccountRegion, session: Session, at: datetime, cut: Cut) -> bool:
    """Whether what is sent may be sent; if not, says why and cuts it off at once."""
    code = multitrack_refusal(session.ingest, session.channel)
    exceeded = list(excesses(session.ingest, session.channel)) if code is None else []
    for excess in exceeded:
        announce_breach(account_region, session, excess, at)
    if code is None and not exceeded:
        return True
    _cut_off(account_region, session, at, cut, code)
    return False


def _stays_within_quota(account_region: AccountRegion, at: datetime) -> bool:
    """Streams being played out count: ListStreams still shows them."""
    quota = account_region.options.quotas.concurrent_streams
    excess = len(account_region.connected) - quota
    if excess <= 0:
        return True
    announce_account_breach(
        account_region, Excess("Concurrent Broadcasts", quota, excess, "active streams"), at
    )
    return False


def _cut_off(
    account_region: AccountRegion, session: Session, at: datetime, cut: Cut, code: str | None = None
) -> None:
    end(account_region, session, at, code)
    cut(at)


def _at(
    account_region: AccountRegion, now: datetime, due: datetime, callback: ScheduledCallback
) -> None:
    """At once when it is due now, so that the next look finds it done."""
    if due <= now:
        callback(now)
    else:
        account_region.later(due, callback)
