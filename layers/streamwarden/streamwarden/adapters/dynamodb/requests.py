"""The requested actions of a record: all that enforce reads of the table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.formats import refuse_newer
from streamwarden.adapters.dynamodb.items import text
from streamwarden.services.records import RequestedAction

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

RECORD: Final = "record"


class DynamoRequests(Struct, frozen=True):
    """RequestLookup over GetItem. Its read is consistent: actions are sent right after the save."""

    client: "DynamoDBClient"
    table_name: str

    def requested(self, resource_arn: str, action_id: str) -> RequestedAction | None:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name,
                Key={"pk": text(resource_arn), "sk": text(RECORD)},
                ProjectionExpression="requested, entry",
                ConsistentRead=True,
            )
        item = answer.get("Item", {})
        if "entry" in item:
            refuse_newer(msgspec.json.decode(item["entry"]["S"]).get("format"), resource_arn)
        return read_requested(item).get(action_id)


def read_requested(item: Mapping[str, Any]) -> dict[str, RequestedAction]:
    if "requested" not in item:
        return {}
    return msgspec.json.decode(item["requested"]["S"], type=dict[str, RequestedAction])
