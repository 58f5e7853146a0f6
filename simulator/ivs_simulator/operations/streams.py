"""Streams as the API shows them: what is live now, what was, and how to stop it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ivs_simulator.broadcasting import encoders, sessions, viewers
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.ingest import described
from ivs_simulator.state.resources import Session, SessionEvent
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import invalid, not_broadcasting, not_found
from ivs_simulator.wire.paging import Listing, page

TRUNCATED = 500
# Source: PutMetadata, "maximum 1 KB payload"; the model sets no length.
METADATA_BYTES = 1_024
# Source: the IVS page on stream health.
HISTORY = timedelta(days=60)


def get_stream(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    session = account_region.live_session(params["channelArn"])
    channel = account_region.channel(session.channel_arn)
    return {
        "stream": {**_summarise(account_region, session, at), "playbackUrl": channel.playback_url}
    }


def list_streams(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    health = (params.get("filterBy") or {}).get("health")
    live = (
        account_region.streaming if health is None else _Healthy(account_region.streaming, health)
    )
    shown, more = page(live, params, default=100)
    return {"streams": [_summarise(account_region, each, at) for each in shown], **more}


def get_stream_session(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    history = _newest_first(account_region, params["channelArn"], at)
    wanted = params.get("streamId")
    session = next((each for each in history if wanted in (None, each.stream_id)), None)
    if session is None:
        raise not_found(wanted or params["channelArn"])
    return {"streamSession": _describe(session)}


def list_stream_sessions(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    history = _newest_first(account_region, params["channelArn"], at)
    shown, more = page(_OldestLast(history), params, default=100)
    return {"streamSessions": [_outline(each) for each in shown], **more}


def stop_stream(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Ends the session only: with a valid key the encoder may be back in a moment."""
    session = receiving(account_region, params["channelArn"])
    sessions.end(account_region, session, at)
    encoders.thrown_off(account_region, session.channel_arn, at)
    return {}


def put_metadata(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    """Takes what may be inserted into the stream, and forgets it."""
    if len(params["metadata"].encode()) > METADATA_BYTES:
        raise invalid(f"Metadata can have at most {METADATA_BYTES} bytes in UTF-8")
    receiving(account_region, params["channelArn"])
    return {}


def receiving(account_region: AccountRegion, channel_arn: str) -> Session:
    """The stream that can be watched and still comes in; raises ChannelNotBroadcasting.

    One that is only being played out, its encoder gone, is not broadcasting any more.
    """
    session = account_region.live_session(channel_arn)
    if session.left_at is not None:
        raise not_broadcasting()
    return session


@dataclass(frozen=True, slots=True)
class _Healthy:
    """The live streams in one state of health."""

    streams: Listing[Session]
    health: str

    def after(self, number: int) -> Iterator[tuple[int, Session]]:
        return (entry for entry in self.streams.after(number) if entry[1].health == self.health)


@dataclass(frozen=True, slots=True)
class _OldestLast:
    """A history by age: a session keeps its place, however many come before it later."""

    newest_first: list[Session]

    def after(self, number: int) -> Iterator[tuple[int, Session]]:
        oldest_first = self.newest_first[::-1]
        first = len(oldest_first) if number < 0 else len(oldest_first) - 1 - number
        for place in range(first - 1, -1, -1):
            yield len(oldest_first) - 1 - place, oldest_first[place]


def _newest_first(account_region: AccountRegion, channel_arn: str, at: datetime) -> list[Session]:
    if channel_arn not in account_region.sessions:
        account_region.channel(channel_arn)
    kept = [
        each
        for each in account_region.history(channel_arn)
        if each.ended_at is None or at - each.ended_at <= HISTORY
    ]
    return sorted(kept, key=lambda each: each.started_at, reverse=True)


def _summarise(account_region: AccountRegion, session: Session, at: datetime) -> dict[str, Any]:
    return {
        "channelArn": session.channel_arn,
        "streamId": session.stream_id,
        "state": "LIVE",
        "health": str(session.health),
        "viewerCount": viewers.read(account_region, session, at),
        "startTime": session.started_at,
    }


def _describe(session: Session) -> dict[str, Any]:
    newest_first = sorted(session.events, key=lambda event: event.at)[::-1]
    whole = {
        **_span(session),
        "channel": session.channel,
        **described(session.ingest),
        "truncatedEvents": [_event(event) for event in newest_first[:TRUNCATED]],
    }
    if session.recording_configuration is not None:
        whole["recordingConfiguration"] = session.recording_configuration
    if session.failover_slate_configuration is not None:
        whole["failoverSlateConfiguration"] = session.failover_slate_configuration
    return api_model.only_members("StreamSession", whole)


def _outline(session: Session) -> dict[str, Any]:
    failed = any("Failure" in event.name or "Limit" in event.type for event in session.events)
    return {**_span(session), "hasErrorEvent": failed}


def _span(session: Session) -> dict[str, Any]:
    span: dict[str, Any] = {"streamId": session.stream_id, "startTime": session.started_at}
    if session.ended_at is not None:
        span["endTime"] = session.ended_at
    return span


def _event(event: SessionEvent) -> dict[str, Any]:
    shown = {"name": event.name, "type": event.type, "eventTime": event.at}
    return {**shown, "code": event.code} if event.code else shown
