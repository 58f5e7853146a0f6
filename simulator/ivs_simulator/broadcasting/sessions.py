"""A channel's time on air: how a session begins, starves, recovers, is taken over and ends.

Each change emits the service events it causes, at the time it is said to happen.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime

from ivs_simulator.broadcasting import recordings
from ivs_simulator.broadcasting.announcements import (
    tell_account_breach,
    tell_breach,
    tell_health,
    tell_state,
)
from ivs_simulator.broadcasting.ingest_limits import excesses, multitrack_refusal
from ivs_simulator.events.envelopes import EventName
from ivs_simulator.runtime.event_queue import Happening
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.channels import describe
from ivs_simulator.state.ingest import Excess, Ingest
from ivs_simulator.state.resources import Channel, Health, Session

# What becomes of an encoder when IVS, and not who calls, ends its session.
type Cut = Callable[[datetime], None]


def nobody_cut(_: datetime) -> None:
    """The cut of a session without an encoder."""


def opened(
    realm: Realm, channel: Channel, stream_id: str, at: datetime, ingest: Ingest | None = None
) -> Session:
    """A connected session, with the channel as it is now; no event is emitted."""
    recording = realm.recording_configurations.get(channel.settings["recordingConfigurationArn"])
    slate = realm.failover_slate_configurations.get(
        channel.settings["failoverSlateConfigurationArn"]
    )
    session = Session(
        stream_id=stream_id,
        channel_arn=channel.arn,
        started_at=at,
        channel=deepcopy(describe(channel)),
        recording_configuration=recording.described() if recording else None,
        failover_slate_configuration=slate.described() if slate else None,
        ingest=ingest or Ingest(),
    )
    realm.connect(session)
    return session


def begin(realm: Realm, session: Session, at: datetime, cut: Cut = nobody_cut) -> None:
    """The key was accepted. What follows depends on what is sent: a stream, or an early end."""
    tell_state(realm, session, EventName.SESSION_CREATED, at)
    if not _stays_within_quota(realm, at):
        _cut_off(realm, session, at, cut)
    elif _is_acceptable(realm, session, at, cut):
        _start_in_a_while(realm, session, at)


def change_ingest(
    realm: Realm, session: Session, ingest: Ingest, at: datetime, cut: Cut = nobody_cut
) -> None:
    """The encoder sends something else from now on; too much of it ends the stream."""
    session.ingest = ingest
    _is_acceptable(realm, session, at, cut)


def end(realm: Realm, session: Session, at: datetime, code: str | None = None) -> None:
    """The encoder is gone; the stream ends once what it sent is played out."""
    if session.left_at is not None:
        return
    session.left_at = at
    tell_state(realm, session, EventName.SESSION_ENDED, at, {"code": code} if code else None)
    if session.streaming_at is None:
        realm.close(session, at)
        return
    drained_at = at + realm.behaviour.pace.draining
    _at(realm, at, drained_at, lambda then: _stop(realm, session, then))


def fail(realm: Realm, session: Session, reason: str, at: datetime) -> None:
    """IVS had no capacity left to process the stream; `reason` is free text."""
    tell_state(realm, session, EventName.STREAM_FAILURE, at, {"reason": reason})
    end(realm, session, at)


def starve(realm: Realm, session: Session, at: datetime, cut: Cut = nobody_cut) -> None:
    """No data comes; IVS waits for it as long as its pace says. Starving already, it goes on."""
    if session.health is Health.STARVING:
        return
    session.health = Health.STARVING
    session.starving_since = at
    tell_health(realm, session, EventName.STARVATION_START, at)
    patience = realm.behaviour.pace.missing_ingest
    if patience is not None:
        realm.later(at + patience, lambda then: _give_up(realm, session, at, then, cut))


def recover(realm: Realm, session: Session, at: datetime) -> None:
    """Data comes again; what did not starve cannot recover.

    A stream that could not be watched before it starved takes its whole time to start again.
    """
    if session.health is not Health.STARVING:
        return
    session.health = Health.HEALTHY
    session.starving_since = None
    tell_health(realm, session, EventName.STARVATION_END, at)
    if session.streaming_at is None:
        _start_in_a_while(realm, session, at)


def exceed_limit(realm: Realm, session: Session, excess: Excess, at: datetime) -> None:
    tell_breach(realm, session, excess, at)


def exceed_account_limit(realm: Realm, excess: Excess, at: datetime) -> None:
    """Told of the account in the region: such an event has no resource."""
    tell_account_breach(realm, excess, at)


def take_over(
    realm: Realm, session: Session, ingest: Ingest, at: datetime, cut: Cut = nobody_cut
) -> None:
    """The session goes on with another encoder's data; if it was starving, it is no more."""
    session.takeovers += 1
    tell_state(realm, session, EventName.STREAM_TAKEOVER, at)
    recover(realm, session, at)
    change_ingest(realm, session, ingest, at, cut)


def refuse_takeover(realm: Realm, session: Session, code: str, at: datetime) -> None:
    tell_state(realm, session, EventName.STREAM_TAKEOVER_FAILURE, at, {"code": str(code)})


def _start_in_a_while(realm: Realm, session: Session, at: datetime) -> None:
    starts_at = at + realm.behaviour.pace.stream_start
    _at(realm, at, starts_at, lambda then: _start(realm, session, then))


def _start(realm: Realm, session: Session, at: datetime) -> None:
    if session.left_at or session.streaming_at or session.health is Health.STARVING:
        return
    realm.stream(session, at)
    tell_state(realm, session, EventName.STREAM_START, at)
    recordings.stream_started(realm, session, at)


def _stop(realm: Realm, session: Session, at: datetime) -> None:
    realm.close(session, at)
    tell_state(realm, session, EventName.STREAM_END, at)
    recordings.stream_ended(realm, session, at)


def _give_up(
    realm: Realm, session: Session, silent_since: datetime, at: datetime, cut: Cut
) -> None:
    """Ends the session if nothing has come since then."""
    if session.left_at is None and session.starving_since == silent_since:
        _cut_off(realm, session, at, cut)


def _is_acceptable(realm: Realm, session: Session, at: datetime, cut: Cut) -> bool:
    """Whether what is sent may be sent; if not, says why and cuts it off at once."""
    code = multitrack_refusal(session.ingest, session.channel)
    exceeded = list(excesses(session.ingest, session.channel)) if code is None else []
    for excess in exceeded:
        tell_breach(realm, session, excess, at)
    if code is None and not exceeded:
        return True
    _cut_off(realm, session, at, cut, code)
    return False


def _stays_within_quota(realm: Realm, at: datetime) -> bool:
    """Streams being played out count: ListStreams still shows them."""
    quota = realm.behaviour.quotas.concurrent_streams
    excess = len(realm.connected) - quota
    if excess <= 0:
        return True
    tell_account_breach(realm, Excess("Concurrent Broadcasts", quota, excess, "active streams"), at)
    return False


def _cut_off(
    realm: Realm, session: Session, at: datetime, cut: Cut, code: str | None = None
) -> None:
    end(realm, session, at, code)
    cut(at)


def _at(realm: Realm, now: datetime, due: datetime, happening: Happening) -> None:
    """At once when it is due now, so that whoever looks next finds it done."""
    if due <= now:
        happening(now)
    else:
        realm.later(due, happening)
