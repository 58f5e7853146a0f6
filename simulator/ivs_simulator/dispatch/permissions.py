"""What an IVS call needs to be allowed: the actions, their resources and their condition keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from ivs_simulator.dispatch.required_permissions import (
    REQUIRED,
    TAGGED_WHEN_CREATED,
    Kind,
    Named,
    Required,
)
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.arns import Arn
from ivs_simulator.wire.errors import IvsError

EVERYTHING: Final = "*"


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
    required = REQUIRED.get(operation, ())  # none of an operation that is not simulated
    named = [arn for each in required for arn in _named(account_region, each, params)]
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
