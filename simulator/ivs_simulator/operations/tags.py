"""Tags: fifty of the user's per resource, and none of AWS's own prefix from a user's hand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ivs_simulator.events.tag_changes import tag_change_event
from ivs_simulator.state.account_region import AccountRegion
from ivs_simulator.wire.errors import invalid

MAXIMUM = 50
RESERVED_PREFIX = "aws:"


def accepted(tags: Mapping[str, str] | None) -> dict[str, str]:
    """The tags given to a new resource, once they are found allowed."""
    given = dict(tags or {})
    _refuse_reserved(given)
    return given


def list_tags_for_resource(
    account_region: AccountRegion, params: dict[str, Any], _: datetime
) -> dict[str, Any]:
    return {"tags": dict(account_region.tags(params["resourceArn"]))}


def tag_resource(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    tags = account_region.tags(params["resourceArn"])
    _refuse_reserved(params["tags"])
    after = {**tags, **params["tags"]}
    # Not a ServiceQuotaExceededException: the model does not list it for TagResource.
    if sum(not _is_reserved(name) for name in after) > MAXIMUM:
        raise invalid(f"A resource can have at most {MAXIMUM} tags")
    tags.update(params["tags"])
    _emit_change(account_region, params["resourceArn"], params["tags"], at)
    return {}


def untag_resource(
    account_region: AccountRegion, params: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """Keys the resource does not have are no error: the model calls the operation idempotent."""
    tags = account_region.tags(params["resourceArn"])
    _refuse_reserved(params["tagKeys"])
    for name in params["tagKeys"]:
        tags.pop(name, None)
    _emit_change(account_region, params["resourceArn"], params["tagKeys"], at)
    return {}


def _emit_change(
    account_region: AccountRegion, arn: str, changed: Iterable[str], at: datetime
) -> None:
    account_region.tag_versions[arn] += 1
    if account_region.options.tag_change_events:
        version = account_region.tag_versions[arn]
        tags = account_region.tags(arn)
        account_region.emit(
            tag_change_event(account_region.envelope_metadata(at), arn, changed, tags, version)
        )


def _refuse_reserved(names: Iterable[str]) -> None:
    if any(_is_reserved(name) for name in names):
        raise invalid(f"Tag keys that begin with {RESERVED_PREFIX} are reserved")


def _is_reserved(name: str) -> bool:
    return name.lower().startswith(RESERVED_PREFIX)
