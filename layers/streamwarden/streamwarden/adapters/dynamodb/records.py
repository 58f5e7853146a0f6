"""Records: knowledge as JSON text, so that its shape is stated once, in the domain."""

from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.dynamodb.items import Item, decode, encode, query, scope_of, text
from streamwarden.domain.arn import ResourceType, place_of, resource_type_of
from streamwarden.domain.facts import Facts
from streamwarden.domain.knowledge.resource import Recording, Resource, Session
from streamwarden.domain.verdicts import Breach
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ports import KEPT_AFTER_END, FleetEntry, Record, Superseded, Unsent

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_RECORD: Final = "record"
_OWNER: Final = "owner"
_SESSION: Final = "session#"
_RECORDING: Final = "recording#"

# A busy account has new stages and compositions every minute, and only their events tell of them.
_NEVER_LISTED: Final = frozenset({ResourceType.STAGE, ResourceType.COMPOSITION, ResourceType.OTHER})

# Why DynamoDB cancels a transaction when others write the same items.
_OVERTAKEN: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


class DynamoRecordStore(Struct, frozen=True):
    """RecordStore over Query and TransactWriteItems."""

    client: "DynamoDBClient"
    table_name: str

    def channel_of(self, key_arn: str) -> str | None:
        items = query(self.client, self._partition(key_arn))
        return next((str(item["channel_arn"]["S"]) for item in items), None)

    def load(self, resource_arn: str) -> Record:
        items = list(query(self.client, self._partition(resource_arn)))
        record = Record(known=Resource(arn=resource_arn))
        for item in items:
            if item["sk"]["S"] == _RECORD:
                record = _read_record(item)
        sessions = [decode(each, Session) for each in items if _has_prefix(each, _SESSION)]
        recordings = [decode(each, Recording) for each in items if _has_prefix(each, _RECORDING)]
        known = replace(
            record.known,
            sessions={each.stream_id: each for each in sessions},
            recordings={each.recording_id: each for each in recordings},
        )
        return replace(record, known=known)

    def save(self, record: Record, before: Record) -> Record:
        saved = replace(record, version=before.version + 1)
        puts = [
            self._put_record(saved, before.version),
            *self._put_changed(saved, before),
            *self._put_key_owners(saved, before),
        ]
        with translated("dynamodb:TransactWriteItems"):
            try:
                self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
            except ClientError as error:
                if _is_superseded(error):
                    raise Superseded(record.known.arn) from error
                raise
        return saved

    def _partition(self, resource_arn: str) -> dict[str, Any]:
        return {
            "TableName": self.table_name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": text(resource_arn)},
            "ConsistentRead": True,
        }

    def _put_record(self, record: Record, loaded_version: int) -> Any:
        """Only if nobody saved the channel since it was loaded: its version tells."""
        put = {"TableName": self.table_name, "Item": _record_item(record)}
        if loaded_version == 0:
            return {**put, "ConditionExpression": "attribute_not_exists(pk)"}
        return {
            **put,
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(loaded_version)}},
        }

    def _put_changed(self, record: Record, before: Record) -> Iterator[Any]:
        """What is over gets its expiry, also when no end event of its own ever said so."""
        facts = Facts(record.known)
        current, was_current = _current_stream(record), _current_stream(before)
        for stream_id, session in record.known.sessions.items():
            is_over_now = stream_id == was_current != current
            if is_over_now or before.known.sessions.get(stream_id) != session:
                end = None if stream_id == current else session.ended_at or session.last_seen_at
                item = _part_item(facts.arn, f"{_SESSION}{stream_id}", session, end)
                yield {"TableName": self.table_name, "Item": item}
        for recording_id, recording in record.known.recordings.items():
            if before.known.recordings.get(recording_id) != recording:
                end = recording.ended_at or (recording.failure.at if recording.failure else None)
                item = _part_item(facts.arn, f"{_RECORDING}{recording_id}", recording, end)
                yield {"TableName": self.table_name, "Item": item}

    def _put_key_owners(self, record: Record, before: Record) -> Iterator[Any]:
        """Events about a stream key do not name its channel, so the key's own partition does."""
        ended = _key_ends(before.known)
        for key_arn, end in _key_ends(record.known).items():
            if key_arn not in ended or (end is None) != (ended[key_arn] is None):
                item = _owner_item(key_arn, record.known.arn, end)
                yield {"TableName": self.table_name, "Item": item}


def _key_ends(known: Resource) -> dict[str, datetime | None]:
    """Each stream key that is known, and since when it is of the past; None while it is not."""
    current, gone_at = known.key_arn, _gone_at(known)
    return {
        arn: gone_at if current is None or arn == current.value else current.at
        for arn in known.stream_keys
    }


def _gone_at(known: Resource) -> datetime | None:
    return known.deleted_at or known.unlisted_at if Facts(known).is_gone else None


def _owner_item(key_arn: str, channel_arn: str, end: datetime | None) -> Item:
    key = {"pk": text(key_arn), "sk": text(_OWNER)}
    item: Item = {**key, "channel_arn": text(channel_arn)}
    return {**item, "expires_at": _expiry(end)} if end is not None else item


def _is_superseded(error: ClientError) -> bool:
    """Whether others wrote the channel, before or at the same time; not size or throughput."""
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") in _OVERTAKEN for reason in reasons)


def _record_item(record: Record) -> Item:
    entry = fleet_entry(record)
    known = replace(record.known, sessions={}, recordings={})
    item: Item = {
        "pk": text(entry.resource_arn),
        "sk": text(_RECORD),
        "scope": text(scope_of(place_of(entry.resource_arn))),
        "version": {"N": str(record.version)},
        "document": encode(known),
        "breaches": encode(record.breaches),
        "warned": encode(record.warned),
        "unsent": encode(record.unsent),
        "entry": encode(entry),
    }
    end = _gone_at(record.known) or _passing_at(record)
    return {**item, "expires_at": _expiry(end)} if end is not None else item


def _passing_at(record: Record) -> datetime | None:
    """Since when nothing more is expected of what no sweep ever lists; None for all else."""
    if resource_type_of(record.known.arn) not in _NEVER_LISTED:
        return None
    return max(filter(None, (record.known.seen_at, record.timer_at)), default=None)


def _current_stream(record: Record) -> str | None:
    session = Facts(record.known).session
    return session.stream_id if session else None


def _part_item(resource_arn: str, sk: str, part: Session | Recording, end: datetime | None) -> Item:
    item: Item = {"pk": text(resource_arn), "sk": text(sk), "document": encode(part)}
    return {**item, "expires_at": _expiry(end)} if end is not None else item


def _expiry(end: datetime) -> dict[str, str]:
    return {"N": str(int((end + KEPT_AFTER_END).timestamp()))}


def _read_record(item: Mapping[str, Any]) -> Record:
    entry = msgspec.json.decode(item["entry"]["S"], type=FleetEntry)
    return Record(
        known=decode(item, Resource),
        breaches=msgspec.json.decode(item["breaches"]["S"], type=dict[str, Breach]),
        warned=msgspec.json.decode(item["warned"]["S"], type=dict[str, datetime]),
        unsent=msgspec.json.decode(item["unsent"]["S"], type=Unsent),
        timer_at=entry.look_again_at,
        decided_under=entry.decided_under,
        version=int(item["version"]["N"]),
    )


def _has_prefix(item: Mapping[str, Any], prefix: str) -> bool:
    return str(item["sk"]["S"]).startswith(prefix)
