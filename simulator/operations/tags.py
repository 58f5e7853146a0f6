"""Tags: fifty of the user's per resource, and none of AWS's own prefix from a user's hand."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from simulator.api.errors import invalid
from simulator.realm import Realm

MAXIMUM = 50
RESERVED_PREFIX = "aws:"


def accepted(tags: Mapping[str, str] | None) -> dict[str, str]:
    """The tags given to a new resource, once they are found allowed."""
    given = dict(tags or {})
    _refuse_reserved(given)
    return given


def list_tags_for_resource(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    return {"tags": dict(realm.tags(unquote(params["resourceArn"])))}


def tag_resource(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    tags = realm.tags(unquote(params["resourceArn"]))
    _refuse_reserved(params["tags"])
    after = {**tags, **params["tags"]}
    if sum(not _is_reserved(name) for name in after) > MAXIMUM:
        raise invalid(f"A resource can have at most {MAXIMUM} tags")
    tags.update(params["tags"])
    return {}


def untag_resource(realm: Realm, params: dict[str, Any], _: datetime) -> dict[str, Any]:
    tags = realm.tags(unquote(params["resourceArn"]))
    _refuse_reserved(params["tagKeys"])
    for name in params["tagKeys"]:
        tags.pop(name, None)
    return {}


def _refuse_reserved(names: Iterable[str]) -> None:
    if any(_is_reserved(name) for name in names):
        raise invalid(f"Tag keys that begin with {RESERVED_PREFIX} are reserved")


def _is_reserved(name: str) -> bool:
    return name.lower().startswith(RESERVED_PREFIX)
