"""The fleet index: a few pages for thousands of channels."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.dynamodb.items import encode, in_scope, query, scope_of
from streamwarden.domain.arn import Place
from streamwarden.services.records import FleetEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# Changes with what is stored of a record, or how.
_FORMAT: Final = 1


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index, which holds each entry as one attribute."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in query(self.client, in_scope(self.table_name, scope_of(self.place))):
            arn = item["pk"]["S"]
            yield decode_entry(item) or FleetEntry(resource_arn=arn, digest="")


def encode_entry(entry: FleetEntry) -> dict[str, str]:
    """Without the ARN, which every item and the index have as their key."""
    members = msgspec.to_builtins(entry)
    del members["resource_arn"]
    return encode({**members, "format": _FORMAT})


def decode_entry(item: Mapping[str, Any]) -> FleetEntry | None:
    """None if another version wrote the record: it counts as never seen, and is listed anew.

    So does one that is not what this version writes.
    """
    try:
        members = msgspec.json.decode(item["entry"]["S"])
        if members.pop("format", None) != _FORMAT:
            return None
        return msgspec.convert({**members, "resource_arn": item["pk"]["S"]}, FleetEntry)
    except msgspec.DecodeError:
        return None
