"""Reflects events observed elsewhere, so that a replay's world is as the account was.

Events come late, twice and out of order: an end seen once is final, whatever is heard after it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from ivs_simulator.broadcasting import sessions
from ivs_simulator.events.envelopes import EventName
from ivs_simulator.mirror.observed_resources import WRITES
from ivs_simulator.mirror.seeding import CHANNEL_FIELDS, add_channel, ensure_recording_configuration
from ivs_simulator.state import channels
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.resources import Channel, Health, Session, SessionEvent, StreamKey
from ivs_simulator.wire.errors import IvsError
from ivs_simulator.wire.timestamps import parse_time

type Members = Mapping[str, Any]


def witness_service_event(realm: Realm, envelope: Members) -> None:
    """Reflects what IVS said about a stream."""
    detail, at = envelope["detail"], parse_time(envelope["time"])
    channel = _channel(realm, envelope["resources"][0], at, name=detail.get("channel_name"))
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
            session = _on_air(realm, channel, detail["stream_id"], at)
        case EventName.STARVATION_START:
            session = _on_air(realm, channel, detail["stream_id"], at)
            session.health = Health.STARVING
        case EventName.STARVATION_END:
            session = _on_air(realm, channel, detail["stream_id"], at)
            session.health = Health.HEALTHY
        case EventName.SESSION_ENDED | EventName.STREAM_END:
            session = _session(realm, channel, detail["stream_id"], at)
            realm.close(session, at)
        case _:
            return
    session.events.append(SessionEvent(detail["event_name"], envelope["detail-type"], at))


def witness_api_call(realm: Realm, detail: Members) -> None:
    """Reflects a write someone made, as CloudTrail tells it; failed calls changed nothing."""
    reflect = _WRITES.get(str(detail.get("eventName")))
    if reflect is None or detail.get("errorCode"):
        return
    request, answer = detail.get("requestParameters") or {}, detail.get("responseElements") or {}
    reflect(realm, request, answer, parse_time(detail["eventTime"]))


def _created_channel(realm: Realm, _: Members, answer: Members, at: datetime) -> None:
    created = answer.get("channel")
    if created is None or created["arn"] in realm.deleted:
        return
    known = {name: created[name] for name in CHANNEL_FIELDS if created.get(name)}
    tags = created.get("tags") or {}
    if created["arn"] in realm.channels:
        _fill_in(realm.channels[created["arn"]], known, tags)
    else:
        add_channel(realm, created["arn"], known, tags, at)
    key, held = answer.get("streamKey") or {}, realm.keys_of(created["arn"])
    if key.get("arn") and all(each.arn in realm.assumed_keys for each in held):
        named = {**key, "channelArn": created["arn"]}
        _created_key(realm, {}, {"streamKey": named}, at)


def _fill_in(channel: Channel, settings: Members, tags: Mapping[str, str]) -> None:
    """What a channel was created with, heard of late: it stands where nothing newer is known."""
    for name, value in settings.items():
        if channel.settings[name] == channels.DEFAULTS.get(name, ""):
            channel.settings[name] = value
    channel.tags.update({name: value for name, value in tags.items() if name not in channel.tags})


def _updated_channel(realm: Realm, request: Members, _: Members, at: datetime) -> None:
    channel = _channel(realm, unquote(request["arn"]), at)
    if channel is None:
        return
    if request.get("recordingConfigurationArn"):
        ensure_recording_configuration(realm, request["recordingConfigurationArn"])
    channel.settings = channels.changed(channel, request)


def _deleted_channel(realm: Realm, request: Members, _: Members, at: datetime) -> None:
    arn = unquote(request["arn"])
    channels.remove(realm, arn)
    for session in realm.history(arn):
        realm.close(session, at)


def _tagged(realm: Realm, request: Members, _: Members, at: datetime) -> None:
    _tags(realm, unquote(request["resourceArn"]), at).update(request["tags"])


def _untagged(realm: Realm, request: Members, _: Members, at: datetime) -> None:
    tags = _tags(realm, unquote(request["resourceArn"]), at)
    for name in request["tagKeys"]:
        tags.pop(name, None)


def _created_key(realm: Realm, _: Members, answer: Members, at: datetime) -> None:
    created = answer.get("streamKey")
    if created is None or created["arn"] in realm.stream_keys:
        return
    channel = _channel(realm, created["channelArn"], at)
    if channel is None:
        return
    for older in realm.keys_of(channel.arn):
        del realm.stream_keys[older.arn]
    value = realm.identifiers.key_value(realm.region)
    tags = dict(created.get("tags") or {})
    realm.stream_keys[created["arn"]] = StreamKey(created["arn"], channel.arn, value, tags)


def _deleted_key(realm: Realm, request: Members, _: Members, __: datetime) -> None:
    realm.stream_keys.pop(unquote(request["arn"]), None)


_WRITES: dict[str, Callable[[Realm, Members, Members, datetime], None]] = {
    "CreateChannel": _created_channel,
    "UpdateChannel": _updated_channel,
    "DeleteChannel": _deleted_channel,
    "TagResource": _tagged,
    "UntagResource": _untagged,
    "CreateStreamKey": _created_key,
    "DeleteStreamKey": _deleted_key,
    **WRITES,
}


def _channel(realm: Realm, arn: str, at: datetime, *, name: str | None = None) -> Channel | None:
    """The channel, put in where it is new; None once it was deleted: ARNs are not used again."""
    if arn in realm.deleted:
        return None
    if arn not in realm.channels:
        return add_channel(realm, arn, {"name": name or ""}, None, at)
    return realm.channels[arn]


def _session(realm: Realm, channel: Channel, stream_id: str, at: datetime) -> Session:
    """The session of this id; one not known so far was on air beside whatever is on air now."""
    known = realm.session(channel.arn, stream_id)
    if known is not None:
        return known
    current = realm.on_air(channel.arn)
    session = sessions.opened(realm, channel, stream_id, at)
    if current is not None:
        realm.connected[channel.arn] = current
    return session


def _on_air(realm: Realm, channel: Channel, stream_id: str, at: datetime) -> Session:
    """The session this event belongs to; a new one ends any older one still thought on air."""
    older = realm.on_air(channel.arn)
    session = _session(realm, channel, stream_id, at)
    if not session.is_live:
        return session
    if older is not None and older is not session:
        realm.close(older, at)
    realm.connected[channel.arn] = session
    if session.streaming_at is None:
        realm.stream(session, at)
    return session


def _tags(realm: Realm, arn: str, at: datetime) -> dict[str, str]:
    if ":channel/" in arn:
        channel = _channel(realm, arn, at)
        return channel.tags if channel is not None else {}
    try:
        return realm.tags(arn)
    except IvsError:
        return {}
