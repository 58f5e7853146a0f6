"""Which notifications were delivered: a small item each, which DynamoDB deletes by itself.

They have partitions of their own, which no observer reads or writes.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.items import text
from streamwarden.domain.verdicts import Notification

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# No queue keeps a message for longer (SQS, Quotas).
_KEPT: Final = timedelta(days=14)


class DynamoDeliveryLog(Struct, frozen=True):
    """DeliveryLog over GetItem and PutItem."""

    client: "DynamoDBClient"
    table_name: str

    def has(self, route: str, notification: Notification) -> bool:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=_key(route, notification), ConsistentRead=True
            )
        return "Item" in answer

    def add(self, route: str, notification: Notification, at: datetime) -> None:
        """Idempotent: a second one only lasts longer."""
        expires_at = {"N": str(int((at + _KEPT).timestamp()))}
        item = {**_key(route, notification), "expires_at": expires_at}
        with translated("dynamodb:PutItem"):
            self.client.put_item(TableName=self.table_name, Item=item)


def _key(route: str, notification: Notification) -> Any:
    """An id has no bound that a key of the table would take, so a digest stands for it.

    The role of `notify` may write items of these partitions only.
    """
    digest = sha256(notification.id.encode()).hexdigest()
    return {"pk": text(f"delivered/{route}/{digest}"), "sk": text("delivered")}
