"""How items of the table are found, written and read, whatever they hold."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct, structs

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.arn import Place
from streamwarden.domain.redaction import redacted_json, without_stream_keys
from streamwarden.services.errors import TemporaryError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
type Items = Mapping[tuple[str, str], Mapping[str, Any]]

# The code of the error that a conditional write is refused with.
CONDITION_FAILED: Final = "ConditionalCheckFailedException"
ONLY_IF_NONE: Final[Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
FLEET_INDEX: Final = "fleet"
# DynamoDB leaves keys out when the table is throttled. What is not read then, the queue asks again.
_ATTEMPTS: Final = 3


def query(client: "DynamoDBClient", request: dict[str, Any]) -> Iterator[Item]:
    start: dict[str, Any] = {}
    while True:
        with translated("dynamodb:Query"):
            page = client.query(**request, **start)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def get_at_once(client: "DynamoDBClient", table_name: str, keys: list[Item], **parts: Any) -> Items:
    """The items that there are, by `name_of`, each read consistently; in one call, as a rule.

    Raises TemporaryError, PermanentError.
    """
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    asked: Any = {table_name: {"Keys": keys, "ConsistentRead": True, **parts}}
    for _ in range(_ATTEMPTS):
        with translated("dynamodb:BatchGetItem"):
            answer = client.batch_get_item(RequestItems=asked)
        found |= {name_of(item): item for item in answer["Responses"].get(table_name, ())}
        asked = answer.get("UnprocessedKeys")
        if not asked:
            return found
    raise TemporaryError("dynamodb:BatchGetItem: not all items were read")


def only_if_version(version: int) -> Any:
    """The condition of a write: the item still has the version; 0 is that of none."""
    if not version:
        return ONLY_IF_NONE
    return {
        "ConditionExpression": "version = :version",
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


@contextmanager
def refused_as(refusal: Exception | None) -> Iterator[None]:
    """Raises `refusal` where the condition of a write does not hold; with None, nothing happens."""
    try:
        yield
    except ClientError as error:
        if code_of(error) != CONDITION_FAILED:
            raise
        if refusal is not None:
            raise refusal from error


def name_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Its key, as `get_at_once` finds it by; also of a key alone."""
    return item["pk"]["S"], item["sk"]["S"]


def in_scope(table_name: str, scope: str) -> dict[str, Any]:
    return {
        "TableName": table_name,
        "IndexName": FLEET_INDEX,
        "KeyConditionExpression": "#scope = :scope",
        "ExpressionAttributeNames": {"#scope": "scope"},
        "ExpressionAttributeValues": {":scope": text(scope)},
    }


def scope_of(place: Place) -> str:
    return f"{place.account}#{place.region}"


# An attribute is made by one of these, also in a key: no stream key gets into the table.


def text(value: str) -> dict[str, str]:
    return {"S": without_stream_keys(value)}


def encode(value: object) -> dict[str, str]:
    """The value as JSON text."""
    return {"S": redacted_json(msgspec.json.encode(value, order="sorted").decode())}


def without_last_defaults(value: Struct) -> list[object]:
    """What a value of a class with `array_like` is stored as: every version reads it as the whole.

    msgspec writes all its fields. A record may have one for each rule, and has little room.
    """
    fields = list(structs.astuple(value))
    for default in reversed(value.__struct_defaults__):
        if fields[-1] != default:
            break
        fields.pop()
    return fields


def packed(value: object) -> dict[str, bytes]:
    """The same, compressed: for what would come near the 400 KB that an item may have."""
    return {"B": zlib.compress(encode(value)["S"].encode())}


def unpacked[T](packed: bytes, model: type[T]) -> T:
    return msgspec.json.decode(zlib.decompress(packed), type=model)


def decode[T](item: Mapping[str, Any], model: type[T]) -> T:
    return msgspec.json.decode(item["document"]["S"], type=model)
