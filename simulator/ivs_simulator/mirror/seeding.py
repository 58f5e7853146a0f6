"""Adds resources to a world as they are elsewhere, without an event: for replays and tests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.broadcasting import sessions
from ivs_simulator.events.envelopes import DetailType, EventName
from ivs_simulator.operations import recording_configurations
from ivs_simulator.state import channels
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.resources import Channel, Session, SessionEvent
from ivs_simulator.wire import validation
from ivs_simulator.wire.errors import IvsError
from ivs_simulator.wire.model import structure

CHANNEL_FIELDS = frozenset(channels.DEFAULTS) | {"preset"}
_UNKNOWN_BUCKET = "bucket-not-seen"


def add_channel(
    account_region: AccountRegion,
    arn: str,
    fields: Mapping[str, Any],
    tags: Mapping[str, str] | None,
    at: datetime,
    *,
    has_stream_key: bool = True,
) -> Channel:
    """A channel with a given ARN and a stream key; its fields are CreateChannel's."""
    unknown = sorted(set(fields) - CHANNEL_FIELDS)
    if unknown:
        allowed = ", ".join(sorted(CHANNEL_FIELDS))
        raise ValueError(f"a channel has no {', '.join(unknown)}; it has {allowed}")
    if arn in account_region.channels:
        raise ValueError(f"the world has this channel already: {arn}")
    given = {name: value for name, value in fields.items() if value is not None}
    try:
        validation.check(structure("CreateChannelRequest"), given)
        settings = channels.complete(given)
    except IvsError as error:
        raise ValueError(f"{arn}: {error.message}") from error
    if settings["recordingConfigurationArn"]:
        ensure_recording_configuration(account_region, settings["recordingConfigurationArn"])
    tags = dict(tags or {})
    return _install(account_region, arn, settings, tags, at, has_stream_key=has_stream_key)


def add_seen_channel(account_region: AccountRegion, arn: str, name: str, at: datetime) -> Channel:
    """A channel of which an event says no more than the name. The name is taken as it is.

    AWS's own samples have names that CreateChannel refuses, such as "Your Channel".
    """
    return _install(account_region, arn, {**channels.complete({}), "name": name}, {}, at)


def _install(
    account_region: AccountRegion,
    arn: str,
    settings: dict[str, Any],
    tags: dict[str, str],
    at: datetime,
    *,
    has_stream_key: bool = True,
) -> Channel:
    """Its key stands for the real one, whose value nobody knows here."""
    channel = channels.install(account_region, arn, settings, tags, at)
    if has_stream_key:
        account_region.assumed_keys.add(channels.issue_key(account_region, arn, {}).arn)
    return channel


def ensure_recording_configuration(account_region: AccountRegion, arn: str) -> None:
    if arn not in account_region.recording_configurations:
        settings = {"destinationConfiguration": {"s3": {"bucketName": _UNKNOWN_BUCKET}}}
        recording_configurations.install(account_region, arn, settings, {})


def add_live(
    account_region: AccountRegion, channel: Channel, stream_id: str, at: datetime
) -> Session:
    session = sessions.open_session(account_region, channel, stream_id, at)
    account_region.stream(session, at)
    for name in (EventName.SESSION_CREATED, EventName.STREAM_START):
        session.events.append(SessionEvent(str(name), str(DetailType.STREAM_STATE), at))
    return session
