"""A channel's time on air: how a session begins, starves, recovers, is taken over and ends.

Each change emits the service events it causes, at the time it is said to happen.
"""

from copy import deepcopy
from dataclasses import asdict
from datetime import datetime
from typing import Any

from simulator.agenda import Happening
from simulator.broadcasting import recordings
from simulator.broadcasting.ingest import Excess, Ingest, excesses, multitrack_refusal
from simulator.channel import describe
from simulator.events.envelopes import DetailType, EventName, envelope
from simulator.realm import Realm
from simulator.resources import Channel, Health, Session


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


def begin(realm: Realm, session: Session, at: datetime) -> None:
    """The key was accepted. What follows depends on what is sent: a stream, or an early end."""
    _announce_state(realm, session, EventName.SESSION_CREATED, at)
    refusal = multitrack_refusal(session.ingest, session.channel)
    if refusal is not None:
        end(realm, session, at, code=refusal)
    elif not _stays_within_quota(realm, at):
        end(realm, session, at)
    else:
        starts_at = at + realm.behaviour.pace.stream_start
        _at(realm, at, starts_at, lambda then: _start(realm, session, then))


def change_ingest(realm: Realm, session: Session, ingest: Ingest, at: datetime) -> None:
    """The encoder sends something else from now on; too much of it ends the stream."""
    session.ingest = ingest
    exceeded = list(excesses(ingest, session.channel))
    for excess in exceeded:
        exceed_limit(realm, session, excess, at)
    if exceeded:
        end(realm, session, at)


def end(realm: Realm, session: Session, at: datetime, code: str | None = None) -> None:
    """The encoder is gone; the stream ends once what it sent is played out."""
    if session.left_at is not None:
        return
    session.left_at = at
    extra = {"code": code} if code else {}
    _announce_state(realm, session, EventName.SESSION_ENDED, at, extra)
    if session.streaming_at is None:
        realm.close(session, at)
        return
    drained_at = at + realm.behaviour.pace.draining
    _at(realm, at, drained_at, lambda then: _stop(realm, session, then))


def fail(realm: Realm, session: Session, reason: str, at: datetime) -> None:
    """IVS had no capacity left to process the stream."""
    _announce_state(realm, session, EventName.STREAM_FAILURE, at, {"reason": reason})
    end(realm, session, at)


def starve(realm: Realm, session: Session, at: datetime) -> None:
    session.health = Health.STARVING
    session.starving_since = at
    _announce_health(realm, session, EventName.STARVATION_START, at)
    patience = realm.behaviour.pace.missing_ingest
    if patience is not None:
        realm.later(at + patience, lambda then: _give_up(realm, session, at, then))


def recover(realm: Realm, session: Session, at: datetime) -> None:
    session.health = Health.HEALTHY
    session.starving_since = None
    _announce_health(realm, session, EventName.STARVATION_END, at)


def exceed_limit(realm: Realm, session: Session, excess: Excess, at: datetime) -> None:
    detail = {
        **_limit(realm, excess),
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }
    realm.announce(session, DetailType.LIMIT_BREACH, excess.limit_name, detail, at)


def exceed_account_limit(realm: Realm, excess: Excess, at: datetime) -> None:
    """Told of the account in the region: such an event has no resource."""
    realm.emit(envelope(realm.postmark(at), DetailType.LIMIT_BREACH, [], _limit(realm, excess)))


def take_over(realm: Realm, session: Session, ingest: Ingest, at: datetime) -> None:
    session.takeovers += 1
    session.ingest = ingest
    _announce_state(realm, session, EventName.STREAM_TAKEOVER, at)


def refuse_takeover(realm: Realm, session: Session, code: str, at: datetime) -> None:
    _announce_state(realm, session, EventName.STREAM_TAKEOVER_FAILURE, at, {"code": code})


def _start(realm: Realm, session: Session, at: datetime) -> None:
    if session.left_at is not None:
        return
    exceeded = list(excesses(session.ingest, session.channel))
    for excess in exceeded:
        exceed_limit(realm, session, excess, at)
    if exceeded:
        end(realm, session, at)
        return
    realm.stream(session, at)
    _announce_state(realm, session, EventName.STREAM_START, at)
    recordings.stream_started(realm, session, at)


def _stop(realm: Realm, session: Session, at: datetime) -> None:
    realm.close(session, at)
    _announce_state(realm, session, EventName.STREAM_END, at)
    recordings.stream_ended(realm, session, at)


def _give_up(realm: Realm, session: Session, silent_since: datetime, at: datetime) -> None:
    """Ends the session if nothing has come since then."""
    if session.starving_since == silent_since:
        end(realm, session, at)


def _stays_within_quota(realm: Realm, at: datetime) -> bool:
    quota = realm.behaviour.quotas.concurrent_streams
    excess = len(realm.connected) - quota
    if excess <= 0:
        return True
    broken = Excess("Concurrent Broadcasts", quota, excess, "active streams")
    exceed_account_limit(realm, broken, at)
    return False


def _at(realm: Realm, now: datetime, due: datetime, happening: Happening) -> None:
    """At once when it is due now, so that whoever looks next finds it done."""
    if due <= now:
        happening(now)
    else:
        realm.later(due, happening)


def _limit(realm: Realm, excess: Excess) -> dict[str, Any]:
    told = asdict(excess)
    name = told.pop("limit_name")
    return {realm.behaviour.limit_name_member: name, **told}


def _announce_state(
    realm: Realm,
    session: Session,
    name: EventName,
    at: datetime,
    extra: dict[str, str] | None = None,
) -> None:
    detail = {**_detail(realm, session, name), **(extra or {})}
    realm.announce(session, DetailType.STREAM_STATE, name, detail, at)


def _announce_health(realm: Realm, session: Session, name: EventName, at: datetime) -> None:
    realm.announce(session, DetailType.STREAM_HEALTH, name, _detail(realm, session, name), at)


def _detail(realm: Realm, session: Session, name: EventName) -> dict[str, str]:
    return {
        "event_name": str(name),
        "channel_name": realm.channel_name(session.channel_arn),
        "stream_id": session.stream_id,
    }
