"""What a call that CloudTrail recorded says about its channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from msgspec.structs import replace

from streamwarden.domain.brief import brief
from streamwarden.domain.events import ApiCall, ApiCallName
from streamwarden.domain.events.bounds import LONGEST_TAG_KEY
from streamwarden.domain.events.members import is_hidden
from streamwarden.domain.ivs import ChannelType, ContainerFormat, LatencyMode
from streamwarden.domain.listed_types import LISTED_TYPES
from streamwarden.domain.observations.fragments import (
    bounded_tags,
    is_hidden_setting,
    seen,
    settings_of,
    with_key,
)
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Author, Resource, StreamKey, merge
from streamwarden.domain.state.stream_keys import minted_at_of
from streamwarden.domain.state.tag_history import changed_value, listed_values

# Names of users and services are shorter (IAM).
_LONGEST_CALLER: Final = 128

# What CreateChannel gives a channel where the request is silent (API Reference, CreateChannel).
_DEFAULTS: Final[Mapping[str, object]] = {
    "authorized": False,
    "containerFormat": ContainerFormat.TS.value,
    "insecureIngest": False,
    "latencyMode": LatencyMode.LOW.value,
    "multitrackInputConfiguration": {"enabled": False},
    "name": "",
    "playbackRestrictionPolicyArn": "",
    "recordingConfigurationArn": "",
    "type": ChannelType.STANDARD.value,
}
_TYPES: Final = LISTED_TYPES.values()
_MADE: Final = frozenset({ApiCallName.CREATE_CHANNEL, *(each.made_by for each in _TYPES)})
_CHANGED: Final = frozenset({ApiCallName.UPDATE_CHANNEL, *(each.changed_by for each in _TYPES)})
_DELETED: Final = frozenset({ApiCallName.DELETE_CHANNEL, *(each.deleted_by for each in _TYPES)})


def from_api_call(arn: str, call: ApiCall) -> Resource:
    at = call.called_at
    match call.name:
        case _ if call.error_code is not None:
            return Resource(arn=arn)
        case name if name in _MADE:
            return replace(_created(arn, call, at), creator=_author(call, at))
        case name if name in _CHANGED:
            settings = settings_of(call.created or call.request_parameters, _end_of_second(at))
            return replace(seen(arn, at), settings=settings)
        case name if name in _DELETED:
            return Resource(arn=arn, first_seen_at=at, deleted_at=at)
        case ApiCallName.TAG_RESOURCE | ApiCallName.UNTAG_RESOURCE:
            return _tags_changed(arn, call, at)
        case ApiCallName.CREATE_STREAM_KEY | ApiCallName.DELETE_STREAM_KEY:
            return replace(_key_changed(arn, call, at), key_author=_author(call, at))
        case _:  # StopStream, which changes nothing of the channel
            return seen(arn, at)


def _end_of_second(at: datetime) -> datetime:
    """CloudTrail knows whole seconds, so in the second of a listing the call counts."""
    return at.replace(microsecond=999_999)


def _author(call: ApiCall, at: datetime) -> Stamped[Author]:
    """A call has a caller, also where the record does not name its ARN, or any name."""
    arn, role_arn = call.user_arn or call.role_arn or "", call.role_arn or ""
    other_name = "" if arn else brief(call.caller_name, _LONGEST_CALLER)
    return Stamped(Author(arn, role_arn, other_name), at)


def _tags_changed(arn: str, call: ApiCall, at: datetime) -> Resource:
    changes = {key: Stamped(value, at) for key, value in _asked_tags(call).items()}
    if call.resource_arn is not None and call.resource_arn != arn:
        # A stream key has no record of its own: it is known with its channel.
        return _key_tags_changed(arn, call.resource_arn, changes)
    author = _author(call, at)
    return replace(
        seen(arn, at),
        tag_changes=changes,
        tag_authors=dict.fromkeys(changes, author),
        tag_history={
            key: frozenset({changed_value(change.value, author.value, at)})
            for key, change in changes.items()
        },
    )


def _asked_tags(call: ApiCall) -> Mapping[str, str | None]:
    """The tags that the call sets, and None for those that it removes."""
    if call.name is ApiCallName.TAG_RESOURCE:
        return _tags(call.request_parameters) or {}
    removed = call.request_parameters.get("tagKeys")
    keys = removed if isinstance(removed, list) else ()
    return {brief(key, LONGEST_TAG_KEY): None for key in keys}


def _key_tags_changed(
    arn: str, key_arn: str, changes: Mapping[str, Stamped[str | None]]
) -> Resource:
    return Resource(arn=arn, stream_keys={key_arn: StreamKey(arn=key_arn, tag_changes=changes)})


def _created(arn: str, call: ApiCall, at: datetime) -> Resource:
    """CloudTrail shows what was asked for and what came of it; the rest has the API's defaults.

    What it hides is not known, and neither is the whole of the resource then.
    """
    request, response = call.request_parameters, call.response_elements
    defaults = _DEFAULTS if call.name is ApiCallName.CREATE_CHANNEL else {}
    members = {**defaults, **request, **call.created}
    tags = _either_tags(call.created, request)
    created = replace(
        seen(arn, at),
        listed_at=at if tags is not None and not _has_hidden(members) else None,
        settings=settings_of(members, at),
        listed_tags=Stamped(tags, at) if tags is not None else None,
        tag_history=listed_values(tags or {}, at),
    )
    key = _mapping(response.get("streamKey"))
    return merge(created, _key_created(arn, at, key, {})) if key else created


def _has_hidden(members: Mapping[str, object]) -> bool:
    return any(is_hidden_setting(name, value) for name, value in members.items())


def _key_changed(arn: str, call: ApiCall, at: datetime) -> Resource:
    if call.name is ApiCallName.DELETE_STREAM_KEY:
        return with_key(arn, None, None, at)
    key = _mapping(call.response_elements.get("streamKey"))
    return _key_created(arn, at, key, call.request_parameters)


def _key_created(
    arn: str, at: datetime, key: Mapping[str, object], request: Mapping[str, object]
) -> Resource:
    key_arn = key.get("arn")
    tags = _either_tags(key, request)
    minted_at = minted_at_of(tags or {}) or at
    # A key was made, also where the record does not name it: no name is not "no key".
    return with_key(arn, str(key_arn or ""), min(minted_at, at), at, tags)


def _either_tags(
    created: Mapping[str, object], request: Mapping[str, object]
) -> dict[str, str] | None:
    """The tags of what a call made: as answered, or else as asked for."""
    found, asked = _tags(created), _tags(request)
    return None if found is None or asked is None else found or asked


def _tags(members: Mapping[str, object]) -> dict[str, str] | None:
    """None where CloudTrail hides them."""
    tags = members.get("tags")
    return None if is_hidden(tags) else bounded_tags(_mapping(tags))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
