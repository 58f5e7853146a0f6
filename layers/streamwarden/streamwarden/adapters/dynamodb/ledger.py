"""The ledger: an item for each entry, in a partition of its own beside that of the record.

So IAM can tell the two apart by `dynamodb:LeadingKeys`: no role of the stack may change or delete
what is in a partition `ledger/…`. That it is not overwritten is held by a condition of each put.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.items import Item, encode, query, text
from streamwarden.domain.ledger.chain import StoredEntry, chained
from streamwarden.domain.ledger.end import Link
from streamwarden.domain.ledger.entry import Entry
from streamwarden.services.ports import MOST_LOOKED_UP

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_PARTITION: Final = "ledger/"
_DIGITS: Final = 12  # so that the order of texts is that of numbers
_NEWEST_AT_ONCE: Final = 50


class LedgerWriter(Struct, frozen=True):
    """What a save of a record writes into its ledger. Entries are kept for at least `kept_for`."""

    client: "DynamoDBClient"
    table_name: str
    kept_for: timedelta

    def puts(
        self, resource_arn: str, entries: Sequence[Entry], last: Link | None
    ) -> tuple[Link, list[Any]]:
        """The new end of the ledger, and its parts of a transaction: none overwrites an entry."""
        stored = chained(entries, last, self.kept_for)
        puts = [
            {
                "Put": {
                    "TableName": self.table_name,
                    "Item": _item(resource_arn, each),
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for each in stored
        ]
        return stored[-1].link, puts

    def last(self, resource_arn: str) -> Link | None:
        """The last entry that there is. Raises TemporaryError, PermanentError."""
        return next((each.link for each in self._newest(resource_arn, 1)), None)

    def newest(self, resource_arn: str) -> Iterator[Entry]:
        """The last entries, from the newest back. Raises TemporaryError, PermanentError."""
        # Only what became of notifications is looked up.
        from streamwarden.domain.ledger.verification import read_entry

        read = map(read_entry, self._newest(resource_arn, MOST_LOOKED_UP))
        return (each for each in read if each is not None)

    def _newest(self, resource_arn: str, limit: int) -> list[StoredEntry]:
        with translated("dynamodb:Query"):
            page = self.client.query(
                **in_ledger(self.table_name, resource_arn), ScanIndexForward=False, Limit=limit
            )
        return [*map(_stored, page["Items"])]


class DynamoLedger(Struct, frozen=True):
    """The ledgers of a table, to be read by people."""

    client: "DynamoDBClient"
    table_name: str

    def entries(self, resource_arn: str) -> Iterator[StoredEntry]:
        """All that there are of a resource, in order. Raises TemporaryError, PermanentError."""
        return map(_stored, query(self.client, in_ledger(self.table_name, resource_arn)))

    def newest(self, resource_arn: str) -> Iterator[StoredEntry]:
        """The same from the last one back. Who stops early reads little more than what it got."""
        request = in_ledger(self.table_name, resource_arn)
        backwards = {"ScanIndexForward": False, "Limit": _NEWEST_AT_ONCE}
        return map(_stored, query(self.client, request | backwards))

    def resources(self) -> Iterator[str]:
        """The ARNs of all that have a ledger, or whose record names one; reads the whole table.

        Raises TemporaryError, PermanentError.
        """
        found: dict[str, None] = {}
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table_name,
            FilterExpression="begins_with(pk, :ledger) OR attribute_exists(ledger)",
            ExpressionAttributeValues={":ledger": text(_PARTITION)},
            ProjectionExpression="pk",
        )
        with translated("dynamodb:Scan"):
            for page in pages:
                keys = (item["pk"]["S"].removeprefix(_PARTITION) for item in page["Items"])
                new = [key for key in dict.fromkeys(keys) if key not in found]
                found.update(dict.fromkeys(new))
                yield from new


def in_ledger(table_name: str, resource_arn: str) -> dict[str, Any]:
    return {
        "TableName": table_name,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": text(f"{_PARTITION}{resource_arn}")},
        "ConsistentRead": True,
    }


def _item(resource_arn: str, stored: StoredEntry) -> Item:
    return {
        "pk": text(f"{_PARTITION}{resource_arn}"),
        "sk": text(f"{stored.sequence:0{_DIGITS}}"),
        "entry": encode(msgspec.Raw(stored.text.encode())),
        "hash": text(stored.hash),
        "expires_at": {"N": str(stored.expires_at)},
    }


def _stored(item: Mapping[str, Any]) -> StoredEntry:
    """As it stands there, also if others wrote it: what is missing of it is empty."""
    number = item["sk"]["S"]
    return StoredEntry(
        sequence=int(number) if number.isdecimal() else 0,
        text=item.get("entry", {}).get("S", ""),
        hash=item.get("hash", {}).get("S", ""),
        expires_at=int(item.get("expires_at", {}).get("N", 0)),
    )
