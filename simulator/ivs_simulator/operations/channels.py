"""Channels: made with their one stream key, changed and deleted only while off air."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.operations.stream_keys import describe_key
from ivs_simulator.state.account_region import Realm
from ivs_simulator.state.channels import (
    changed,
    complete,
    describe,
    install,
    issue_key,
    remove,
    settings_of,
    summarise,
)
from ivs_simulator.state.resource_store import Shelf
from ivs_simulator.state.resources import Channel
from ivs_simulator.wire.errors import batch_error, conflict, not_found, quota_exceeded
from ivs_simulator.wire.paging import Listing, page

FILTERS = {
    "filterByName": "name",
    "filterByRecordingConfigurationArn": "recordingConfigurationArn",
    "filterByPlaybackRestrictionPolicyArn": "playbackRestrictionPolicyArn",
    "filterByAdConfigurationArn": "adConfigurationArn",
    "filterByFailoverSlateConfigurationArn": "failoverSlateConfigurationArn",
}


def create_channel(realm: Realm, params: dict[str, Any], at: datetime) -> dict[str, Any]:
    settings = complete(settings_of(params))
    given_tags = tags.accepted(params.get("tags"))
    _check_references(realm, settings_of(params))
    quota = realm.behaviour.quotas.channels
    if len(realm.channels) >= quota:
        raise quota_exceeded(f"An account can have {quota} channels in a region")
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
    found = realm.channels if not wanted else _Matching(realm.channels, wanted)
    channels, more = page(found, params, default=100)
    return {"channels": [summarise(channel) for channel in channels], **more}


def update_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["arn"])
    _refuse_on_air(realm, channel.arn)
    settings = changed(channel, params)
    _check_references(realm, settings_of(params))
    channel.settings = settings
    return {"channel": describe(channel)}


def delete_channel(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["arn"])
    _refuse_on_air(realm, channel.arn)
    remove(realm, channel.arn)
    return {}


def _check_references(realm: Realm, given: Mapping[str, Any]) -> None:
    """Raises ResourceNotFoundException for what a channel is to be attached to.

    What it is attached to already cannot be gone, but in a replay it may not have been seen.
    """
    shelves: tuple[tuple[str, Shelf[Any]], ...] = (
        ("recordingConfigurationArn", realm.recording_configurations),
        ("playbackRestrictionPolicyArn", realm.playback_restriction_policies),
        ("adConfigurationArn", realm.ad_configurations),
        ("failoverSlateConfigurationArn", realm.failover_slate_configurations),
    )
    for member, shelf in shelves:
        if given.get(member):
            shelf.named(given[member])


def _refuse_on_air(realm: Realm, arn: str) -> None:
    if realm.on_air(arn) is not None:
        raise conflict("The channel is live; stop its stream first")


@dataclass(frozen=True, slots=True)
class _Matching:
    """The channels with these settings."""

    channels: Listing[Channel]
    wanted: Mapping[str, Any]

    def after(self, number: int) -> Iterator[tuple[int, Channel]]:
        for entry in self.channels.after(number):
            settings = entry[1].settings
            if all(settings[member] == value for member, value in self.wanted.items()):
                yield entry
