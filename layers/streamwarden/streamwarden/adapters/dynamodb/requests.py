"""All that enforce reads of the table before an action, in one call: a stop waits for it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.dynamodb.controls import (
    breaker_key,
    controls_key,
    read_breaker,
    read_controls,
)
from streamwarden.adapters.dynamodb.formats import refuse_newer
from streamwarden.adapters.dynamodb.items import Items, get_at_once, name_of, text
from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.brief import brief
from streamwarden.domain.state.controls import AccountControls
from streamwarden.domain.verdicts import Action
from streamwarden.services.errors import PermanentError
from streamwarden.services.records import RequestedAction, StoredBreaker

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RECORD: Final = "record"
# Of a record, what is requested and its format; of the others, all that is decoded.
_READ: Final = "pk, sk, requested, entry, document, version"


class _Found(Struct, frozen=True):
    """BeforeAction of the items that were found, which are decoded when they are asked for."""

    request: RequestedAction | None
    place: Place
    rule_id: str
    items: Items

    def controls(self) -> AccountControls:
        return read_controls(self.items.get(name_of(controls_key(self.place))), self.place)

    def breaker(self) -> StoredBreaker:
        return read_breaker(
            self.items.get(name_of(breaker_key(self.place, self.rule_id))), self.rule_id
        )


class DynamoActionLookup(Struct, frozen=True):
    """ActionLookup over BatchGetItem. It reads consistently: actions are sent right after the save,
    and a pause takes effect at once."""

    client: "DynamoDBClient"
    table_name: str

    def before(self, action: Action) -> _Found:
        arn, rule_id = action.resource_arn, action.rule_id
        try:
            place = place_of(arn)
        except ValueError as error:
            raise PermanentError(f"the resource {brief(arn, 64)!r} is {error}") from error
        record = {"pk": text(arn), "sk": text(RECORD)}
        # What no rule asks for has no breaker, and a key is never empty.
        breakers = [breaker_key(place, rule_id)] if rule_id else []
        keys = [record, controls_key(place), *breakers]
        items = get_at_once(self.client, self.table_name, keys, ProjectionExpression=_READ)
        request = _requested(items.get(name_of(record), {}), arn).get(action.id)
        return _Found(request, place, rule_id, items)


def _requested(item: Mapping[str, Any], resource_arn: str) -> dict[str, RequestedAction]:
    """Raises PermanentError for what a newer version stored."""
    if "entry" in item:
        refuse_newer(msgspec.json.decode(item["entry"]["S"]).get("format"), resource_arn)
    return read_requested(item)


def read_requested(item: Mapping[str, Any]) -> dict[str, RequestedAction]:
    if "requested" not in item:
        return {}
    return msgspec.json.decode(item["requested"]["S"], type=dict[str, RequestedAction])
