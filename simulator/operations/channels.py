"""Channels: made with their one stream key, changed and deleted only while off air."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from simulator.api import model as api_model
from simulator.api.errors import batch_error, conflict, invalid, not_found
from simulator.api.paging import page
from simulator.arns import Arn
from simulator.identifiers import endpoint_prefix
from simulator.operations import tags
from simulator.operations.stream_keys import describe_key, issue_key
from simulator.realm import Realm
from simulator.resources import Channel

DEFAULTS: dict[str, Any] = {
    "name": "",
    "latencyMode": "LOW",
    "type": "STANDARD",
    "recordingConfigurationArn": "",
    "authorized": False,
    "insecureIngest": False,
    "playbackRestrictionPolicyArn": "",
    "multitrackInputConfiguration": {"enabled": False},
    "containerFormat": "TS",
    "adConfigurationArn": "",
    "failoverSlateConfigurationArn": "",
}
FILTERS = {
    "filterByName": "name",
    "filterByRecordingConfigurationArn": "recordingConfigurationArn",
    "filterByPlaybackRestrictionPolicyArn": "playbackRestrictionPolicyArn",
    "filterByAdConfigurationArn": "adConfigurationArn",
    "filterByFailoverSlateConfigurationArn": "failoverSlateConfigurationArn",
}
_SETTABLE = frozenset(DEFAULTS) | {"preset"}


def create_channel(realm: Realm, params: dict[str, Any], at: datetime) -> dict[str, Any]:
    settings = complete(_settings(params))
    given_tags = tags.accepted(params.get("tags"))
    _check_references(realm, settings)
    channel = install(realm, realm.new_arn("channel"), settings, given_tags, at)
    key = issue_key(realm, channel.arn, {})
    return {"channel": describe(channel), "streamKey": describe_key(key)}


def get_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    return {"channel": describe(realm.channel(params["arn"]))}


def batch_get_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    arns = list(dict.fromkeys(params["arns"]))
    return {
        "channels": [describe(realm.channels[arn]) for arn in arns if arn in realm.channels],
        "errors": [batch_error(not_found(arn), arn) for arn in arns if arn not in realm.channels],
    }


def list_channels(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    wanted = {member: params[name] for name, member in FILTERS.items() if params.get(name)}
    if len(wanted) > 1:
        raise conflict("Only one filter can be given at a time")
    found = [
        channel
        for channel in realm.channels.values()
        if all(channel.settings[member] == value for member, value in wanted.items())
    ]
    channels, more = page(found, params, default=100, mark=lambda channel: channel.arn)
    return {"channels": [summarise(channel) for channel in channels], **more}


def update_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["arn"])
    _refuse_on_air(realm, channel.arn)
    settings = changed(channel, params)
    _check_references(realm, settings)
    channel.settings = settings
    return {"channel": describe(channel)}


def delete_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["arn"])
    _refuse_on_air(realm, channel.arn)
    remove(realm, channel.arn)
    return {}


def install(
    realm: Realm, arn: str, settings: dict[str, Any], given_tags: dict[str, str], at: datetime
) -> Channel:
    """Puts a channel into the realm as it stands, without a key and without an event."""
    channel_id, prefix = Arn.parse(arn).id, endpoint_prefix(realm.account, realm.region)
    host = f"{prefix}.{realm.region}.playback.live-video.net"
    playlist = f"{realm.region}.{realm.account}.channel.{channel_id}.m3u8"
    channel = Channel(
        arn=arn,
        settings=settings,
        tags=given_tags,
        created_at=at,
        ingest_endpoint=f"{prefix}.global-contribute.live-video.net",
        playback_url=f"https://{host}/api/video/v1/{playlist}",
        passphrase=realm.identifiers.passphrase(),
    )
    realm.channels[arn] = channel
    return channel


def remove(realm: Realm, arn: str) -> None:
    realm.channels.pop(arn, None)
    realm.encoders.pop(arn, None)
    for key in realm.keys_of(arn):
        del realm.stream_keys[key.arn]


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """A channel's settings with the API's defaults, refused where they contradict each other."""
    settings = {**DEFAULTS, **given}
    advanced = str(settings["type"]).startswith("ADVANCED_")
    if given.get("preset") and not advanced:
        raise invalid("preset can only be given for ADVANCED_HD and ADVANCED_SD channels")
    settings["preset"] = (given.get("preset") or "HIGHER_BANDWIDTH_DELIVERY") if advanced else ""
    if settings["containerFormat"] == "FRAGMENTED_MP4" and settings["adConfigurationArn"]:
        raise invalid("An ad configuration cannot be used with container format FRAGMENTED_MP4")
    _check_multitrack(settings)
    return settings


def changed(channel: Channel, params: Mapping[str, Any]) -> dict[str, Any]:
    """The channel's settings after an update; a preset does not survive a change of type."""
    kept = {name: value for name, value in channel.settings.items() if name != "preset"}
    if params.get("type", channel.settings["type"]) == channel.settings["type"]:
        kept["preset"] = channel.settings["preset"]
    return complete({**kept, **_settings(params)})


def describe(channel: Channel) -> dict[str, Any]:
    srt = {
        "endpoint": f"srt://{channel.ingest_endpoint}:9000",
        "passphrase": "" if channel.settings["insecureIngest"] else channel.passphrase,
    }
    whole = {
        "arn": channel.arn,
        **channel.settings,
        "ingestEndpoint": channel.ingest_endpoint,
        "playbackUrl": channel.playback_url,
        "srt": srt,
        "tags": dict(channel.tags),
    }
    return api_model.only_members("Channel", whole)


def summarise(channel: Channel) -> dict[str, Any]:
    return api_model.only_members("ChannelSummary", describe(channel))


def _settings(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _SETTABLE if params.get(name) is not None}


def _check_multitrack(settings: Mapping[str, Any]) -> None:
    multitrack = settings["multitrackInputConfiguration"]
    if not multitrack.get("enabled"):
        return
    if settings["type"] != "STANDARD" or settings["containerFormat"] != "FRAGMENTED_MP4":
        raise invalid("Multitrack input needs a STANDARD channel with FRAGMENTED_MP4")
    if not (multitrack.get("policy") and multitrack.get("maximumResolution")):
        raise invalid("Multitrack input needs a policy and a maximumResolution")


def _check_references(realm: Realm, settings: Mapping[str, Any]) -> None:
    if settings["recordingConfigurationArn"]:
        realm.recording_configuration(settings["recordingConfigurationArn"])


def _refuse_on_air(realm: Realm, arn: str) -> None:
    if realm.on_air(arn) is not None:
        raise conflict("The channel is live; stop its stream first")
