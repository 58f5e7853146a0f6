"""What an IVS call needs to be allowed: the actions' resources and condition keys.

Which resource each action is checked against follows the Service Authorization Reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from simulator.api.errors import IvsError
from simulator.arns import Arn
from simulator.realm import Realm

_EVERY = "*"
# Operations without a resource of their own, by the types they are granted on.
_TYPE_LEVEL: dict[str, tuple[str, ...]] = {
    "CreateChannel": ("channel", "stream-key"),
    "ListChannels": ("channel",),
    "ListStreams": ("channel",),
    "CreateStreamKey": ("stream-key",),
    "CreateRecordingConfiguration": ("recording-configuration",),
    "ListRecordingConfigurations": ("recording-configuration",),
    "ImportPlaybackKeyPair": ("playback-key",),
    "ListPlaybackKeyPairs": ("playback-key",),
    "CreatePlaybackRestrictionPolicy": ("playback-restriction-policy",),
    "CreateAdConfiguration": ("ad-configuration",),
    "CreateFailoverSlateConfiguration": ("failover-slate-configuration",),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One check: may this action be taken on this resource, in this context."""

    action: str
    resource: str
    context: Mapping[str, Any]


def needed(realm: Realm, operation: str, params: Mapping[str, Any]) -> list[Permission]:
    asked = _request_context(operation, params)
    return [
        Permission(f"ivs:{operation}", arn, {**asked, **_resource_context(realm, arn)})
        for arn in _resources(realm, operation, params)
    ]


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


def _resources(realm: Realm, operation: str, params: Mapping[str, Any]) -> Iterator[str]:
    match operation, params:
        case str(), _ if operation in _TYPE_LEVEL:
            for kind in _TYPE_LEVEL[operation]:
                yield _any(realm, kind)
        case "DeleteChannel", {"arn": str(arn)}:
            yield arn
            yield from [key.arn for key in realm.keys_of(arn)] or [_any(realm, "stream-key")]
        case "ListStreamKeys", {"channelArn": str(arn)}:
            yield arn
            yield _any(realm, "stream-key")
        case _, {"arns": list(arns)}:
            yield from arns
        case _, {"resourceArn": str(arn)}:
            yield unquote(arn)
        case (_, {"arn": str(arn)}) | (_, {"channelArn": str(arn)}):
            yield arn
        case _:
            yield _EVERY


def _any(realm: Realm, kind: str) -> str:
    return str(Arn(realm.region, realm.account, kind, _EVERY))


def _request_context(operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    match params:
        case {"tags": Mapping() as tags} if tags:
            by_key = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
            return {**by_key, "aws:TagKeys": list(tags)}
        case {"tagKeys": list(keys)} if keys and operation == "UntagResource":
            return {"aws:TagKeys": keys}
        case _:
            return {}


def _resource_context(realm: Realm, arn: str) -> dict[str, str]:
    try:
        tags = realm.tags(arn)
    except IvsError:
        return {}
    return {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
