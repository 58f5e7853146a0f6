"""Reads many records at once, for people: a call for each hundred, eventually consistent.

No function of the stack reads so. A call for each record would take most of a minute for the
thousands that a new rule finds in breach.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.fleet import decode_entry
from streamwarden.adapters.dynamodb.items import text
from streamwarden.adapters.dynamodb.reading import read_record
from streamwarden.adapters.dynamodb.requests import RECORD
from streamwarden.services.records import PendingMessages, Record

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# BatchGetItem takes no more keys.
MOST_AT_ONCE: Final = 100


def load_at_once(
    client: "DynamoDBClient", table_name: str, arns: Sequence[str]
) -> Iterator[Record]:
    """The records of at most so many resources, in any order, without messages that wait.

    What is not stored, or not as this version writes it, is left out. Raises TemporaryError,
    PermanentError.
    """
    keys: list[Any] = [{"pk": text(arn), "sk": text(RECORD)} for arn in arns]
    while keys:
        with translated("dynamodb:BatchGetItem"):
            answer = client.batch_get_item(RequestItems={table_name: {"Keys": keys}})
        for item in answer["Responses"].get(table_name, ()):
            yield from _read(item)
        unprocessed: Mapping[str, Any] = answer.get("UnprocessedKeys", {})
        keys = unprocessed.get(table_name, {}).get("Keys", [])


def _read(item: Mapping[str, Any]) -> Iterator[Record]:
    entry = decode_entry(item)
    if entry is None:
        return
    try:
        yield read_record(item, entry, PendingMessages())
    except (msgspec.DecodeError, KeyError):
        return
