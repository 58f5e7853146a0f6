"""What Streamwarden remembers, in one DynamoDB table: everything of a channel in one partition.

pk = channel ARN; sk = `channel`, `session#<stream id>`, `recording#<id>` or `rotation`. The
`fleet` index lists all channels of an account and region (`scope`), and rotations begun.
Knowledge is kept as JSON text, so that its shape is stated once, in the domain.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.arn import Place, place_of
from streamwarden.domain.channel import Channel, Recording, Session
from streamwarden.domain.facts import Facts
from streamwarden.domain.verdicts import Breach
from streamwarden.services.fleet import fleet_entry
from streamwarden.services.ports import (
    ChannelRecord,
    FleetEntry,
    Rotation,
    Superseded,
    TryAgain,
    Unsent,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]

FLEET_INDEX: Final = "fleet"
_CHANNEL: Final = "channel"
_ROTATION: Final = "rotation"
_SESSION: Final = "session#"
_RECORDING: Final = "recording#"

# IVS keeps stream sessions for 60 days; what is over is needed here only to recognise events that
# come late, and those come hours late, not weeks.
_KEPT_AFTER_END: Final = timedelta(days=30)


class DynamoChannelStore(Struct, frozen=True):
    """ChannelStore over Query and TransactWriteItems."""

    client: "DynamoDBClient"
    table_name: str

    def load(self, channel_arn: str) -> ChannelRecord:
        items = list(_query(self.client, self._partition(channel_arn)))
        record = ChannelRecord(known=Channel(arn=channel_arn))
        for item in items:
            if item["sk"]["S"] == _CHANNEL:
                record = _read_channel(item)
        sessions = [_decode(each, Session) for each in items if _has_prefix(each, _SESSION)]
        recordings = [_decode(each, Recording) for each in items if _has_prefix(each, _RECORDING)]
        known = replace(
            record.known,
            sessions={each.stream_id: each for each in sessions},
            recordings={each.recording_id: each for each in recordings},
        )
        return replace(record, known=known)

    def save(self, record: ChannelRecord, before: ChannelRecord) -> ChannelRecord:
        saved = replace(record, version=before.version + 1)
        puts = [self._put_channel(saved, before.version), *self._put_changed(saved, before)]
        with translated("dynamodb:TransactWriteItems"):
            try:
                self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
            except ClientError as error:
                if _is_superseded(error):
                    raise Superseded(record.known.arn) from error
                raise
        return saved

    def _partition(self, channel_arn: str) -> dict[str, Any]:
        return {
            "TableName": self.table_name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": channel_arn}},
            "ConsistentRead": True,
        }

    def _put_channel(self, record: ChannelRecord, loaded_version: int) -> Any:
        """Only if nobody saved the channel since it was loaded: its version tells."""
        put = {"TableName": self.table_name, "Item": _channel_item(record)}
        if loaded_version == 0:
            return {**put, "ConditionExpression": "attribute_not_exists(pk)"}
        return {
            **put,
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(loaded_version)}},
        }

    def _put_changed(self, record: ChannelRecord, before: ChannelRecord) -> Iterator[Any]:
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


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index: a few pages for thousands of channels."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in _query(self.client, _in_scope(self.table_name, _scope(self.place))):
            yield FleetEntry(
                channel_arn=item["pk"]["S"],
                digest=item["digest"]["S"],
                live_stream_id=_text(item, "live_stream_id"),
                is_on_air=_flag(item, "is_on_air"),
                is_stalled=_flag(item, "is_stalled"),
                look_again_at=_moment(item, "look_again_at"),
                has_unsent=_flag(item, "has_unsent"),
                is_rotation_due=_flag(item, "is_rotation_due"),
                is_gone=_flag(item, "is_gone"),
            )


class DynamoRotationLog(Struct, frozen=True):
    """RotationLog: one item a rotation, there from before its first call until its end."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def unfinished(self, channel_arn: str) -> Rotation | None:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=_rotation_key(channel_arn), ConsistentRead=True
            )
        item = answer.get("Item")
        return _decode(item, Rotation) if item else None

    def all_unfinished(self) -> Iterable[Rotation]:
        scope = _rotation_scope(self.place)
        for item in _query(self.client, _in_scope(self.table_name, scope)):
            rotation = self.unfinished(item["pk"]["S"])
            if rotation is not None:
                yield rotation

    def begin(self, rotation: Rotation) -> None:
        item = {
            **_rotation_key(rotation.channel_arn),
            "scope": {"S": _rotation_scope(self.place)},
            "document": _encode(rotation),
        }
        with translated("dynamodb:PutItem"):
            try:
                self.client.put_item(
                    TableName=self.table_name,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except ClientError as error:
                if code_of(error) == "ConditionalCheckFailedException":
                    raise TryAgain("another rotation of the channel has just begun") from error
                raise

    def finish(self, rotation: Rotation) -> None:
        """Only this rotation: a slower run must not end the next one, which another has begun."""
        with translated("dynamodb:DeleteItem"):
            try:
                self.client.delete_item(
                    TableName=self.table_name,
                    Key=_rotation_key(rotation.channel_arn),
                    ConditionExpression="document = :document",
                    ExpressionAttributeValues={":document": _encode(rotation)},
                )
            except ClientError as error:
                if code_of(error) != "ConditionalCheckFailedException":
                    raise


def _is_superseded(error: ClientError) -> bool:
    """Whether a transaction failed on its condition, and not for size or throughput."""
    reasons: Sequence[Mapping[str, Any]] = error.response.get("CancellationReasons", [])
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)


def _query(client: "DynamoDBClient", request: dict[str, Any]) -> Iterator[Item]:
    start: dict[str, Any] = {}
    while True:
        with translated("dynamodb:Query"):
            page = client.query(**request, **start)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def _in_scope(table_name: str, scope: str) -> dict[str, Any]:
    return {
        "TableName": table_name,
        "IndexName": FLEET_INDEX,
        "KeyConditionExpression": "#scope = :scope",
        "ExpressionAttributeNames": {"#scope": "scope"},
        "ExpressionAttributeValues": {":scope": {"S": scope}},
    }


def _scope(place: Place) -> str:
    return f"{place.account}#{place.region}"


def _rotation_scope(place: Place) -> str:
    return f"{_ROTATION}#{_scope(place)}"


def _rotation_key(channel_arn: str) -> Item:
    return {"pk": {"S": channel_arn}, "sk": {"S": _ROTATION}}


def _channel_item(record: ChannelRecord) -> Item:
    entry = fleet_entry(record)
    known = replace(record.known, sessions={}, recordings={})
    item: Item = {
        "pk": {"S": entry.channel_arn},
        "sk": {"S": _CHANNEL},
        "scope": {"S": _scope(place_of(entry.channel_arn))},
        "version": {"N": str(record.version)},
        "document": _encode(known),
        "breaches": _encode(record.breaches),
        "unsent": _encode(record.unsent),
        "digest": {"S": entry.digest},
        "is_on_air": {"BOOL": entry.is_on_air},
        "is_stalled": {"BOOL": entry.is_stalled},
        "has_unsent": {"BOOL": entry.has_unsent},
        "is_rotation_due": {"BOOL": entry.is_rotation_due},
        "is_gone": {"BOOL": entry.is_gone},
    }
    if entry.live_stream_id is not None:
        item["live_stream_id"] = {"S": entry.live_stream_id}
    if entry.look_again_at is not None:
        item["look_again_at"] = {"S": entry.look_again_at.isoformat()}
    gone_at = record.known.deleted_at or record.known.unlisted_at
    if entry.is_gone and gone_at is not None:
        item["expires_at"] = _expiry(gone_at)
    return item


def _current_stream(record: ChannelRecord) -> str | None:
    session = Facts(record.known).session
    return session.stream_id if session else None


def _part_item(channel_arn: str, sk: str, part: Session | Recording, end: datetime | None) -> Item:
    item: Item = {"pk": {"S": channel_arn}, "sk": {"S": sk}, "document": _encode(part)}
    return {**item, "expires_at": _expiry(end)} if end is not None else item


def _expiry(end: datetime) -> dict[str, str]:
    return {"N": str(int((end + _KEPT_AFTER_END).timestamp()))}


def _read_channel(item: Mapping[str, Any]) -> ChannelRecord:
    return ChannelRecord(
        known=_decode(item, Channel),
        breaches=msgspec.json.decode(item["breaches"]["S"], type=dict[str, Breach]),
        unsent=msgspec.json.decode(item["unsent"]["S"], type=Unsent),
        timer_at=_moment(item, "look_again_at"),
        version=int(item["version"]["N"]),
    )


def _encode(value: object) -> dict[str, str]:
    return {"S": msgspec.json.encode(value, order="sorted").decode()}


def _decode[T](item: Mapping[str, Any], model: type[T]) -> T:
    return msgspec.json.decode(item["document"]["S"], type=model)


def _has_prefix(item: Mapping[str, Any], prefix: str) -> bool:
    return str(item["sk"]["S"]).startswith(prefix)


def _text(item: Mapping[str, Any], name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _flag(item: Mapping[str, Any], name: str) -> bool:
    return bool(name in item and item[name]["BOOL"])


def _moment(item: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(item, name)
    return datetime.fromisoformat(text) if text is not None else None
