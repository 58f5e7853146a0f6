"""What an action becomes when it is carried out: after a look at IVS, one call of its API, or none.

The calls are named as in the API Reference, so that a new action needs no new port.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from streamwarden.domain.inputs import Health


class LiveStream(Struct, frozen=True, kw_only=True):
    """One entry of ListStreams, or the answer of GetStream. `health` as in the API.

    `viewer_count` is None while IVS does not know it.
    """

    channel_arn: str
    stream_id: str
    health: Health
    start_time: datetime
    viewer_count: int | None = None


class ListedKey(Struct, frozen=True):
    """A stream key as listings show it: without its value."""

    arn: str
    tags: Mapping[str, str]


class SeenChannel(Struct, frozen=True):
    """A channel as it is now: the settings that can be changed, and its tags."""

    settings: Mapping[str, Any]
    tags: Mapping[str, str]


class Sight(StrEnum):
    """What an action looks at before it is carried out."""

    NOTHING = "nothing"
    STREAM = "GetStream"
    KEY = "ListStreamKeys"
    CHANNEL = "GetChannel"


class Seen(Struct, frozen=True, kw_only=True):
    """What the look showed: what is live on the channel now, the stream key that it has now, or the
    channel itself. None where there is none."""

    stream: LiveStream | None = None
    key: ListedKey | None = None
    channel: SeenChannel | None = None


class Call(Struct, frozen=True, kw_only=True):
    """One call of the IVS API, by the names of the API Reference.

    `done` says what it has changed once it was made, and `tags` and `settings` are those that it
    sets; the value of a tag that it removes is None. After an error whose code is in
    `pointless_after` there is nothing to do now, for the reason given there. `takes_key` says that
    the channel has no stream key after it.
    """

    operation: str
    parameters: Mapping[str, Any]
    done: str
    tags: Mapping[str, str | None] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    pointless_after: Mapping[str, str] = field(default_factory=dict)
    takes_key: bool = False


class Pointless(Struct, frozen=True):
    """The action changes nothing any more, and why. `settings` are those that the look showed."""

    reason: str
    settings: Mapping[str, Any] = field(default_factory=dict)


type Plan = Call | Pointless


def set_tags(resource_arn: str, tags: Mapping[str, str], of_whom: str = "") -> Call:
    """TagResource, which leaves other tags as they are."""
    return Call(
        operation="TagResource",
        parameters={"resourceArn": resource_arn, "tags": dict(tags)},
        done=f"set {', '.join(sorted(tags))}{of_whom}",
        tags=tags,
    )


def remove_tags(resource_arn: str, keys: Sequence[str], from_whom: str = "") -> Call:
    """UntagResource, which does not mind tags that are not there."""
    return Call(
        operation="UntagResource",
        parameters={"resourceArn": resource_arn, "tagKeys": list(keys)},
        done=f"removed {', '.join(sorted(keys))}{from_whom}",
        tags=dict.fromkeys(keys),
    )
