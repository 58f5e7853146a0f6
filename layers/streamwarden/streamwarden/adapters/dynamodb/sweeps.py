"""The sweep that is under way: one item for an account and region, which its end deletes.

Another item says what the last sweep found.
"""

import zlib
from collections.abc import Mapping
from copy import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.adapters.dynamodb.formats import FORMAT
from streamwarden.adapters.dynamodb.items import (
    CONDITION_FAILED,
    ONLY_IF_NONE,
    Item,
    decode,
    encode,
    packed,
    refused_as,
    scope_of,
    text,
    unpacked,
)
from streamwarden.domain.arn import Place
from streamwarden.services.errors import VersionConflict
from streamwarden.services.unfinished_sweep import (
    FinishedSweep,
    RunningSweep,
    UnfinishedSweep,
    begun_at,
)

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_RUNNING: Final = "sweep"
_LAST: Final = "last"


class DynamoSweepLog(Struct, frozen=True):
    """SweepLog over one item, whose partition no observer reads or writes."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def running(self) -> RunningSweep | None:
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(
                TableName=self.table_name, Key=self._key(), ConsistentRead=True
            )
        return _decoded(answer["Item"]) if "Item" in answer else None

    def save(self, sweep: RunningSweep, before: RunningSweep | None) -> RunningSweep:
        """Conditional on what was there before."""
        saved = replace(sweep, version=before.version + 1 if before else 1)
        condition = _only_if_still(before) if before else ONLY_IF_NONE
        with translated("dynamodb:PutItem"), refused_as(VersionConflict(saved.holder)):
            self.client.put_item(
                TableName=self.table_name, Item={**self._key(), **_encoded(saved)}, **condition
            )
        return saved

    def finish(self, sweep: RunningSweep, finished: FinishedSweep) -> None:
        """The writes need not be one: a last sweep that is an older one misleads no decision."""
        with translated("dynamodb:DeleteItem"):
            try:
                self.client.delete_item(
                    TableName=self.table_name, Key=self._key(), **_only_if_still(sweep)
                )
            except ClientError as error:
                if code_of(error) != CONDITION_FAILED:
                    raise
                return
        with translated("dynamodb:PutItem"):
            item = {**self._key(_LAST), "document": encode(finished)}
            self.client.put_item(TableName=self.table_name, Item=item)

    def last(self) -> FinishedSweep | None:
        """One that this version cannot read counts as none."""
        with translated("dynamodb:GetItem"):
            answer = self.client.get_item(TableName=self.table_name, Key=self._key(_LAST))
        try:
            return decode(answer["Item"], FinishedSweep) if "Item" in answer else None
        except msgspec.DecodeError:
            return None

    def _key(self, name: str = _RUNNING) -> Item:
        """The role of `sweep` may write items of these partitions only."""
        return {"pk": text(f"sweep/{scope_of(self.place)}"), "sk": text(name)}


def _encoded(sweep: RunningSweep) -> Item:
    return {
        "version": {"N": str(sweep.version)},
        "holder": text(sweep.holder),
        "held_until": text(sweep.held_until.isoformat()),
        "tries": {"N": str(sweep.tries)},
        "document": packed(sweep.unfinished),
        "format": {"N": str(FORMAT)},
    }


def _decoded(item: Mapping[str, Any]) -> RunningSweep:
    """What another version has read is as good as nothing: its invocation may still work on it."""
    held_until = datetime.fromisoformat(item["held_until"]["S"])
    return RunningSweep(
        holder=item["holder"]["S"],
        held_until=held_until,
        tries=int(item["tries"]["N"]),
        unfinished=_unfinished(item) or begun_at(held_until, ""),
        version=int(item["version"]["N"]),
    )


def _unfinished(item: Mapping[str, Any]) -> UnfinishedSweep | None:
    """None for one of another version, such as with resources of a type that this one lacks."""
    if int(item["format"]["N"]) != FORMAT:
        return None
    try:
        return unpacked(item["document"]["B"], UnfinishedSweep)
    except (msgspec.DecodeError, zlib.error):
        return None


def _only_if_still(sweep: RunningSweep) -> Any:
    """The holder too: versions begin again with each sweep."""
    return {
        "ConditionExpression": "version = :version AND holder = :holder",
        "ExpressionAttributeValues": {
            ":version": {"N": str(sweep.version)},
            ":holder": text(sweep.holder),
        },
    }
