"""A table of DynamoDB in memory that counts request units as DynamoDB does.

It takes what the adapters ask for, and no more. Nobody else writes, so it checks no condition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.cost.meter import Meter

type Item = Mapping[str, Any]
type Key = tuple[str, str]

_WRITE_UNIT: Final = 1024
_READ_UNIT: Final = 4096
_READS: Final = "DynamoDB read request units"
_WRITES: Final = "DynamoDB write request units"
# As in template.yaml: the keys of the table and of the index, and what is projected.
_PROJECTED: Final = ("pk", "sk", "scope", "entry")


@dataclass
class MeteredTable:
    """The `dynamodb` client of one table."""

    meter: Meter
    items: dict[Key, Item] = field(default_factory=dict)

    def get_item(self, Key: Item, ConsistentRead: bool = False, **_: Any) -> dict[str, Any]:  # noqa: N803  # AWS's names
        self.meter.call("GetItem")
        found = self.items.get(_key(Key))
        units = _units(size_of(found or {}), _READ_UNIT)
        self.meter.count(_READS, units if ConsistentRead else units / 2)
        return {"Item": found} if found else {}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.meter.call("BatchGetItem")
        ((table, asked),) = RequestItems.items()
        found = [self.items.get(_key(each), {}) for each in asked["Keys"]]
        self.meter.count(_READS, sum(_units(size_of(each), _READ_UNIT) for each in found))
        return {"Responses": {table: [each for each in found if each]}}

    def query(self, ExpressionAttributeValues: Item, **more: Any) -> dict[str, Any]:  # noqa: N803
        """The whole index: there is one account and region; what begins alike; or the last
        items of a partition, such as entries of a ledger.
        """
        self.meter.call("Query")
        if "IndexName" in more:
            fleet = [_projected(item) for item in self.items.values() if "scope" in item]
            self.meter.count(_READS, _units(sum(map(size_of, fleet)), _READ_UNIT) / 2)
            return {"Items": fleet}
        partition = ExpressionAttributeValues[":pk"]["S"]
        if ":sk" in ExpressionAttributeValues:
            begins = ExpressionAttributeValues[":sk"]["S"]
            keys = sorted(
                key for key in self.items if key[0] == partition and key[1].startswith(begins)
            )
        else:
            keys = sorted(key for key in self.items if key[0] == partition)[::-1][
                : more.get("Limit")
            ]
        found = [self.items[key] for key in keys]
        self.meter.count(_READS, _units(sum(map(size_of, found)), _READ_UNIT))
        return {"Items": found}

    def put_item(self, Item: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.meter.call("PutItem")
        self._write(_key(Item), Item, 1)
        return {}

    def delete_item(self, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.meter.call("DeleteItem")
        self._write(_key(Key), None, 1)
        return {}

    def transact_write_items(self, TransactItems: list[Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.meter.call("TransactWriteItems")
        for each in TransactItems:
            if "Put" in each:
                self._write(_key(each["Put"]["Item"]), each["Put"]["Item"], 2)
            elif "Delete" in each:
                self._write(_key(each["Delete"]["Key"]), None, 2)
            else:
                self._check(_key(each["ConditionCheck"]["Key"]))
        return {}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.meter.call("BatchWriteItem")
        ((_, writes),) = RequestItems.items()
        for each in writes:
            if "PutRequest" in each:
                item = each["PutRequest"]["Item"]
                self._write(_key(item), item, 1)
            else:
                self._write(_key(each["DeleteRequest"]["Key"]), None, 1)
        return {}

    def _check(self, key: Key) -> None:
        """It is taken for as dear as a write: no page of AWS at hand says what it costs."""
        self.meter.count(_WRITES, 2 * _units(size_of(self.items.get(key, {})), _WRITE_UNIT))

    def _write(self, key: Key, item: Item | None, times: int) -> None:
        """A transaction writes each item twice. Its indexes follow, and are written once."""
        before = self.items.get(key, {})
        largest = max(size_of(before), size_of(item or {}))
        self.meter.count(_WRITES, times * _units(largest, _WRITE_UNIT))
        self._write_index(before, item or {})
        if item is None:
            self.items.pop(key, None)
            return
        self.items[key] = item
        self.meter.item_bytes = max(self.meter.item_bytes, size_of(item))

    def _write_index(self, before: Item, after: Item) -> None:
        old, new = (_projected(each) if "scope" in each else {} for each in (before, after))
        if old != new:
            self.meter.count(_WRITES, _units(max(size_of(old), size_of(new)), _WRITE_UNIT))


def size_of(item: Item) -> int:
    """Bytes as DynamoDB counts them: names and values, in UTF-8."""
    values = ((name, next(iter(value.values()))) for name, value in item.items())
    return sum(len(name.encode()) + len(str(value).encode()) for name, value in values)


def _key(item: Item) -> Key:
    return item["pk"]["S"], item["sk"]["S"]


def _projected(item: Item) -> Item:
    return {name: item[name] for name in _PROJECTED if name in item}


def _units(size: int, unit: int) -> int:
    """What is not there costs one unit too."""
    return max(1, -(-size // unit))
