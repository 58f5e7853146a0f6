"""What a call that CloudTrail recorded says about its channel."""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime
from typing import Final, assert_never

from streamwarden.domain.events import ApiCall, ApiCallName
from streamwarden.domain.joins import Stamped
from streamwarden.domain.learn.fragments import minted_at_of, seen, settings_of, with_key
from streamwarden.domain.resource import Author, Resource, merge

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
    request, response = call.request_parameters, call.response_elements
    match call.name:
        case _ if call.error_code is not None:
            return Resource(arn=arn)
        case ApiCallName.CREATE_CHANNEL:
            created = _channel_created(arn, at, request, response)
            return replace(created, creator=_author(call, at))
        case ApiCallName.UPDATE_CHANNEL:
            settings = settings_of(_mapping(response.get("channel")) or request, at)
            return replace(seen(arn, at), settings=settings)
        case ApiCallName.DELETE_CHANNEL:
            return Resource(arn=arn, first_seen_at=at, deleted_at=at)
        case ApiCallName.TAG_RESOURCE:
            return _tags_changed(arn, at, _tags(request), _author(call, at))
        case ApiCallName.UNTAG_RESOURCE:
            removed = request.get("tagKeys")
            keys = removed if isinstance(removed, list) else []
            return _tags_changed(arn, at, {str(key): None for key in keys}, _author(call, at))
        case ApiCallName.CREATE_STREAM_KEY:
            created = _key_created(arn, at, _mapping(response.get("streamKey")), _tags(request))
            return replace(created, key_author=_author(call, at))
        case ApiCallName.DELETE_STREAM_KEY:
            return replace(with_key(arn, None, None, at), key_author=_author(call, at))
        case ApiCallName.STOP_STREAM:
            return seen(arn, at)
        case _:
            assert_never(call.name)


def _author(call: ApiCall, at: datetime) -> Stamped[Author] | None:
    """None where the record names nobody, as for calls that a service of AWS makes."""
    if call.user_arn is None:
        return None
    return Stamped(Author(call.user_arn, call.role_arn or ""), at)


def _tags_changed(
    arn: str, at: datetime, tags: Mapping[str, str | None], author: Stamped[Author] | None
) -> Resource:
    return replace(
        seen(arn, at),
        tag_changes={key: Stamped(value, at) for key, value in tags.items()},
        tag_authors=dict.fromkeys(tags, author) if author else {},
    )


def _channel_created(
    arn: str, at: datetime, request: Mapping[str, object], response: Mapping[str, object]
) -> Resource:
    """CloudTrail shows what was asked for and what came of it; the rest has the API's defaults."""
    channel = _mapping(response.get("channel"))
    key = _mapping(response.get("streamKey"))
    created = replace(
        seen(arn, at),
        listed_at=at,
        settings=settings_of({**_DEFAULTS, **request, **channel}, at),
        listed_tags=Stamped(_tags(channel) or _tags(request), at),
    )
    return merge(created, _key_created(arn, at, key, {})) if key else created


def _key_created(
    arn: str, at: datetime, key: Mapping[str, object], asked_tags: Mapping[str, str]
) -> Resource:
    key_arn = key.get("arn")
    minted_at = minted_at_of(asked_tags or _tags(key)) or at
    # A key was made, also where the record does not name it: no name is not "no key".
    return with_key(arn, str(key_arn or ""), min(minted_at, at), at)


def _tags(members: Mapping[str, object]) -> dict[str, str]:
    return {str(key): str(value) for key, value in _mapping(members.get("tags")).items()}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
