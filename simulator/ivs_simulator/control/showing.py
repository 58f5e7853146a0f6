"""The world as the control interface shows it; nothing here may carry a stream key's value."""

from datetime import datetime, timedelta
from typing import Any

from ivs_simulator.broadcasting import viewers
from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.control import settings
from ivs_simulator.control.desk import Answer, Desk
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.options import LIFELIKE, PROMPT, Pace
from ivs_simulator.state.resources import Channel, Session


def whole(desk: Desk) -> Answer:
    world = desk.world
    offset = desk.clock.offset if desk.clock is not None else timedelta(0)
    return {
        "now": world.now(),
        "clockOffsetSeconds": offset.total_seconds(),
        "pace": pace_name(world.behaviour.pace),
        "rateLimits": world.rate_limits is not None,
        "chaos": settings.shown(world.chaos),
        "realms": [_realm(each) for each in world.realms()],
        "channels": [
            _channel(r, c, world.now()) for r in world.realms() for c in r.channels.values()
        ],
    }


def on_air(broadcast: Broadcast) -> Answer:
    """A stream that is on air; raises ChannelNotBroadcasting."""
    live = _live(broadcast.session, broadcast.viewer_count)
    return {"channelArn": broadcast.channel_arn, **live}


def whether_live(broadcast: Broadcast) -> Answer:
    """After what may have ended the stream."""
    return {
        "channelArn": broadcast.channel_arn,
        "streamId": broadcast.stream_id,
        # Not while it is only played out.
        "isLive": broadcast.is_live and broadcast.session.left_at is None,
    }


def pace_name(pace: Pace) -> str:
    match pace:
        case _ if pace == PROMPT:
            return "prompt"
        case _ if pace == LIFELIKE:
            return "lifelike"
        case _:
            return "individual"


def _realm(realm: Realm) -> Answer:
    return {
        "account": realm.account,
        "region": realm.region,
        "channels": len(realm.channels),
        "streamKeys": len(realm.stream_keys),
        "streams": len(realm.streaming),
        "recordings": len(realm.recordings),
        "recordingConfigurations": len(realm.recording_configurations),
        "playbackKeyPairs": len(realm.playback_key_pairs),
        "playbackRestrictionPolicies": len(realm.playback_restriction_policies),
        "adConfigurations": len(realm.ad_configurations),
        "failoverSlateConfigurations": len(realm.failover_slate_configurations),
    }


def _channel(realm: Realm, channel: Channel, now: datetime) -> Answer:
    session = realm.on_air(channel.arn)
    encoder = _encoder(realm, channel.arn)
    return {
        "arn": channel.arn,
        "createdAt": channel.created_at,
        "tags": dict(channel.tags),
        **channel.settings,
        "streamKeyArns": [key.arn for key in realm.keys_of(channel.arn)],
        "live": None
        if session is None
        else {**_live(session, viewers.shown(realm, session, now)), **_broadcast(session)},
        "encoder": encoder,
        "encoderReturns": encoder is not None and encoder["returnsAt"] is not None,
        "recording": _recording(realm, channel.arn),
        "sessions": len(realm.history(channel.arn)),
    }


def _live(session: Session, viewer_count: int) -> Answer:
    return {
        "streamId": session.stream_id,
        "startTime": session.started_at,
        "health": str(session.health),
        "viewerCount": viewer_count,
    }


def _broadcast(session: Session) -> Answer:
    """What the API does not say of a live stream, or only in its session."""
    return {
        "isWatchable": session.streaming_at is not None,
        "isEnding": session.left_at is not None,
        "takeovers": session.takeovers,
        "ingest": settings.shown(session.ingest),
    }


def _encoder(realm: Realm, channel_arn: str) -> dict[str, Any] | None:
    encoder = realm.encoders.get(channel_arn)
    if encoder is None:
        return None
    return {
        "reconnects": encoder.reconnects,
        "priority": encoder.priority,
        "attempts": encoder.attempts,
        "returnsAt": encoder.returns_at,
    }


def _recording(realm: Realm, channel_arn: str) -> Answer | None:
    recording = realm.recordings.get(channel_arn)
    if recording is None:
        return None
    return {
        "sessionId": recording.session_id,
        "s3BucketName": recording.place.bucket,
        "s3KeyPrefix": recording.layout.prefix,
        "startedAt": recording.layout.started_at,
        "interruptedAt": recording.interrupted_at,
        "streamIds": list(recording.stream_ids),
    }
