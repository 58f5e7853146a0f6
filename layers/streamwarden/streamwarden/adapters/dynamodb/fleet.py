"""The fleet index: a few pages for thousands of channels."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.dynamodb.items import encode, in_scope, query, scope_of
from streamwarden.domain.arn import Place
from streamwarden.services.ports import FleetEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


_ARN: Final = "resource_arn"


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index, which holds each entry as one attribute."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in query(self.client, in_scope(self.table_name, scope_of(self.place))):
            yield decode_entry(item)


def encode_entry(entry: FleetEntry) -> dict[str, str]:
    """Without the ARN, which every item and the index have as their key."""
    members = msgspec.to_builtins(entry)
    return encode({name: each for name, each in members.items() if name != _ARN})


def decode_entry(item: Mapping[str, Any]) -> FleetEntry:
    members = msgspec.json.decode(item["entry"]["S"])
    return msgspec.convert({**members, _ARN: item["pk"]["S"]}, FleetEntry)
