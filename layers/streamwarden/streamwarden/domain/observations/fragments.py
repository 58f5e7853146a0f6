"""Observations that several kinds of input give."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import Any, Final

from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource, StreamKey

# Settings that requests and responses carry beside the channel's own members.
_NOT_SETTINGS: Final = frozenset(
    {"arn", "tags", "srt", "playbackUrl", "ingestEndpoint", "publicKeyMaterial"}
)


def seen(arn: str, at: datetime) -> Resource:
    return Resource(arn=arn, first_seen_at=at, seen_at=at)


def settings_of(members: Mapping[str, object], at: datetime) -> dict[str, Stamped[Any]]:
    return {
        name: Stamped[Any](value, at)
        for name, value in members.items()
        if name not in _NOT_SETTINGS
    }


def with_key(
    arn: str,
    key_arn: str | None,
    minted_at: datetime | None,
    at: datetime,
    tags: Mapping[str, str] | None = None,
) -> Resource:
    """The channel has this stream key, or none. `tags` are all of the key's, None if unknown."""
    if not key_arn:
        return replace(seen(arn, at), key_arn=Stamped(key_arn, at))
    key = StreamKey(
        arn=key_arn,
        minted_at=min(minted_at, at) if minted_at else None,
        listed_tags=Stamped(dict(tags), at) if tags is not None else None,
    )
    return replace(seen(arn, at), key_arn=Stamped(key_arn, at), stream_keys={key_arn: key})
