"""Records, an item each: state as JSON text, whose shape is stated once, in the domain."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.adapters.dynamodb.controls import controls_item, controls_key
from streamwarden.adapters.dynamodb.controls import read_controls as read_account_controls
from streamwarden.adapters.dynamodb.fleet import decode_entry, encode_entry
from streamwarden.adapters.dynamodb.formats import in_few_words
from streamwarden.adapters.dynamodb.items import (
    CONDITION_FAILED,
    Item,
    encode,
    get_at_once,
    name_of,
    scope_of,
    text,
    without_last_defaults,
)
from streamwarden.adapters.dynamodb.reading import (
    ID_OF,
    read_controls,
    read_end,
    read_orders,
    read_pending,
    read_record,
)
from streamwarden.adapters.dynamodb.requests import RECORD
from streamwarden.domain.arn import is_channel_arn, place_of
from streamwarden.domain.decision import Standing
from streamwarden.domain.ledger.end import NO_LEDGER, Link
from streamwarden.domain.state.facts import Facts
from streamwarden.domain.state.orders import NO_ORDERS
from streamwarden.domain.state.resource import Resource
from streamwarden.domain.state.retention import RECORD_KEPT
from streamwarden.services.errors import VersionConflict
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.records import FleetEntry, PendingMessages, Record

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from streamwarden.adapters.dynamodb.ledger import LedgerWriter
    from streamwarden.domain.ledger.entry import Entry
    from streamwarden.services.ports import ReadControls

_OUTBOX: Final = "outbox"
_OWNER: Final = "owner"

# Why DynamoDB cancels a transaction, or refuses a single write, when others write the same items.
_OVERTAKEN: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict"})
_REFUSED: Final = frozenset({CONDITION_FAILED, "TransactionConflictException"})


class DynamoRecordStore(Struct, frozen=True):
    """RecordStore over GetItem, BatchGetItem, PutItem and TransactWriteItems.

    A PutItem whose answer was lost is sent again, and is then refused like one that came too late.
    The record is loaded again and holds it already: it asked for nothing to be sent. botocore sends
    a transaction again under the same ClientRequestToken, so that it succeeds once.
    """

    client: "DynamoDBClient"
    table_name: str
    ledger_kept: timedelta = timedelta(days=400)

    def channel_of(self, key_arn: str) -> str | None:
        item = self._item(key_arn, _OWNER)
        return str(item["channel_arn"]["S"]) if item else None

    def load(self, resource_arn: str) -> Record:
        """A record that is not what this version writes counts as never seen.

        What operators have set, and quarantines, are kept: listings bring back all but that.
        """
        return self._read(resource_arn, self._item(resource_arn, RECORD))

    def load_with_controls(self, resource_arn: str) -> "tuple[Record, ReadControls]":
        place = place_of(resource_arn)
        record, controls = {"pk": text(resource_arn), "sk": text(RECORD)}, controls_key(place)
        items = get_at_once(self.client, self.table_name, [record, controls])
        read = partial(read_account_controls, items.get(name_of(controls)), place)
        return self._read(resource_arn, items.get(name_of(record))), read

    def _read(self, resource_arn: str, item: Mapping[str, Any] | None) -> Record:
        entry = decode_entry(item) if item else None
        obstacle, pending = "", PendingMessages()
        if item is not None and entry is not None:
            if entry.has_pending:
                pending = self._pending(resource_arn)
            try:
                return read_record(item, entry, pending)
            except (msgspec.DecodeError, KeyError) as error:
                obstacle = in_few_words(error)
        return Record(
            state=read_controls(resource_arn, item),
            standing=Standing(orders=read_orders(item)),
            # Enforce carries out no action without its request, which began anew too.
            pending=replace(pending, actions=()),
            version=int(item["version"]["N"]) if item else 0,
            ledger=read_end(item),
            unreadable=obstacle,
        )

    def _pending(self, resource_arn: str) -> PendingMessages:
        item = self._item(resource_arn, _OUTBOX)
        return read_pending(item) if item else PendingMessages()

    def save(self, record: Record, before: Record) -> Record:
        """A new record may be of a resource that had one: records expire before their ledgers."""
        if record.entries and before.version == 0:
            return self._save(record, before, self._ledger.last(record.state.arn))
        try:
            return self._save(record, before, before.ledger.last)
        except _EntryExists:
            # The record does not know the end of its ledger. That must not keep it from being
            # saved; `ledger verify` finds what somebody has put in.
            return self._save(record, before, self._ledger.last(record.state.arn))

    def newest_entries(self, resource_arn: str) -> "Iterator[Entry]":
        return self._ledger.newest(resource_arn)

    @property
    def _ledger(self) -> "LedgerWriter":
        # Few inputs write an entry, and each import makes a cold start slower.
        from streamwarden.adapters.dynamodb.ledger import LedgerWriter

        return LedgerWriter(self.client, self.table_name, self.ledger_kept)

    def _save(self, record: Record, before: Record, last: Link | None) -> Record:
        saved = replace(record, version=before.version + 1, entries=())
        entries: list[Any] = []
        if record.entries:
            last, entries = self._ledger.puts(record.state.arn, record.entries, last)
            saved = replace(saved, ledger=replace(record.ledger, last=last))
        put = self._put_record(saved, before.version)
        others = [
            *self._put_key_owners(saved, before),
            *self._outbox(saved, before),
            *self._put_controls(saved, before),
            *entries,
        ]
        # A transaction costs twice as much, and one item needs none.
        operation = "TransactWriteItems" if others else "PutItem"
        with translated(f"dynamodb:{operation}"):
            try:
                if others:
                    self.client.transact_write_items(TransactItems=[{"Put": put}, *others])
                else:
                    self.client.put_item(**put)
            except ClientError as error:
                if not _is_version_conflict(error):
                    raise
                if entries and _is_of_an_entry(error):
                    raise _EntryExists(record.state.arn) from error
                raise VersionConflict(record.state.arn, _found(error)) from error
        return saved

    def _item(self, pk: str, sk: str) -> Mapping[str, Any] | None:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name,
                Key={"pk": text(pk), "sk": text(sk)},
                ConsistentRead=True,
            )
        return answer.get("Item")

    def _put_record(self, record: Record, loaded_version: int) -> Any:
        """Only if nobody saved the channel since it was loaded: its version tells."""
        put = {
            "TableName": self.table_name,
            "Item": record_item(record),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if loaded_version == 0:
            return {**put, "ConditionExpression": "attribute_not_exists(pk)"}
        return {
            **put,
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(loaded_version)}},
        }

    def _outbox(self, record: Record, before: Record) -> Iterator[Any]:
        """It is there for as long as there is something to send."""
        if record.pending:
            yield {"Put": {"TableName": self.table_name, "Item": outbox_item(record)}}
        elif before.pending:
            key = {"pk": text(record.state.arn), "sk": text(_OUTBOX)}
            yield {"Delete": {"TableName": self.table_name, "Key": key}}

    def _put_controls(self, record: Record, before: Record) -> Iterator[Any]:
        """Every function reads them, so they have an item of their own beside the record."""
        controls = record.state.account_controls
        if controls is not None and controls != before.state.account_controls:
            item = controls_item(place_of(record.state.arn), controls)
            yield {"Put": {"TableName": self.table_name, "Item": item}}

    def _put_key_owners(self, record: Record, before: Record) -> Iterator[Any]:
        """Events about a stream key do not name its channel, so the key's own partition does."""
        ended = _key_ends(before.state)
        forgotten = dict.fromkeys(ended, record.state.seen_at) if record.state.seen_at else {}
        for key_arn, end in {**forgotten, **_key_ends(record.state)}.items():
            if key_arn not in ended or (end is None) != (ended[key_arn] is None):
                item = _owner_item(key_arn, record.state.arn, end)
                yield {"Put": {"TableName": self.table_name, "Item": item}}


def _key_ends(state: Resource) -> dict[str, datetime | None]:
    """Each stream key that is known, and since when it is of the past; None while it is not."""
    current, gone_at = state.key_arn, _gone_at(state)
    return {
        arn: gone_at if current is None or arn == current.value else current.at
        for arn in state.stream_keys
    }


def _gone_at(state: Resource) -> datetime | None:
    return state.deleted_at or state.unlisted_at if Facts(state).is_gone else None


def _owner_item(key_arn: str, channel_arn: str, end: datetime | None) -> Item:
    key = {"pk": text(key_arn), "sk": text(_OWNER)}
    item: Item = {**key, "channel_arn": text(channel_arn)}
    return {**item, "expires_at": _expiry(end)} if end is not None else item


class _EntryExists(VersionConflict):
    """The record is as it was loaded, and its ledger already has an entry of this number."""


def _is_of_an_entry(error: ClientError) -> bool:
    """The record is the first part of the transaction: if that may be saved, an entry may not."""
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    codes = [each.get("Code") for each in reasons]
    return codes[:1] == ["None"] and "ConditionalCheckFailed" in codes


def _found(error: ClientError) -> Record | None:
    """The record that others have saved; None where it has to be loaded to be known whole.

    The answer to a single write holds it, and so does the reason why a transaction was cancelled.
    """
    response: Mapping[str, Any] = error.response
    # The record is the first part of a transaction.
    answers = [response, *response.get("CancellationReasons", [])[:1]]
    item = next((each["Item"] for each in answers if "Item" in each), None)
    entry = decode_entry(item) if item else None
    if item is None or entry is None or entry.has_pending:
        return None
    try:
        return read_record(item, entry, PendingMessages())
    except (msgspec.DecodeError, KeyError):
        return None


def _is_version_conflict(error: ClientError) -> bool:
    """Whether others wrote the channel, before or at the same time; not size or throughput."""
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    return code_of(error) in _REFUSED or any(each.get("Code") in _OVERTAKEN for each in reasons)


def record_item(record: Record) -> Item:
    """All that the table keeps of a resource, which `retention` bounds, without what is empty."""
    entry = fleet_entry(record)
    end = _gone_at(record.state) or _passing_at(record)
    return {
        "pk": text(entry.resource_arn),
        "sk": text(RECORD),
        **_place_in_index(entry),
        "version": {"N": str(record.version)},
        "document": encode(_document(record.state)),
        "entry": encode_entry(entry),
        **_standing_attributes(record.standing),
        **({"requested": encode(record.requested)} if record.requested else {}),
        **({"ledger": encode(record.ledger)} if record.ledger != NO_LEDGER else {}),
        **({"expires_at": _expiry(end)} if end is not None else {}),
    }


def _place_in_index(entry: FleetEntry) -> Item:
    """What the fleet index knows it by; nothing once it is over. A busy account has much of that,
    and every sweep reads the whole index.

    Rotations look there for channels that are gone.
    """
    is_settled = not (entry.incidents or entry.has_pending or entry.recheck_at)
    if entry.is_gone and is_settled and not is_channel_arn(entry.resource_arn):
        return {}
    return {"scope": text(scope_of(place_of(entry.resource_arn)))}


def _passing_at(record: Record) -> datetime | None:
    """Since when nothing more is expected of what no sweep lists; None for all else."""
    if record.is_swept:
        return None
    return max(filter(None, (record.state.seen_at, record.timer_at)), default=None)


def _expiry(end: datetime) -> dict[str, str]:
    return {"N": str(int((end + RECORD_KEPT).timestamp()))}


def outbox_item(record: Record) -> Item:
    """What has to be sent, beside the record: how much that is, the policy decides."""
    return {
        "pk": text(record.state.arn),
        "sk": text(_OUTBOX),
        "document": encode(record.pending),
    }


def _document(state: Resource) -> dict[str, Any]:
    """What is known, without what stands in the item already: the ARN, and the id of each part."""
    document: dict[str, Any] = msgspec.to_builtins(state)
    parts = {name: [*document[name].values()] for name in ID_OF if name in document}
    return {**{name: each for name, each in document.items() if name != "arn"}, **parts}


def _standing_attributes(standing: Standing) -> Item:
    """An attribute for each part that is not empty; what has its key inside is a list."""
    parts: dict[str, Any] = {
        "breaches": [*standing.breaches.values()],
        "incidents": [*map(without_last_defaults, standing.incidents.values())],
        "pending_since": standing.pending_since,
        "notification_history": standing.notification_history,
        "effects": {
            breach: {key: without_last_defaults(each) for key, each in effects.items()}
            for breach, effects in standing.effects.items()
        },
        "controls_notified": standing.controls_notified,
        "is_protected": standing.is_protected,
        "orders": None if standing.orders == NO_ORDERS else standing.orders,
        "repetitions": standing.repetitions,
        "recordings_notified": sorted(standing.recordings_notified),
        "shares_notified": {
            rule: without_last_defaults(each) for rule, each in standing.shares_notified.items()
        },
        "deployed": standing.deployed,
    }
    return {name: encode(part) for name, part in parts.items() if part}
