"""What operators have set for an account and region, and what its breakers have counted."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.items import (
    Item,
    decode,
    encode,
    only_if_version,
    refused_as,
    scope_of,
    text,
)
from streamwarden.domain.arn import Place
from streamwarden.domain.breaker import Breaker
from streamwarden.domain.state.controls import NO_CONTROLS, AccountControls
from streamwarden.services.errors import PermanentError, VersionConflict
from streamwarden.services.records import StoredBreaker

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CONTROLS: Final = "controls"
# What passed is forgotten after minutes. A breaker that is tripped stays.
_BREAKER_KEPT: Final = timedelta(days=1)


def controls_item(place: Place, controls: AccountControls) -> Item:
    """Written by observers, in one transaction with the record of the account."""
    return {**controls_key(place), "document": encode(controls)}


class DynamoControls(Struct, frozen=True):
    """ControlsLookup over one item, which is read consistently: a pause takes effect at once."""

    client: "DynamoDBClient"
    table_name: str

    def of(self, place: Place, *, afresh: bool = False) -> AccountControls:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=controls_key(place), ConsistentRead=True
            )
        return read_controls(answer.get("Item"), place)


def read_controls(item: Mapping[str, Any] | None, place: Place) -> AccountControls:
    """Raises PermanentError."""
    if item is None:
        return NO_CONTROLS
    try:
        return decode(item, AccountControls)
    except msgspec.DecodeError as error:
        # Nothing may be done while it is not known whether actions are paused.
        raise PermanentError(f"the controls of {place.account} cannot be read") from error


class DynamoBreakers(Struct, frozen=True):
    """BreakerStore over an item a rule, in partitions that `enforce` alone writes."""

    client: "DynamoDBClient"
    table_name: str

    def save(self, place: Place, rule_id: str, breaker: Breaker, before: StoredBreaker) -> None:
        item = _breaker_item(place, rule_id, breaker, before.version + 1)
        condition = only_if_version(before.version)
        with translated("dynamodb:PutItem"), refused_as(VersionConflict(rule_id)):
            self.client.put_item(TableName=self.table_name, Item=item, **condition)


def read_breaker(item: Mapping[str, Any] | None, rule_id: str) -> StoredBreaker:
    """Raises PermanentError."""
    if item is None:
        return StoredBreaker()
    try:
        breaker = decode(item, Breaker)
    except msgspec.DecodeError as error:
        raise PermanentError(f"the breaker of {rule_id} cannot be read") from error
    return StoredBreaker(breaker=breaker, version=int(item["version"]["N"]))


def controls_key(place: Place) -> Item:
    return {"pk": text(f"controls/{scope_of(place)}"), "sk": text(_CONTROLS)}


def breaker_key(place: Place, rule_id: str) -> Item:
    return {"pk": text(f"breaker/{scope_of(place)}"), "sk": text(rule_id)}


def _breaker_item(place: Place, rule_id: str, breaker: Breaker, version: int) -> Item:
    item = {
        **breaker_key(place, rule_id),
        "version": {"N": str(version)},
        "document": encode(breaker),
    }
    last = max((each.at for each in breaker.passed), default=None)
    if breaker.tripped_at is not None or last is None:
        return item
    return {**item, "expires_at": {"N": str(int((last + _BREAKER_KEPT).timestamp()))}}
