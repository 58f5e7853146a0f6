"""What a channel is: its settings with their defaults, its one key, and how it is described."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.identifiers import endpoint_prefix
from ivs_simulator.state.resources import Channel, StreamKey
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import invalid

# Source: the AWS CLI's examples of CreateChannel show this where none was specified.
_NO_MULTITRACK = {"enabled": False, "policy": "ALLOW", "maximumResolution": "FULL_HD"}
DEFAULTS: dict[str, Any] = {
    "name": "",
    "latencyMode": "LOW",
    "type": "STANDARD",
    "recordingConfigurationArn": "",
    "authorized": False,
    "insecureIngest": False,
    "playbackRestrictionPolicyArn": "",
    "multitrackInputConfiguration": _NO_MULTITRACK,
    "containerFormat": "TS",
    "adConfigurationArn": "",
    "failoverSlateConfigurationArn": "",
}
_SETTABLE = frozenset(DEFAULTS) | {"preset"}


def install(
    account_region: AccountRegion,
    arn: str,
    settings: dict[str, Any],
    given_tags: dict[str, str],
    at: datetime,
) -> Channel:
    """Puts a channel into the account region as it stands, without a key and without an event."""
    channel_id, prefix = (
        Arn.parse(arn).id,
        endpoint_prefix(account_region.account, account_region.region),
    )
    host = f"{prefix}.{account_region.region}.playback.live-video.net"
    playlist = f"{account_region.region}.{account_region.account}.channel.{channel_id}.m3u8"
    channel = Channel(
        arn=arn,
        settings=settings,
        tags=given_tags,
        created_at=at,
        ingest_endpoint=f"{prefix}.global-contribute.live-video.net",
        playback_url=f"https://{host}/api/video/v1/{playlist}",
        passphrase=account_region.identifiers.passphrase(),
    )
    account_region.channels[arn] = channel
    return channel


def remove(account_region: AccountRegion, arn: str) -> None:
    account_region.deleted.add(arn)
    account_region.channels.pop(arn, None)
    account_region.encoders.pop(arn, None)
    for key in account_region.keys_of(arn):
        del account_region.stream_keys[key.arn]


def issue_key(
    account_region: AccountRegion, channel_arn: str, given_tags: dict[str, str]
) -> StreamKey:
    key = StreamKey(
        arn=account_region.new_arn("stream-key"),
        channel_arn=channel_arn,
        value=account_region.identifiers.key_value(account_region.region),
        tags=given_tags,
    )
    account_region.stream_keys[key.arn] = key
    return key


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
    multitrack = {**_NO_MULTITRACK, **settings["multitrackInputConfiguration"]}
    settings["multitrackInputConfiguration"] = multitrack
    return settings


def changed(channel: Channel, params: Mapping[str, Any]) -> dict[str, Any]:
    """The channel's settings after an update; a preset does not survive a change of type."""
    kept = {name: value for name, value in channel.settings.items() if name != "preset"}
    if params.get("type", channel.settings["type"]) == channel.settings["type"]:
        kept["preset"] = channel.settings["preset"]
    return complete({**kept, **settings_of(params)})


def describe(channel: Channel) -> dict[str, Any]:
    # Shown whatever `insecureIngest` says, as in the AWS CLI's examples; it then is not needed.
    prefix = channel.ingest_endpoint.partition(".")[0]
    srt = {"endpoint": f"{prefix}.srt.live-video.net", "passphrase": channel.passphrase}
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


def settings_of(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: params[name] for name in _SETTABLE if params.get(name) is not None}


def _check_multitrack(settings: Mapping[str, Any]) -> None:
    multitrack = settings["multitrackInputConfiguration"]
    if not multitrack.get("enabled"):
        return
    if settings["type"] != "STANDARD" or settings["containerFormat"] != "FRAGMENTED_MP4":
        raise invalid("Multitrack input needs a STANDARD channel with FRAGMENTED_MP4")
    if not (multitrack.get("policy") and multitrack.get("maximumResolution")):
        raise invalid("Multitrack input needs a policy and a maximumResolution")
