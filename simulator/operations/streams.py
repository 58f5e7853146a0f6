"""Streams as the API shows them: what is live now, what was, and how to stop it."""

from datetime import datetime, timedelta
from typing import Any

from simulator.api.errors import not_found
from simulator.api.paging import page
from simulator.broadcasting import sessions
from simulator.realm import Realm
from simulator.resources import Session, SessionEvent

RECONNECT_AFTER = timedelta(seconds=2)
TRUNCATED = 500
_VIDEO = {
    "codec": "avc1.64001F",
    "encoder": "obs-output module (libobs version 30.2.0)",
    "targetBitrate": 3_500_000,
    "targetFramerate": 30,
    "videoHeight": 720,
    "videoWidth": 1280,
}
_AUDIO = {"codec": "mp4a.40.2", "targetBitrate": 160_000, "sampleRate": 48_000, "channels": 2}
_INGEST = {
    "ingestConfiguration": {
        "video": {**_VIDEO, "avcProfile": "High", "avcLevel": "3.1"},
        "audio": _AUDIO,
    },
    "ingestConfigurations": {
        "videoConfigurations": [{**_VIDEO, "profile": "High", "level": "3.1", "track": "Track0"}],
        "audioConfigurations": [{**_AUDIO, "track": "Track0"}],
    },
}


def get_stream(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    session = realm.live_session(params["channelArn"])
    channel = realm.channel(session.channel_arn)
    return {"stream": {**_summarise(session), "playbackUrl": channel.playback_url}}


def list_streams(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    health = (params.get("filterBy") or {}).get("health")
    live = [each for each in realm.live_sessions() if health in (None, each.health)]
    shown, more = page(live, params, default=100, mark=lambda each: each.stream_id)
    return {"streams": [_summarise(each) for each in shown], **more}


def get_stream_session(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    history = _newest_first(realm, params["channelArn"])
    wanted = params.get("streamId")
    session = next((each for each in history if wanted in (None, each.stream_id)), None)
    if session is None:
        raise not_found(wanted or params["channelArn"])
    return {"streamSession": _describe(session)}


def list_stream_sessions(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    history = _newest_first(realm, params["channelArn"])
    shown, more = page(history, params, default=100, mark=lambda each: each.stream_id)
    return {"streamSessions": [_outline(each) for each in shown], **more}


def stop_stream(realm: Realm, params: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Ends the session only: with a valid key the encoder may be back in a moment."""
    session = realm.live_session(params["channelArn"])
    sessions.end(realm, session, at)
    encoder = realm.encoders.get(session.channel_arn)
    if encoder is not None and encoder.reconnects:
        encoder.returns_at = at + RECONNECT_AFTER
    else:
        realm.encoders.pop(session.channel_arn, None)
    return {}


def put_metadata(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    realm.live_session(params["channelArn"])
    return {}


def _newest_first(realm: Realm, channel_arn: str) -> list[Session]:
    if channel_arn not in realm.sessions:
        realm.channel(channel_arn)
    return sorted(realm.history(channel_arn), key=lambda each: each.started_at, reverse=True)


def _summarise(session: Session) -> dict[str, Any]:
    return {
        "channelArn": session.channel_arn,
        "streamId": session.stream_id,
        "state": "LIVE",
        "health": str(session.health),
        "viewerCount": session.viewers,
        "startTime": session.started_at,
    }


def _describe(session: Session) -> dict[str, Any]:
    newest_first = sorted(session.events, key=lambda event: event.at)[::-1]
    described = {
        **_span(session),
        "channel": session.channel,
        **_INGEST,
        "truncatedEvents": [_event(event) for event in newest_first[:TRUNCATED]],
    }
    if session.recording_configuration is not None:
        described["recordingConfiguration"] = session.recording_configuration
    return described


def _outline(session: Session) -> dict[str, Any]:
    failed = any("Failure" in event.name or "Limit" in event.type for event in session.events)
    return {**_span(session), "hasErrorEvent": failed}


def _span(session: Session) -> dict[str, Any]:
    span: dict[str, Any] = {"streamId": session.stream_id, "startTime": session.started_at}
    if session.ended_at is not None:
        span["endTime"] = session.ended_at
    return span


def _event(event: SessionEvent) -> dict[str, Any]:
    return {"name": event.name, "type": event.type, "eventTime": event.at}
