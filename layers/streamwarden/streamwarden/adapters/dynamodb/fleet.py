"""The fleet index: a few pages for thousands of channels."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from streamwarden.adapters.dynamodb.items import (
    flag,
    in_scope,
    moment,
    number,
    query,
    scope_of,
    text,
)
from streamwarden.domain.arn import Place
from streamwarden.services.ports import FleetEntry

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoFleetIndex(Struct, frozen=True):
    """FleetIndex over the `fleet` index: a few pages for thousands of channels."""

    client: "DynamoDBClient"
    table_name: str
    place: Place

    def entries(self) -> Iterable[FleetEntry]:
        for item in query(self.client, in_scope(self.table_name, scope_of(self.place))):
            yield FleetEntry(
                channel_arn=item["pk"]["S"],
                digest=item["digest"]["S"],
                live_stream_id=text(item, "live_stream_id"),
                is_on_air=flag(item, "is_on_air"),
                is_stalled=flag(item, "is_stalled"),
                viewers=number(item, "viewers"),
                look_again_at=moment(item, "look_again_at"),
                has_unsent=flag(item, "has_unsent"),
                is_rotation_due=flag(item, "is_rotation_due"),
                is_gone=flag(item, "is_gone"),
            )
