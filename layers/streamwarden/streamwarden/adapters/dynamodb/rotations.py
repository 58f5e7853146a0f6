"""Key rotations that have begun: one item each, there from before its first call until its end."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.formats import FORMAT, decode_stored, refuse_newer
from streamwarden.adapters.dynamodb.items import (
    ONLY_IF_NONE,
    Item,
    encode,
    in_scope,
    query,
    refused_as,
    scope_of,
    text,
)
from streamwarden.domain.arn import Place
from streamwarden.services.errors import TemporaryError
from streamwarden.services.records import Rotation

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_ROTATION: Final = "rotation"
_WITHOUT_NUMBER: Final = {"N": "1"}


class DynamoRotationLog(Struct, frozen=True):
    """RotationLog: one item a rotation, there from before its first call until its end."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def unfinished(self, channel_arn: str) -> Rotation | None:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=_rotation_key(channel_arn), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            return None
        refuse_newer(int(item.get("format", _WITHOUT_NUMBER)["N"]), channel_arn)
        return decode_stored(item, Rotation, f"the rotation of {channel_arn}")

    def all_unfinished(self) -> Iterable[str]:
        scope = _rotation_scope(self.place)
        return (each["pk"]["S"] for each in query(self.client, in_scope(self.table_name, scope)))

    def begin(self, rotation: Rotation) -> None:
        another = TemporaryError("another rotation of the channel has just begun")
        with translated("dynamodb:PutItem"), refused_as(another):
            self.client.put_item(
                TableName=self.table_name, Item=self._item(rotation), **ONLY_IF_NONE
            )

    def replace(self, rotation: Rotation, by: Rotation) -> None:
        """Nothing happens if the rotation was finished or changed meanwhile."""
        with translated("dynamodb:PutItem"), refused_as(None):
            self.client.put_item(
                TableName=self.table_name, Item=self._item(by), **_only_if_still(rotation)
            )

    def finish(self, rotation: Rotation) -> None:
        """Only this rotation: a slower run must not end the next one, which another has begun."""
        with translated("dynamodb:DeleteItem"), refused_as(None):
            self.client.delete_item(
                TableName=self.table_name,
                Key=_rotation_key(rotation.channel_arn),
                **_only_if_still(rotation),
            )

    def _item(self, rotation: Rotation) -> Item:
        return {
            **_rotation_key(rotation.channel_arn),
            "scope": text(_rotation_scope(self.place)),
            "document": encode(rotation),
            "format": {"N": str(FORMAT)},
        }


def _only_if_still(rotation: Rotation) -> Any:
    return {
        "ConditionExpression": "document = :document",
        "ExpressionAttributeValues": {":document": encode(rotation)},
    }


def _rotation_scope(place: Place) -> str:
    return f"{_ROTATION}#{scope_of(place)}"


def _rotation_key(channel_arn: str) -> Item:
    return {"pk": text(channel_arn), "sk": text(_ROTATION)}
