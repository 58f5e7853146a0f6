"""The ledgers of a deployed stack: in an AWS account, or on the local AWS."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.arn import resource_type_of
from streamwarden.domain.ledger.chain import StoredEntry
from streamwarden.domain.ledger.end import Link
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.operate.ledger import Verified, verified
from streamwarden_cli.operate.stack import DeployedStack, stack_of

# An observer may write while it is read.
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Ledgers:
    """What a stack keeps of all resources. Reading raises TemporaryError, PermanentError."""

    stack: DeployedStack

    @classmethod
    def of_stack(cls, args: argparse.Namespace, resource: str | None) -> Self:
        """The stack is in the region of the resource, if that is given by its ARN.

        Raises InvalidInput, ClientError, BotoCoreError.
        """
        return cls(stack_of(args, resource))

    def arn_of(self, resource: str) -> str:
        """Of a resource that is given by its ARN, or of a channel by its name.

        Raises InvalidInput, ClientError.
        """
        if resource_type_of(resource) is not None:
            return resource
        listed = self.stack.client("ivs").list_channels(filterByName=resource)["channels"]
        match [each["arn"] for each in listed]:
            case [arn]:
                return str(arn)
            case []:
                raise InvalidInput(
                    f"{resource!r}: no channel has this name; give the ARN of one that is deleted"
                )
            case arns:
                listing = "".join(f"\n  {arn}" for arn in arns)
                raise InvalidInput(f"{resource!r}: {len(arns)} channels have this name:{listing}")

    def entries(self, resource_arn: str) -> list[StoredEntry]:
        return [*self._ledger.entries(resource_arn)]

    def resources(self) -> Iterator[str]:
        return self._ledger.resources()

    def verify(self, resource_arn: str, now: datetime) -> Verified:
        """Of one moment: the record names the same end before and after the entries were read."""
        end = self._end(resource_arn)
        for _ in range(_TRIES):
            stored, before = self.entries(resource_arn), end
            end = self._end(resource_arn)
            if end == before:
                break
        return verified(resource_arn, stored, end, now)

    def _end(self, resource_arn: str) -> Link | None:
        return self._records.load(resource_arn).ledger.last

    @property
    def _ledger(self) -> DynamoLedger:
        return DynamoLedger(self.stack.client("dynamodb"), self.stack.table_name)

    @property
    def _records(self) -> DynamoRecordStore:
        return DynamoRecordStore(self.stack.client("dynamodb"), self.stack.table_name)
