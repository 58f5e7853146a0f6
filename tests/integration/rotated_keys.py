"""Channels whose keys are due, and the keys that a rotation has published."""

import json
from typing import Any

from tests.integration.driver import Stack

PREFIX = "streamwarden/stream-keys/"


def key_of(stack: Stack, channel_arn: str) -> Any:
    """The channel's one key, as IVS has it."""
    ivs = stack.client("ivs")
    (listed,) = ivs.list_stream_keys(channelArn=channel_arn)["streamKeys"]
    return ivs.get_stream_key(arn=listed["arn"])["streamKey"]


def published(stack: Stack, channel_arn: str) -> Any:
    name = PREFIX + channel_arn.rpartition("/")[2]
    answer = stack.client("secretsmanager").get_secret_value(SecretId=name)
    return json.loads(answer["SecretString"])


def with_old_key(stack: Stack, name: str = "studio", **key_tags: str) -> str:
    """A channel whose key was made 31 days ago."""
    channel_arn = stack.channel(name)
    key = key_of(stack, channel_arn)
    if key_tags:
        stack.client("ivs").tag_resource(resourceArn=key["arn"], tags=key_tags)
    stack.later(days=31)
    stack.sweep()
    stack.take_notifications()
    return channel_arn
