"""The partition keys that a request to DynamoDB names: the condition key `dynamodb:LeadingKeys`.

MiniStack 1.5 knows the other condition keys of DynamoDB. It lets a role that is limited to its own
partitions read and write all of them, because a key that is absent satisfies `ForAllValues`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

# Source: DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control".
LEADING_KEYS: Final = "dynamodb:LeadingKeys"

_EQUALS: Final = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")

type PartitionKeyOf = Callable[[str, str | None], str | None]
type Request = Mapping[str, Any]


def know_leading_keys() -> None:
    """Adds the key to what MiniStack says of a request.

    A transaction has the keys of all its items at each of them. So it is allowed only if all its
    keys are, as on AWS.
    """
    actions = import_module("ministack.core.iam_actions")
    context_of = actions.dynamodb_service_context

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        found = leading_keys(_parsed(body), _partition_key)
        return {**context_of(body), **({LEADING_KEYS: found} if found else {})}

    vars(actions).update(dynamodb_service_context=dynamodb_service_context)


def leading_keys(request: Request, partition_key_of: PartitionKeyOf) -> list[str]:
    """The values of the partition keys; none where a request names no item, such as `Scan`.

    `partition_key_of` answers the name of the partition key of a table, or of an index of it.
    """
    return [key for each in _parts(request) for key in _leading(each, partition_key_of)]


def _parts(request: Request) -> Iterator[Request]:
    """What the request asks of one table: itself, or the parts of a batch or transaction."""
    match request:
        case {"RequestItems": dict() as by_table}:
            for table, asked in by_table.items():
                yield from ({"TableName": table, **each} for each in _of_batch(asked))
        case {"TransactItems": list() as items}:
            yield from (part for item in items for part in item.values())
        case _:
            yield request


def _of_batch(asked: object) -> Iterator[Request]:
    match asked:
        case {"Keys": list() as keys}:
            yield from ({"Key": key} for key in keys)
        case list() as writes:
            yield from (part for write in writes for part in write.values())
        case _:
            return  # DynamoDB refuses it


def _leading(part: Request, partition_key_of: PartitionKeyOf) -> Iterator[str]:
    name = partition_key_of(str(part.get("TableName", "")), part.get("IndexName"))
    match part:
        case {"Item": dict() as attributes} | {"Key": dict() as attributes}:
            value = attributes.get(name)
        case {"KeyConditionExpression": str() as expression}:
            value = _compared(expression, part).get(name)
        case {"KeyConditions": dict() as conditions}:
            value = next(iter(conditions.get(name, {}).get("AttributeValueList", [])), None)
        case _:
            value = None
    if isinstance(value, dict):
        yield from map(str, value.values())  # one: an attribute value is `{type: value}`


def _compared(expression: str, part: Request) -> dict[str | None, Any]:
    """The attributes that an expression wants to be equal to a value, with the value."""
    names, values = (part.get(f"ExpressionAttribute{each}") or {} for each in ("Names", "Values"))
    return {names.get(name, name): values.get(value) for name, value in _EQUALS.findall(expression)}


def _parsed(body: bytes) -> Request:
    parsed = json.loads(body) if body else {}
    return parsed if isinstance(parsed, dict) else {}


def _partition_key(table_name: str, index_name: str | None) -> str | None:
    """As the table, or its index, was created. A table may be named by its ARN."""
    tables = import_module("ministack.services.dynamodb")._tables
    table = tables.get(table_name.rpartition("/")[2], {})
    indexes = [*table.get("GlobalSecondaryIndexes", []), *table.get("LocalSecondaryIndexes", [])]
    schemas = {each["IndexName"]: each["KeySchema"] for each in indexes}
    schema = schemas.get(index_name, []) if index_name else table.get("KeySchema", [])
    return next((each["AttributeName"] for each in schema if each["KeyType"] == "HASH"), None)
