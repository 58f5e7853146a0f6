"""Mirrors events that were seen elsewhere, so that a replay's world is as the account was.

Events come late, twice and out of order. An end that was seen is final, whatever comes after it.
A stream that began before the one on the air is over. Of health, settings and tags the latest
counts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.broadcasting import sessions
from ivs_simulator.events.envelopes import DetailType, EventName
from ivs_simulator.mirror.latest import latest_members
from ivs_simulator.mirror.observed_resources import WRITES
from ivs_simulator.mirror.seeding import (
    CHANNEL_FIELDS,
    add_channel,
    add_seen_channel,
    ensure_recording_configuration,
)
from ivs_simulator.state import channels
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Channel, Health, Session, SessionEvent, StreamKey
from ivs_simulator.wire.errors import IvsError
from ivs_simulator.wire.timestamps import parse_time

type Members = Mapping[str, Any]


def mirror_service_event(account_region: AccountRegion, envelope: Members) -> None:
    """Mirrors a service event about a stream."""
    detail, at = envelope["detail"], parse_time(envelope["time"])
    channel = _channel(
        account_region, envelope["resources"][0], at, name=detail.get("channel_name")
    )
    if channel is None:
        return
    match detail.get("event_name"):
        case (
            EventName.SESSION_CREATED
            | EventName.STREAM_START
            | EventName.STREAM_TAKEOVER
            | EventName.STREAM_TAKEOVER_FAILURE
            | EventName.AD_BREAK_INSERTED
        ):
            session = _on_air(account_region, channel, detail["stream_id"], at)
        case EventName.STARVATION_START | EventName.STARVATION_END as name:
            session = _on_air(account_region, channel, detail["stream_id"], at)
            if _is_latest_of_health(session, at):
                starves = name == EventName.STARVATION_START
                session.health = Health.STARVING if starves else Health.HEALTHY
        case EventName.SESSION_ENDED | EventName.STREAM_END:
            session = _session(account_region, channel, detail["stream_id"], at)
            account_region.close(session, at)
        case _:
            return
    session.events.append(SessionEvent(detail["event_name"], envelope["detail-type"], at))


def mirror_api_call(account_region: AccountRegion, detail: Members) -> None:
    """Mirrors a write from its CloudTrail record; failed calls changed nothing."""
    reflect = _WRITES.get(str(detail.get("eventName")))
    if reflect is None or detail.get("errorCode"):
        return
    request, answer = detail.get("requestParameters") or {}, detail.get("responseElements") or {}
    reflect(account_region, request, answer, parse_time(detail["eventTime"]))


def _created_channel(
    account_region: AccountRegion, _: Members, answer: Members, at: datetime
) -> None:
    created = answer.get("channel")
    if created is None or created["arn"] in account_region.deleted:
        return
    found = {name: created[name] for name in CHANNEL_FIELDS if created.get(name)}
    tags = created.get("tags") or {}
    if created["arn"] in account_region.channels:
        _fill_in(account_region.channels[created["arn"]], found, tags)
    else:
        add_channel(account_region, created["arn"], found, tags, at)
    key, held = answer.get("streamKey") or {}, account_region.keys_of(created["arn"])
    if key.get("arn") and all(each.arn in account_region.assumed_keys for each in held):
        named = {**key, "channelArn": created["arn"]}
        _created_key(account_region, {}, {"streamKey": named}, at)


def _fill_in(channel: Channel, settings: Members, tags: Mapping[str, str]) -> None:
    """Settings of a creation that arrives late: they count where nothing newer is known."""
    for name, value in settings.items():
        if channel.settings[name] == channels.DEFAULTS.get(name, ""):
            channel.settings[name] = value
    channel.tags.update({name: value for name, value in tags.items() if name not in channel.tags})


def _updated_channel(
    account_region: AccountRegion, request: Members, _: Members, at: datetime
) -> None:
    channel = _channel(account_region, unquote(request["arn"]), at)
    if channel is None:
        return
    if request.get("recordingConfigurationArn"):
        ensure_recording_configuration(account_region, request["recordingConfigurationArn"])
    given = {name: value for name, value in request.items() if value is not None}
    latest = latest_members(account_region, channel.arn, given, at)
    channel.settings = channels.changed(channel, latest)


def _deleted_channel(
    account_region: AccountRegion, request: Members, _: Members, at: datetime
) -> None:
    arn = unquote(request["arn"])
    channels.remove(account_region, arn)
    for session in account_region.history(arn):
        account_region.close(session, at)


def _tagged(account_region: AccountRegion, request: Members, _: Members, at: datetime) -> None:
    """A record without tags changes none: CloudTrail can hide them."""
    arn = unquote(request["resourceArn"])
    latest = latest_members(account_region, arn, request["tags"] or {}, at, "tag")
    _tags(account_region, arn, at).update(latest)


def _untagged(account_region: AccountRegion, request: Members, _: Members, at: datetime) -> None:
    arn = unquote(request["resourceArn"])
    tags = _tags(account_region, arn, at)
    removed = dict.fromkeys(request["tagKeys"] or ())
    for name in latest_members(account_region, arn, removed, at, "tag"):
        tags.pop(name, None)


def _created_key(account_region: AccountRegion, _: Members, answer: Members, at: datetime) -> None:
    created = answer.get("streamKey")
    if created is None or created["arn"] in account_region.stream_keys:
        return
    channel = _channel(account_region, created["channelArn"], at)
    if channel is None:
        return
    for older in account_region.keys_of(channel.arn):
        del account_region.stream_keys[older.arn]
    value = account_region.identifiers.key_value(account_region.region)
    tags = dict(created.get("tags") or {})
    account_region.stream_keys[created["arn"]] = StreamKey(created["arn"], channel.arn, value, tags)


def _deleted_key(account_region: AccountRegion, request: Members, _: Members, __: datetime) -> None:
    account_region.stream_keys.pop(unquote(request["arn"]), None)


_WRITES: dict[str, Callable[[AccountRegion, Members, Members, datetime], None]] = {
    "CreateChannel": _created_channel,
    "UpdateChannel": _updated_channel,
    "DeleteChannel": _deleted_channel,
    "TagResource": _tagged,
    "UntagResource": _untagged,
    "CreateStreamKey": _created_key,
    "DeleteStreamKey": _deleted_key,
    **WRITES,
}


def _channel(
    account_region: AccountRegion, arn: str, at: datetime, *, name: str | None = None
) -> Channel | None:
    """The channel, added if it is new; None once it was deleted: ARNs are not used again."""
    if arn in account_region.deleted:
        return None
    if arn not in account_region.channels:
        return add_seen_channel(account_region, arn, name or "", at)
    return account_region.channels[arn]


def _session(
    account_region: AccountRegion, channel: Channel, stream_id: str, at: datetime
) -> Session:
    """The session of this id; an unknown one was on air beside the one that is on air now."""
    found = account_region.session(channel.arn, stream_id)
    if found is not None:
        return found
    current = account_region.on_air(channel.arn)
    session = sessions.open_session(account_region, channel, stream_id, at)
    if current is not None:
        account_region.connected[channel.arn] = current
    return session


def _on_air(
    account_region: AccountRegion, channel: Channel, stream_id: str, at: datetime
) -> Session:
    """The session this event belongs to. Of two that seem to be on air, the older one is over."""
    other = account_region.on_air(channel.arn)
    session = _session(account_region, channel, stream_id, at)
    if not session.is_live:
        return session
    if other is not None and other is not session:
        if at < other.started_at:
            account_region.close(session, other.started_at)
            return session
        account_region.close(other, at)
    account_region.connected[channel.arn] = session
    if session.streaming_at is None:
        account_region.stream(session, at)
    return session


def _is_latest_of_health(session: Session, at: datetime) -> bool:
    return not any(
        each.type == DetailType.STREAM_HEALTH and each.at > at for each in session.events
    )


def _tags(account_region: AccountRegion, arn: str, at: datetime) -> dict[str, str]:
    if ":channel/" in arn:
        channel = _channel(account_region, arn, at)
        return channel.tags if channel is not None else {}
    try:
        return account_region.tags(arn)
    except IvsError:
        return {}
