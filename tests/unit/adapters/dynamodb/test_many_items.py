"""Items that are read in one call, of which DynamoDB may leave some out."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from streamwarden.adapters.dynamodb.items import Item, get_at_once
from streamwarden.services.errors import TemporaryError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

KEYS: list[Item] = [{"pk": {"S": pk}, "sk": {"S": "record"}} for pk in ("a", "b", "c")]


class Throttled:
    """A DynamoDB that reads so many of the items of each call. The item `c` does not exist."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.calls: list[Any] = []

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        asked = RequestItems["Table"]
        self.calls.append(asked)
        read, left = asked["Keys"][: self.at_once], asked["Keys"][self.at_once :]
        found = [key for key in read if key["pk"]["S"] != "c"]
        unprocessed = {"Table": {**asked, "Keys": left}} if left else {}
        return {"Responses": {"Table": found}, "UnprocessedKeys": unprocessed}


def read(table: Throttled) -> set[tuple[str, str]]:
    return {*get_at_once(cast("DynamoDBClient", table), "Table", KEYS)}


@pytest.mark.parametrize(("at_once", "calls"), [(3, 1), (2, 2), (1, 3)])
def test_what_was_left_out_is_asked_for_again_and_as_consistently(at_once: int, calls: int) -> None:
    table = Throttled(at_once)

    assert read(table) == {("a", "record"), ("b", "record")}

    assert [each["ConsistentRead"] for each in table.calls] == [True] * calls


def test_what_is_left_out_again_and_again_is_not_taken_for_missing() -> None:
    """A pause that was not read must not count as no pause."""
    with pytest.raises(TemporaryError, match="not all items"):
        read(Throttled(0))
