"""Stream keys: one per channel, its value shown by every call but the listing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivs_simulator.broadcasting import encoders, sessions
from ivs_simulator.operations import tags
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.state.channels import issue_key
from ivs_simulator.state.resources import StreamKey
from ivs_simulator.wire.errors import batch_error, not_found, quota_exceeded
from ivs_simulator.wire.paging import page


def create_stream_key(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    channel = account_region.channel(params["channelArn"])
    given_tags = tags.accepted(params.get("tags"))
    if account_region.keys_of(channel.arn):
        raise quota_exceeded("The channel has a stream key already; one is the maximum")
    return {"streamKey": describe_key(issue_key(account_region, channel.arn, given_tags))}


def get_stream_key(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {"streamKey": describe_key(account_region.stream_key(params["arn"]))}


def batch_get_stream_key(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    arns = list(dict.fromkeys(params["arns"]))
    held = account_region.stream_keys
    return {
        "streamKeys": [describe_key(held[arn]) for arn in arns if arn in held],
        "errors": [batch_error(not_found(arn), arn) for arn in arns if arn not in held],
    }


def list_stream_keys(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    channel = account_region.channel(params["channelArn"])
    shown, more = page(_Keys(account_region.keys_of(channel.arn)), params, default=1)
    return {"streamKeys": [_summarise(key) for key in shown], **more}


def delete_stream_key(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """The key lets no one in any more; whether a stream already on air goes on is a switch."""
    key = account_region.stream_key(params["arn"])
    del account_region.stream_keys[key.arn]
    session = account_region.on_air(key.channel_arn)
    if session is not None and account_region.options.deleted_key_ends_stream:
        sessions.end(account_region, session, at)
        encoders.thrown_off(account_region, key.channel_arn, at)
    return {}


def describe_key(key: StreamKey) -> dict[str, Any]:
    return {**_summarise(key), "value": key.value}


@dataclass(frozen=True, slots=True)
class _Keys:
    """A channel's keys; it has one at most, so that a page with more to come is never seen."""

    keys: list[StreamKey]

    def after(self, number: int) -> Iterator[tuple[int, StreamKey]]:
        return ((place, key) for place, key in enumerate(self.keys) if place > number)


def _summarise(key: StreamKey) -> dict[str, Any]:
    return {"arn": key.arn, "channelArn": key.channel_arn, "tags": dict(key.tags)}
