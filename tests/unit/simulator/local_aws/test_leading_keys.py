"""`dynamodb:LeadingKeys` is what a request names of a table's, or index's, partition key."""

from typing import Any, Final

import pytest

from ivs_simulator.local_aws.leading_keys import leading_keys

_A: Final = {"pk": {"S": "a"}, "sk": {"S": "x"}}
_B: Final = {"pk": {"S": "b"}, "sk": {"S": "x"}}
_NAMES: Final = {"T": "pk", "T by scope": "scope", "Other": "id"}


@pytest.mark.parametrize(
    ("request_body", "expected"),
    [
        ({"TableName": "T", "Key": _A}, ["a"]),
        ({"TableName": "T", "Item": {**_A, "other": {"S": "b"}}}, ["a"]),
        ({"TableName": "T", "Key": {"pk": {"N": "7"}}}, ["7"]),
        (
            {
                "TableName": "T",
                "KeyConditionExpression": "pk = :a AND begins_with(sk, :b)",
                "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}},
            },
            ["a"],
        ),
        (
            {
                "TableName": "T",
                "KeyConditionExpression": "#sort=:b and #part=:a",
                "ExpressionAttributeNames": {"#part": "pk", "#sort": "sk"},
                "ExpressionAttributeValues": {":a": {"S": "a"}, ":b": {"S": "b"}},
            },
            ["a"],
        ),
        (
            {
                "TableName": "T",
                "IndexName": "scope",
                "KeyConditionExpression": "scope = :s AND pk = :a",
                "ExpressionAttributeValues": {":a": {"S": "a"}, ":s": {"S": "s"}},
            },
            ["s"],
        ),
        (
            {"TableName": "T", "KeyConditions": {"pk": {"AttributeValueList": [{"S": "a"}]}}},
            ["a"],
        ),
        ({"RequestItems": {"T": {"Keys": [_A, _B]}, "Other": {"Keys": [{"id": {"S": "c"}}]}}}, [
            "a", "b", "c",
        ]),
        (
            {"RequestItems": {"T": [{"PutRequest": {"Item": _A}}, {"DeleteRequest": {"Key": _B}}]}},
            ["a", "b"],
        ),
        (
            {
                "TransactItems": [
                    {"Put": {"TableName": "T", "Item": _A}},
                    {"ConditionCheck": {"TableName": "T", "Key": _B}},
                ]
            },
            ["a", "b"],
        ),
        ({"TableName": "T"}, []),
        ({"TableName": "unknown", "Key": _A}, []),
    ],
)  # fmt: skip
def test_the_partition_keys_of_a_request(request_body: dict[str, Any], expected: list[str]) -> None:
    def partition_key_of(table: str, index: str | None) -> str | None:
        return _NAMES.get(f"{table} by {index}" if index else table)

    assert leading_keys(request_body, partition_key_of) == expected
