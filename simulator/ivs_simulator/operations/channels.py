"""Channels: made with their one stream key, changed and deleted only while off air."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivs_simulator.operations import tags
from ivs_simulator.operations.stream_keys import describe_key
from ivs_simulator.state.account_region import AccountRegion
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
from ivs_simulator.state.resource_store import ResourceStore
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


def create_channel(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    settings = complete(settings_of(params))
    given_tags = tags.accepted(params.get("tags"))
    _check_references(account_region, settings_of(params))
    quota = account_region.options.quotas.channels
    if len(account_region.channels) >= quota:
        raise quota_exceeded(f"An account can have {quota} channels in a region")
    channel = install(account_region, account_region.new_arn("channel"), settings, given_tags, at)
    key = issue_key(account_region, channel.arn, {})
    return {"channel": describe(channel), "streamKey": describe_key(key)}


def get_channel(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {"channel": describe(account_region.channel(params["arn"]))}


def batch_get_channel(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    arns = list(dict.fromkeys(params["arns"]))
    return {
        "channels": [
            describe(account_region.channels[arn]) for arn in arns if arn in account_region.channels
        ],
        "errors": [
            batch_error(not_found(arn), arn) for arn in arns if arn not in account_region.channels
        ],
    }


def list_channels(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    wanted = {member: params[name] for name, member in FILTERS.items() if params.get(name)}
    if len(wanted) > 1:
        raise conflict("Only one filter can be given at a time")
    found = account_region.channels if not wanted else _Matching(account_region.channels, wanted)
    channels, more = page(found, params, default=100)
    return {"channels": [summarise(channel) for channel in channels], **more}


def update_channel(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    channel = account_region.channel(params["arn"])
    _refuse_on_air(account_region, channel.arn)
    settings = changed(channel, params)
    _check_references(account_region, settings_of(params))
    channel.settings = settings
    return {"channel": describe(channel)}


def delete_channel(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    channel = account_region.channel(params["arn"])
    _refuse_on_air(account_region, channel.arn)
    remove(account_region, channel.arn)
    return {}


def _check_references(account_region: AccountRegion, given: Mapping[str, Any]) -> None:
    """Raises ResourceNotFoundException for what a channel is to be attached to.

    What it is attached to already cannot be gone, but in a replay it may not have been seen.
    """
    stores: tuple[tuple[str, ResourceStore[Any]], ...] = (
        ("recordingConfigurationArn", account_region.recording_configurations),
        ("playbackRestrictionPolicyArn", account_region.playback_restriction_policies),
        ("adConfigurationArn", account_region.ad_configurations),
        ("failoverSlateConfigurationArn", account_region.failover_slate_configurations),
    )
    for member, store in stores:
        if given.get(member):
            store.named(given[member])


def _refuse_on_air(account_region: AccountRegion, arn: str) -> None:
    if account_region.on_air(arn) is not None:
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
