"""The world as the control interface shows it; nothing here may carry a stream key's value."""

from datetime import datetime, timedelta
from typing import Any

from ivs_simulator.broadcasting import viewers
from ivs_simulator.broadcasting.broadcast import Broadcast
from ivs_simulator.control import settings
from ivs_simulator.control.context import Answer, ControlContext
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.options import INSTANT, REALISTIC, Latencies
from ivs_simulator.state.resources import Channel, Session


def whole(context: ControlContext) -> Answer:
    world = context.world
    offset = context.clock.offset if context.clock is not None else timedelta(0)
    return {
        "now": world.now(),
        "clockOffsetSeconds": offset.total_seconds(),
        "latencies": latencies_name(world.options.latencies),
        "rateLimits": world.rate_limits is not None,
        "chaos": settings.shown(world.chaos),
        "accountRegions": [_account_region(each) for each in world.account_regions()],
        "channels": [
            _channel(r, c, world.now())
            for r in world.account_regions()
            for c in r.channels.values()
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


def latencies_name(latencies: Latencies) -> str:
    match latencies:
        case _ if latencies == INSTANT:
            return "instant"
        case _ if latencies == REALISTIC:
            return "realistic"
        case _:
            return "individual"


def _account_region(account_region: AccountRegion) -> Answer:
    return {
        "account": account_region.account,
        "region": account_region.region,
        "channels": len(account_region.channels),
        "streamKeys": len(account_region.stream_keys),
        "streams": len(account_region.streaming),
        "recordings": len(account_region.recordings),
        "recordingConfigurations": len(account_region.recording_configurations),
        "playbackKeyPairs": len(account_region.playback_key_pairs),
        "playbackRestrictionPolicies": len(account_region.playback_restriction_policies),
        "adConfigurations": len(account_region.ad_configurations),
        "failoverSlateConfigurations": len(account_region.failover_slate_configurations),
        **{_plural(kind): len(held) for kind, held in account_region.real_time.items()},
    }


def _plural(kind: str) -> str:
    """`encoderConfigurations`, of `encoder-configuration`."""
    first, *words = kind.split("-")
    return f"{first}{''.join(map(str.capitalize, words))}s"


def _channel(account_region: AccountRegion, channel: Channel, now: datetime) -> Answer:
    session = account_region.on_air(channel.arn)
    encoder = _encoder(account_region, channel.arn)
    return {
        "arn": channel.arn,
        "createdAt": channel.created_at,
        "tags": dict(channel.tags),
        **channel.settings,
        "streamKeyArns": [key.arn for key in account_region.keys_of(channel.arn)],
        "live": None
        if session is None
        else {**_live(session, viewers.shown(account_region, session, now)), **_broadcast(session)},
        "encoder": encoder,
        "encoderReturns": encoder is not None and encoder["returnsAt"] is not None,
        "recording": _recording(account_region, channel.arn),
        "sessions": len(account_region.history(channel.arn)),
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


def _encoder(account_region: AccountRegion, channel_arn: str) -> dict[str, Any] | None:
    encoder = account_region.encoders.get(channel_arn)
    if encoder is None:
        return None
    return {
        "reconnects": encoder.reconnects,
        "priority": encoder.priority,
        "attempts": encoder.attempts,
        "returnsAt": encoder.returns_at,
    }


def _recording(account_region: AccountRegion, channel_arn: str) -> Answer | None:
    recording = account_region.recordings.get(channel_arn)
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
