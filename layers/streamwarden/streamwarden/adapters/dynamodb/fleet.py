"""The fleet index: a few pages for thousands of channels."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, json

from streamwarden.adapters.dynamodb.items import in_scope, query, scope_of
from streamwarden.domain.arn import Place
from streamwarden.services.ports import FleetEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index, which holds each entry as one attribute."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in query(self.client, in_scope(self.table_name, scope_of(self.place))):
            yield json.decode(item["entry"]["S"], type=FleetEntry)
