"""The fleet index: a few pages for thousands of channels."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from streamwarden.adapters.dynamodb.formats import FORMAT, refuse_newer
from streamwarden.adapters.dynamodb.items import (
    encode,
    in_scope,
    query,
    scope_of,
    text,
    without_last_defaults,
)
from streamwarden.domain.arn import Place
from streamwarden.services.errors import PermanentError
from streamwarden.services.records import FleetEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index, which holds each entry as one attribute."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in query(self.client, in_scope(self.table_name, scope_of(self.place))):
            yield _entry_or_stand_in(item)

    def is_newer(self, resource_arn: str) -> bool:
        """Whether a newer version has stored the record of a resource. Raises TemporaryError."""
        one = in_scope(self.table_name, scope_of(self.place))
        one["KeyConditionExpression"] += " AND pk = :pk"
        one["ExpressionAttributeValues"] |= {":pk": text(resource_arn)}
        return any(_entry_or_stand_in(each).is_newer for each in query(self.client, one))


def _entry_or_stand_in(item: Mapping[str, Any]) -> FleetEntry:
    """One of a newer version holds up none of the others, and IVS is asked nothing for it."""
    arn = item["pk"]["S"]
    try:
        return decode_entry(item) or FleetEntry(resource_arn=arn, digest="")
    except PermanentError:
        return FleetEntry(
            resource_arn=arn,
            digest="",
            is_ingest_known=True,
            are_key_tags_known=True,
            is_newer=True,
        )


def encode_entry(entry: FleetEntry) -> dict[str, str]:
    """Without the ARN, which every item and the index have as their key."""
    members = msgspec.to_builtins(entry)
    del members["resource_arn"]
    if entry.incidents:
        members["incidents"] = [*map(without_last_defaults, entry.incidents)]
    return encode({**members, "format": FORMAT})


def decode_entry(item: Mapping[str, Any]) -> FleetEntry | None:
    """None if an older version wrote the record: it counts as never seen, and is listed again.

    So does one that is not what this version writes. Raises PermanentError if a newer version
    wrote it.
    """
    try:
        members = msgspec.json.decode(item["entry"]["S"], type=dict[str, Any])
        number = members.pop("format", None)
        refuse_newer(number, item["pk"]["S"])
        if number != FORMAT:
            return None
        return msgspec.convert({**members, "resource_arn": item["pk"]["S"]}, FleetEntry)
    except (msgspec.DecodeError, KeyError):
        return None
