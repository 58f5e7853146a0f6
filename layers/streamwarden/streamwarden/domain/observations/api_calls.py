"""What a call that CloudTrail recorded says about its channel."""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime
from typing import Final, assert_never

from streamwarden.domain.events import ApiCall, ApiCallName
from streamwarden.domain.observations.fragments import seen, settings_of, with_key
from streamwarden.domain.state.merge import Stamped
from streamwarden.domain.state.resource import Author, Resource, StreamKey, merge
from streamwarden.domain.state.stream_keys import minted_at_of

# What CreateChannel gives a channel where the request is silent (API Reference, CreateChannel).
_DEFAULTS: Final[Mapping[str, object]] = {
    "authorized": False,
    "containerFormat": "TS",
    "insecureIngest": False,
    "latencyMode": "LOW",
    "multitrackInputConfiguration": {"enabled": False},
    "name": "",
    "playbackRestrictionPolicyArn": "",
    "recordingConfigurationArn": "",
    "type": "STANDARD",
}


def from_api_call(arn: str, call: ApiCall) -> Resource:
    at = call.event_time.astimezone(UTC)
    match call.name:
        case _ if call.error_code is not None:
            return Resource(arn=arn)
        case (
            ApiCallName.CREATE_CHANNEL
            | ApiCallName.CREATE_PLAYBACK_RESTRICTION_POLICY
            | ApiCallName.CREATE_RECORDING_CONFIGURATION
            | ApiCallName.IMPORT_PLAYBACK_KEY_PAIR
        ):
            return replace(_created(arn, call, at), creator=_author(call, at))
        case ApiCallName.UPDATE_CHANNEL | ApiCallName.UPDATE_PLAYBACK_RESTRICTION_POLICY:
            settings = settings_of(call.created or call.request_parameters, at)
            return replace(seen(arn, at), settings=settings)
        case (
            ApiCallName.DELETE_CHANNEL
            | ApiCallName.DELETE_PLAYBACK_KEY_PAIR
            | ApiCallName.DELETE_PLAYBACK_RESTRICTION_POLICY
            | ApiCallName.DELETE_RECORDING_CONFIGURATION
        ):
            return Resource(arn=arn, first_seen_at=at, deleted_at=at)
        case ApiCallName.TAG_RESOURCE | ApiCallName.UNTAG_RESOURCE:
            return _tags_changed(arn, call, at)
        case ApiCallName.CREATE_STREAM_KEY | ApiCallName.DELETE_STREAM_KEY:
            return replace(_key_changed(arn, call, at), key_author=_author(call, at))
        case ApiCallName.STOP_STREAM:
            return seen(arn, at)
        case _:
            assert_never(call.name)


def _author(call: ApiCall, at: datetime) -> Stamped[Author] | None:
    """None where the record names nobody, as for calls that a service of AWS makes."""
    if call.user_arn is None:
        return None
    return Stamped(Author(call.user_arn, call.role_arn or ""), at)


def _tags_changed(arn: str, call: ApiCall, at: datetime) -> Resource:
    changes = {key: Stamped(value, at) for key, value in _asked_tags(call).items()}
    if call.resource_arn is not None and call.resource_arn != arn:
        # A stream key has no record of its own: it is known with its channel.
        return _key_tags_changed(arn, call.resource_arn, changes)
    author = _author(call, at)
    return replace(
        seen(arn, at),
        tag_changes=changes,
        tag_authors=dict.fromkeys(changes, author) if author else {},
    )


def _asked_tags(call: ApiCall) -> Mapping[str, str | None]:
    """The tags that the call sets, and None for those that it removes."""
    if call.name is ApiCallName.TAG_RESOURCE:
        return _tags(call.request_parameters)
    removed = call.request_parameters.get("tagKeys")
    return {str(key): None for key in removed} if isinstance(removed, list) else {}


def _key_tags_changed(
    arn: str, key_arn: str, changes: Mapping[str, Stamped[str | None]]
) -> Resource:
    return Resource(arn=arn, stream_keys={key_arn: StreamKey(arn=key_arn, tag_changes=changes)})


def _created(arn: str, call: ApiCall, at: datetime) -> Resource:
    """CloudTrail shows what was asked for and what came of it; the rest has the API's defaults."""
    request, response = call.request_parameters, call.response_elements
    defaults = _DEFAULTS if call.name is ApiCallName.CREATE_CHANNEL else {}
    created = replace(
        seen(arn, at),
        listed_at=at,
        settings=settings_of({**defaults, **request, **call.created}, at),
        listed_tags=Stamped(_tags(call.created) or _tags(request), at),
    )
    key = _mapping(response.get("streamKey"))
    return merge(created, _key_created(arn, at, key, {})) if key else created


def _key_changed(arn: str, call: ApiCall, at: datetime) -> Resource:
    if call.name is ApiCallName.DELETE_STREAM_KEY:
        return with_key(arn, None, None, at)
    key = _mapping(call.response_elements.get("streamKey"))
    return _key_created(arn, at, key, _tags(call.request_parameters))


def _key_created(
    arn: str, at: datetime, key: Mapping[str, object], asked_tags: Mapping[str, str]
) -> Resource:
    key_arn = key.get("arn")
    minted_at = minted_at_of(asked_tags or _tags(key)) or at
    # A key was made, also where the record does not name it: no name is not "no key".
    tags = _tags(key) or asked_tags
    return with_key(arn, str(key_arn or ""), min(minted_at, at), at, tags)


def _tags(members: Mapping[str, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in _mapping(members.get("tags")).items()}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
