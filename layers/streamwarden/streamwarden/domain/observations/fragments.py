"""Observations that several kinds of input give."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.events.bounds import LONGEST_NAME, LONGEST_TAG_KEY, LONGEST_TAG_VALUE
from streamwarden.domain.events.members import is_hidden
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Resource, StreamKey

# What requests and responses carry beside the resource's own settings. The stream keys of an ingest
# configuration are kept out, whether CloudTrail hides them or not, and so is who may take part.
_NOT_SETTINGS: Final = frozenset(
    {
        "arn",
        "tags",
        "srt",
        "playbackUrl",
        "ingestEndpoint",
        "publicKeyMaterial",
        "streamKey",
        "redundantIngestCredentials",
        "participantTokenConfigurations",
        "userId",
        "attributes",
    }
)


def seen(arn: str, at: datetime) -> Resource:
    return Resource(arn=arn, first_seen_at=at, seen_at=at)


def is_hidden_setting(name: str, value: object) -> bool:
    return name not in _NOT_SETTINGS and is_hidden(value)


def settings_of(members: Mapping[str, object], at: datetime) -> dict[str, Stamped[Any]]:
    """What a record of CloudTrail hides is not known."""
    settings: dict[str, Stamped[Any]] = {
        name: Stamped(value, at)
        for name, value in members.items()
        if name not in _NOT_SETTINGS and not is_hidden(value)
    }
    if isinstance(name := members.get("name"), str) and len(name) > LONGEST_NAME:
        settings["name"] = Stamped(brief(name, LONGEST_NAME), at)
    return settings


def bounded_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """IVS takes no longer ones, so a longer one is a mistake, and its end is cut."""
    return {
        brief(key, LONGEST_TAG_KEY): brief(value, LONGEST_TAG_VALUE) for key, value in tags.items()
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
