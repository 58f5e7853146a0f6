"""What an IVS call needs to be allowed: the actions, their resources and their condition keys.

Source: Service Authorization Reference, "Amazon Interactive Video Service", edition of 2026. It
does not list failover slates; what is chosen for them is said at their rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import unquote

from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import IvsError

EVERYTHING: Final = "*"


class Kind(StrEnum):
    """Resource types, as they stand in an ARN."""

    AD_CONFIGURATION = "ad-configuration"
    CHANNEL = "channel"
    FAILOVER_SLATE_CONFIGURATION = "failover-slate-configuration"
    PLAYBACK_KEY = "playback-key"
    PLAYBACK_RESTRICTION_POLICY = "playback-restriction-policy"
    RECORDING_CONFIGURATION = "recording-configuration"
    STREAM_KEY = "stream-key"


class Named(StrEnum):
    """How a call names the resources it is checked on; mostly, the member that holds the ARN."""

    ARN = "arn"
    ARNS = "arns"
    CHANNEL_ARN = "channelArn"
    RESOURCE_ARN = "resourceArn"
    VIEWER_SESSIONS = "viewerSessions[].channelArn"
    KEYS_OF_CHANNEL = "the stream keys of `arn`"
    BY_TYPE = "all resources of the type"


@dataclass(frozen=True, slots=True)
class Required:
    """A resource an operation's action must be allowed on; no `kind` means one of any type."""

    kind: Kind | None
    named: Named


_CHANNEL: Final = (Required(Kind.CHANNEL, Named.ARN),)
_CHANNEL_OF_STREAM: Final = (Required(Kind.CHANNEL, Named.CHANNEL_ARN),)
_ANY_CHANNEL: Final = (Required(Kind.CHANNEL, Named.BY_TYPE),)
_STREAM_KEY: Final = (Required(Kind.STREAM_KEY, Named.ARN),)
_ANY_STREAM_KEY: Final = (Required(Kind.STREAM_KEY, Named.BY_TYPE),)
_RECORDING: Final = (Required(Kind.RECORDING_CONFIGURATION, Named.ARN),)
_ANY_RECORDING: Final = (Required(Kind.RECORDING_CONFIGURATION, Named.BY_TYPE),)
_PLAYBACK_KEY: Final = (Required(Kind.PLAYBACK_KEY, Named.ARN),)
_ANY_PLAYBACK_KEY: Final = (Required(Kind.PLAYBACK_KEY, Named.BY_TYPE),)
_RESTRICTION: Final = (Required(Kind.PLAYBACK_RESTRICTION_POLICY, Named.ARN),)
_ANY_RESTRICTION: Final = (Required(Kind.PLAYBACK_RESTRICTION_POLICY, Named.BY_TYPE),)
_AD: Final = (Required(Kind.AD_CONFIGURATION, Named.ARN),)
_ANY_AD: Final = (Required(Kind.AD_CONFIGURATION, Named.BY_TYPE),)
_SLATE: Final = (Required(Kind.FAILOVER_SLATE_CONFIGURATION, Named.ARN),)
_ANY_SLATE: Final = (Required(Kind.FAILOVER_SLATE_CONFIGURATION, Named.BY_TYPE),)
_TAGGABLE: Final = (Required(None, Named.RESOURCE_ARN),)
# Actions without a resource type are granted by `"Resource": "*"` alone.
_NO_RESOURCE: Final[tuple[Required, ...]] = ()

REQUIRED: Final[Mapping[str, tuple[Required, ...]]] = {
    "BatchGetChannel": (Required(Kind.CHANNEL, Named.ARNS),),
    "BatchGetStreamKey": (Required(Kind.STREAM_KEY, Named.ARNS),),
    "BatchStartViewerSessionRevocation": (Required(Kind.CHANNEL, Named.VIEWER_SESSIONS),),
    "CreateAdConfiguration": _ANY_AD,
    "CreateChannel": _ANY_CHANNEL + _ANY_STREAM_KEY,
    # By analogy with the other Create operations.
    "CreateFailoverSlateConfiguration": _ANY_SLATE,
    "CreatePlaybackRestrictionPolicy": _ANY_RESTRICTION,
    "CreateRecordingConfiguration": _ANY_RECORDING,
    # Not on the channel: which channel gets a key cannot be limited by a policy.
    "CreateStreamKey": _ANY_STREAM_KEY,
    "DeleteAdConfiguration": _AD,
    "DeleteChannel": (*_CHANNEL, Required(Kind.STREAM_KEY, Named.KEYS_OF_CHANNEL)),
    # By analogy with the other Delete operations.
    "DeleteFailoverSlateConfiguration": _SLATE,
    "DeletePlaybackKeyPair": _PLAYBACK_KEY,
    "DeletePlaybackRestrictionPolicy": _RESTRICTION,
    "DeleteRecordingConfiguration": _RECORDING,
    "DeleteStreamKey": _STREAM_KEY,
    "GetAdConfiguration": _AD,
    "GetChannel": _CHANNEL,
    # By analogy with the other Get operations.
    "GetFailoverSlateConfiguration": _SLATE,
    "GetPlaybackKeyPair": _PLAYBACK_KEY,
    "GetPlaybackRestrictionPolicy": _RESTRICTION,
    "GetRecordingConfiguration": _RECORDING,
    "GetStream": _CHANNEL_OF_STREAM,
    "GetStreamKey": _STREAM_KEY,
    "GetStreamSession": _CHANNEL_OF_STREAM,
    "ImportPlaybackKeyPair": _ANY_PLAYBACK_KEY,
    "InsertAdBreak": _CHANNEL_OF_STREAM,
    "ListAdConfigurations": _NO_RESOURCE,
    "ListChannels": _ANY_CHANNEL,
    # By analogy with its neighbour ListAdConfigurations, which is the stricter reading.
    "ListFailoverSlateConfigurations": _NO_RESOURCE,
    "ListPlaybackKeyPairs": _ANY_PLAYBACK_KEY,
    "ListPlaybackRestrictionPolicies": _NO_RESOURCE,
    "ListRecordingConfigurations": _ANY_RECORDING,
    "ListStreamKeys": _CHANNEL_OF_STREAM + _ANY_STREAM_KEY,
    "ListStreamSessions": _CHANNEL_OF_STREAM,
    "ListStreams": _ANY_CHANNEL,
    "ListTagsForResource": _TAGGABLE,
    "PutMetadata": _CHANNEL_OF_STREAM,
    "StartViewerSessionRevocation": _CHANNEL_OF_STREAM,
    "StopStream": _CHANNEL_OF_STREAM,
    "TagResource": _TAGGABLE,
    "UntagResource": _TAGGABLE,
    # The reference gives it no resource type, unlike every other Update operation.
    "UpdateAdConfiguration": _NO_RESOURCE,
    "UpdateChannel": _CHANNEL,
    # By analogy with UpdatePlaybackRestrictionPolicy.
    "UpdateFailoverSlateConfiguration": _SLATE,
    "UpdatePlaybackRestrictionPolicy": _RESTRICTION,
}

# A call that creates one of these with tags needs ivs:TagResource as well (the reference's table
# of operations), on the type: the resource has no ARN yet. A new channel's tags are not its key's.
TAGGED_WHEN_CREATED: Final[Mapping[str, Kind]] = {
    "CreateAdConfiguration": Kind.AD_CONFIGURATION,
    "CreateChannel": Kind.CHANNEL,
    # By analogy with the other Create operations.
    "CreateFailoverSlateConfiguration": Kind.FAILOVER_SLATE_CONFIGURATION,
    "CreatePlaybackRestrictionPolicy": Kind.PLAYBACK_RESTRICTION_POLICY,
    "CreateRecordingConfiguration": Kind.RECORDING_CONFIGURATION,
    "CreateStreamKey": Kind.STREAM_KEY,
    "ImportPlaybackKeyPair": Kind.PLAYBACK_KEY,
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One check: may this action be taken on this resource, in this context."""

    action: str
    resource: str
    context: Mapping[str, Any]


def needed(
    account_region: AccountRegion, operation: str, params: Mapping[str, Any]
) -> list[Permission]:
    """Every permission the call needs; it is allowed when all of them are."""
    asked = _request_context(operation, params)
    permissions = [
        Permission(f"ivs:{operation}", arn, {**asked, **_resource_context(account_region, arn)})
        for arn in _resources(account_region, operation, params)
    ]
    if asked and operation in TAGGED_WHEN_CREATED:
        tagged = _any(account_region, TAGGED_WHEN_CREATED[operation])
        permissions.append(Permission("ivs:TagResource", tagged, asked))
    return permissions


def denial(caller_arn: str, permission: Permission, *, explicit: bool) -> str:
    reason = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {permission.action} action"
    )
    return (
        f"User: {caller_arn} is not authorized to perform: {permission.action} "
        f"on resource: {permission.resource} {reason}"
    )


def _resources(
    account_region: AccountRegion, operation: str, params: Mapping[str, Any]
) -> list[str]:
    named = [arn for each in REQUIRED[operation] for arn in _named(account_region, each, params)]
    # A call that names no resource, by its kind or by mistake, needs the permission for all.
    return [arn for arn in named if isinstance(arn, str) and arn] or [EVERYTHING]


def _named(
    account_region: AccountRegion, required: Required, params: Mapping[str, Any]
) -> Iterator[Any]:
    match required.named:
        case Named.BY_TYPE:
            yield _any(account_region, required.kind)
        case Named.KEYS_OF_CHANNEL:
            arn = params.get("arn")
            keys = account_region.keys_of(arn) if isinstance(arn, str) else []
            yield from [key.arn for key in keys] or [_any(account_region, required.kind)]
        case Named.ARNS:
            yield from _list(params, "arns")
        case Named.VIEWER_SESSIONS:
            sessions = _list(params, "viewerSessions")
            yield from (each.get("channelArn") for each in sessions if isinstance(each, Mapping))
        case Named.RESOURCE_ARN:
            arn = params.get("resourceArn")
            yield unquote(arn) if isinstance(arn, str) else None
        case Named.ARN | Named.CHANNEL_ARN:
            yield params.get(required.named)


def _list(params: Mapping[str, Any], name: str) -> list[Any]:
    """The list given; requests are authorised before anyone has looked at their shape."""
    given = params.get(name)
    return given if isinstance(given, list) else []


def _any(account_region: AccountRegion, kind: Kind | None) -> str:
    return str(Arn(account_region.region, account_region.account, kind or EVERYTHING, EVERYTHING))


def _request_context(operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    # Only what the operation knows: no stray member of the body may satisfy a condition.
    given = {name: params[name] for name in _members(operation) if name in params}
    match given:
        case {"tags": Mapping() as tags} if tags:
            by_key = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
            return {**by_key, "aws:TagKeys": list(tags)}
        case {"tagKeys": list(keys)} if keys:
            return {"aws:TagKeys": keys}
        case _:
            return {}


def _members(operation: str) -> Mapping[str, Any]:
    shape = api_model.operation(operation).input_shape
    return {} if shape is None else shape.members


def _resource_context(account_region: AccountRegion, arn: str) -> dict[str, str]:
    try:
        tags = account_region.tags(arn)
    except IvsError:
        return {}
    return {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
