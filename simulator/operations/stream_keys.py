"""Stream keys: one per channel, its value shown by every call but the listing."""

from datetime import datetime
from typing import Any

from simulator.api.errors import batch_error, not_found, quota_exceeded
from simulator.api.paging import page
from simulator.operations import tags
from simulator.realm import Realm
from simulator.resources import StreamKey


def issue_key(realm: Realm, channel_arn: str, given_tags: dict[str, str]) -> StreamKey:
    key = StreamKey(
        arn=realm.new_arn("stream-key"),
        channel_arn=channel_arn,
        value=realm.identifiers.key_value(realm.region),
        tags=given_tags,
    )
    realm.stream_keys[key.arn] = key
    return key


def create_stream_key(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["channelArn"])
    given_tags = tags.accepted(params.get("tags"))
    if realm.keys_of(channel.arn):
        raise quota_exceeded("The channel has a stream key already; one is the maximum")
    return {"streamKey": describe_key(issue_key(realm, channel.arn, given_tags))}


def get_stream_key(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    return {"streamKey": describe_key(realm.stream_key(params["arn"]))}


def batch_get_stream_key(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    arns = list(dict.fromkeys(params["arns"]))
    held = realm.stream_keys
    return {
        "streamKeys": [describe_key(held[arn]) for arn in arns if arn in held],
        "errors": [batch_error(not_found(arn), arn) for arn in arns if arn not in held],
    }


def list_stream_keys(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    channel = realm.channel(params["channelArn"])
    keys, more = page(realm.keys_of(channel.arn), params, default=1, mark=lambda key: key.arn)
    return {"streamKeys": [_summarise(key) for key in keys], **more}


def delete_stream_key(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    """The key lets no one in any more; a stream already on air goes on."""
    del realm.stream_keys[realm.stream_key(params["arn"]).arn]
    return {}


def describe_key(key: StreamKey) -> dict[str, Any]:
    return {**_summarise(key), "value": key.value}


def _summarise(key: StreamKey) -> dict[str, Any]:
    return {"arn": key.arn, "channelArn": key.channel_arn, "tags": dict(key.tags)}
