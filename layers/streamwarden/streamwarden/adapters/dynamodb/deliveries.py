"""What waits for destinations: small items, in partitions that no observer reads or writes.

Of a destination, one item says how it answers, one stands for each notification that waits, and
one for each incident that is open there. What was told is marked, because the queue forgets after
five minutes what it has taken. The mark of what was dead-lettered holds it, so that it can be sent
after all. The names of all destinations are items of one partition, because a policy may leave out
one where incidents are open. DynamoDB deletes marks and names by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError
from msgspec import Struct, field

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.adapters.dynamodb.formats import FORMAT, decode_stored, refuse_newer
from streamwarden.adapters.dynamodb.items import (
    ONLY_IF_NONE,
    Item,
    encode,
    only_if_version,
    query,
    refused_as,
    text,
)
from streamwarden.domain.notifications.delivery import (
    DeadLettered,
    DestinationState,
    OpenIncident,
    PendingDelivery,
    Unreadable,
    name_of,
    name_of_id,
)
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError, VersionConflict
from streamwarden.services.ports import Clock
from streamwarden.services.records import StoredState

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

# No queue keeps a message for longer (SQS, Quotas).
_MARKED_FOR: Final = timedelta(days=14)
# An incident whose end nobody hears of is not kept for ever.
_OPEN_FOR: Final = timedelta(days=400)
# A process writes the name of a destination no more often. It outlasts what is open there.
_NAMED_EVERY: Final = timedelta(days=1)
# What one BatchGetItem reads and one BatchWriteItem writes at most.
_MOST_READ: Final = 100
_MOST_WRITTEN: Final = 25

_STATE: Final = "state"
_PENDING: Final = "pending"
_OPEN: Final = "open"
# Beside the partitions of destinations: sweeps may read this one alone.
_NAMES: Final = "destinations"


class DynamoDeliveries(Struct, frozen=True):
    """Deliveries over one table."""

    client: "DynamoDBClient"
    table_name: str
    clock: Clock
    _named_at: dict[str, datetime] = field(default_factory=dict)

    def destinations(self) -> Sequence[str]:
        request = {
            "TableName": self.table_name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": text(_NAMES)},
            "ConsistentRead": True,
        }
        return [each["sk"]["S"] for each in query(self.client, request)]

    def opened_at(self, incident: str) -> Mapping[str, OpenIncident | Unreadable]:
        found: dict[str, OpenIncident | Unreadable] = {}
        for names in batched(self.destinations(), _MOST_READ, strict=False):
            keys = [_open_key(name, incident) for name in names]
            by_key = dict(zip((each["pk"]["S"] for each in keys), names, strict=True))
            for item in self._read(keys):
                found[by_key[item["pk"]["S"]]] = _read_or_set_aside(item, OpenIncident)
        return found

    def add(
        self, destination: str, notification: Notification, opened: OpenIncident | None
    ) -> bool:
        self._name(destination)
        pending = PendingDelivery(notification)
        writes: list[Any] = [
            self._unless_marked(destination, notification),
            self._put({**_pending_key(destination, notification), "document": encode(pending)}),
        ]
        if opened is not None:
            writes.append(self._put(self._open(destination, opened), is_new=True))
        try:
            self._write(writes)
        except _Cancelled as cancelled:
            if cancelled.failed(0):
                return False
            if cancelled.failed(2):  # it is open there already
                return self.add(destination, notification, None)
            raise
        return True

    def waiting(self, destination: str) -> Sequence[PendingDelivery | Unreadable]:
        items = self._query(destination, _PENDING)
        return [_read_or_set_aside(each, PendingDelivery) for each in items]

    def hold(self, destination: str, pending: PendingDelivery) -> None:
        key = _pending_key(destination, pending.notification)
        with translated("dynamodb:PutItem"):
            self.client.put_item(
                TableName=self.table_name, Item={**key, "document": encode(pending)}
            )

    def opens(self, destination: str) -> Sequence[OpenIncident | Unreadable]:
        items = self._query(destination, _OPEN)
        return [_read_or_set_aside(each, OpenIncident) for each in items]

    def finish(
        self,
        destination: str,
        done: Sequence[Notification],
        opens: Sequence[OpenIncident] = (),
        ended: Sequence[str] = (),
        *,
        is_dead: bool = False,
        kind: str = "",
    ) -> None:
        """Open incidents first: what was told must be resolved, also after a crash in between.

        What waits is deleted last. Until then a run that comes after a crash finds it.
        """
        if opens:
            self._name(destination)
        changed = [
            *(_put(self._open(destination, each)) for each in opens),
            *(_delete(_open_key(destination, each)) for each in dict.fromkeys(ended)),
            *(
                _put(self._dead(destination, name_of(each), encode(each), kind))
                if is_dead
                else _put(self._mark(destination, name_of(each)))
                for each in done
            ),
        ]
        self._write_each(changed)
        self._write_each([_delete(_pending_key(destination, each)) for each in done])

    def give_up(
        self, destination: str, unreadable: Unreadable, kind: str, ended: Sequence[str] = ()
    ) -> None:
        document = text(unreadable.notification)
        dead = _put(self._dead(destination, unreadable.key, document, kind))
        self._write_each([*(_delete(_open_key(destination, each)) for each in ended), dead])
        self._write_each([_delete(_pending_key_of(destination, unreadable.key))])

    def dead_lettered(self, destination: str, notification_id: str) -> DeadLettered | None:
        key = _mark_key(destination, name_of_id(notification_id))
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(TableName=self.table_name, Key=key, ConsistentRead=True)
        item = answer.get("Item", {})
        if "is_dead" not in item:
            return None
        kind = item["kind"]["S"] if "kind" in item else ""
        whose = f"notification {notification_id}"
        return DeadLettered(decode_stored(item, Notification, whose), kind)

    def revive(
        self,
        destination: str,
        notification: Notification,
        opened: OpenIncident | None = None,
    ) -> None:
        self._name(destination)
        pending = PendingDelivery(notification)
        item = {**_pending_key(destination, notification), "document": encode(pending)}
        unmark = {
            "TableName": self.table_name,
            "Key": _mark_key(destination, name_of(notification)),
            "ConditionExpression": "attribute_exists(is_dead)",
        }
        try:
            opening = [] if opened is None else [self._put(self._open(destination, opened))]
            self._write([{"Delete": unmark}, self._put(item), *opening])
        except _Cancelled as cancelled:
            if not cancelled.failed(0):
                raise

    def state(self, destination: str) -> StoredState:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=_state_key(destination), ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            return StoredState()
        version, whose = int(item["version"]["N"]), f"destination {destination}"
        try:
            refuse_newer(int(item["format"]["N"]), whose)
            return StoredState(decode_stored(item, DestinationState, whose), version)
        except PermanentError as obstacle:
            anew = DestinationState(reminders_at=self.clock())
            return StoredState(anew, version, unreadable=str(obstacle))

    def save(self, destination: str, state: DestinationState, before: StoredState) -> StoredState:
        after = StoredState(state, before.version + 1)
        item = {
            **_state_key(destination),
            "document": encode(state),
            "format": {"N": str(FORMAT)},
            "version": {"N": str(after.version)},
        }
        condition = only_if_version(before.version)
        with translated("dynamodb:PutItem"), refused_as(VersionConflict(destination)):
            self.client.put_item(TableName=self.table_name, Item=item, **condition)
        return after

    def _name(self, destination: str) -> None:
        """Before anything is open there: nobody would find it under a policy without the name."""
        named_at, now = self._named_at.get(destination), self.clock()
        if named_at is not None and now - named_at < _NAMED_EVERY:
            return
        item = {"pk": text(_NAMES), "sk": text(destination)}
        with translated("dynamodb:PutItem"):
            self.client.put_item(
                TableName=self.table_name,
                Item={**item, "expires_at": self._in(_OPEN_FOR + _NAMED_EVERY)},
            )
        self._named_at[destination] = now

    def _read(self, keys: Sequence[Item]) -> Sequence[Item]:
        asked: Any = {"Keys": list(keys), "ConsistentRead": True}
        with translated("dynamodb:BatchGetItem"):
            answer = self.client.batch_get_item(RequestItems={self.table_name: asked})
        if answer.get("UnprocessedKeys"):
            raise TemporaryError("dynamodb:BatchGetItem: not all items were read")
        return answer["Responses"].get(self.table_name, [])

    def _query(self, destination: str, what: str) -> Iterable[Item]:
        return query(
            self.client,
            {
                "TableName": self.table_name,
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
                "ExpressionAttributeValues": {
                    ":pk": _partition(destination),
                    ":sk": text(f"{what}/"),
                },
                "ConsistentRead": True,
            },
        )

    def _write(self, writes: Sequence[Any]) -> None:
        with translated("dynamodb:TransactWriteItems"):
            try:
                self.client.transact_write_items(TransactItems=list(writes))
            except ClientError as error:
                if code_of(error) == "TransactionCanceledException":
                    raise _Cancelled(error) from error
                raise

    def _write_each(self, writes: Sequence[Any]) -> None:
        for batch in batched(writes, _MOST_WRITTEN, strict=False):
            with translated("dynamodb:BatchWriteItem"):
                answer = self.client.batch_write_item(RequestItems={self.table_name: list(batch)})
            if answer.get("UnprocessedItems"):
                raise TemporaryError("dynamodb:BatchWriteItem: not all items were written")

    def _put(self, item: Item, *, is_new: bool = False) -> Any:
        condition = ONLY_IF_NONE if is_new else {}
        return {"Put": {"TableName": self.table_name, "Item": item, **condition}}

    def _unless_marked(self, destination: str, notification: Notification) -> Any:
        return {
            "ConditionCheck": {
                "TableName": self.table_name,
                "Key": _mark_key(destination, name_of(notification)),
                **ONLY_IF_NONE,
            }
        }

    def _mark(self, destination: str, name: str) -> Item:
        return {**_mark_key(destination, name), "expires_at": self._in(_MARKED_FOR)}

    def _dead(self, destination: str, name: str, document: Any, kind: str) -> Item:
        dead: Item = {"is_dead": {"BOOL": True}, "document": document}
        return {**self._mark(destination, name), **dead, **({"kind": text(kind)} if kind else {})}

    def _open(self, destination: str, opened: OpenIncident) -> Item:
        return {
            **_open_key(destination, opened.key),
            "document": encode(opened),
            "expires_at": self._in(_OPEN_FOR),
        }

    def _in(self, span: timedelta) -> Any:
        return {"N": str(int((self.clock() + span).timestamp()))}


class _Cancelled(TemporaryError):
    """A transaction that DynamoDB refused: for a condition, or because others write at once."""

    def __init__(self, error: ClientError) -> None:
        super().__init__("dynamodb:TransactWriteItems: another run writes at the same time")
        self._reasons: Any = error.response.get("CancellationReasons", [])

    def failed(self, at: int) -> bool:
        """Whether the condition of the write at this place is the reason."""
        is_named = at < len(self._reasons)
        return is_named and self._reasons[at].get("Code") == "ConditionalCheckFailed"


def _read_or_set_aside[T](item: Item, model: type[T]) -> T | Unreadable:
    """What cannot be read holds up none of the others."""
    what, _, key = item["sk"]["S"].partition("/")
    try:
        return decode_stored(item, model, f"{what}/{key} of {item['pk']['S']}")
    except PermanentError as obstacle:
        return Unreadable(key, item.get("document", {}).get("S", ""), str(obstacle))


def _put(item: Item) -> Any:
    return {"PutRequest": {"Item": item}}


def _delete(key: Item) -> Any:
    return {"DeleteRequest": {"Key": key}}


def _partition(destination: str) -> Any:
    """The role of `deliver` may write items of these partitions, and of the marks, only."""
    return text(f"destination/{destination}")


def _state_key(destination: str) -> Item:
    return {"pk": _partition(destination), "sk": text(_STATE)}


def _pending_key(destination: str, notification: Notification) -> Item:
    """By its id alone: the same notification may be made again at another moment."""
    return _pending_key_of(destination, name_of(notification))


def _pending_key_of(destination: str, name: str) -> Item:
    return {"pk": _partition(destination), "sk": text(f"{_PENDING}/{name}")}


def _open_key(destination: str, incident: str) -> Item:
    return {"pk": _partition(destination), "sk": text(f"{_OPEN}/{incident}")}


def _mark_key(destination: str, name: str) -> Item:
    """`name` is that of the notification (`name_of`)."""
    partition = f"delivered/{destination}/{name}"
    return {"pk": text(partition), "sk": text("delivered")}
