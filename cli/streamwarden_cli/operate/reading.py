"""Reads what the stack remembers: the fleet index, records, and which resource a name means."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import batched, chain
from typing import Final

from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.adapters.dynamodb.many_records import MOST_AT_ONCE, load_at_once
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.arn import parse_arn, resource_type_of
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.state.controls import AccountControls
from streamwarden.services.errors import PermanentError
from streamwarden.services.records import FleetEntry, Record
from streamwarden_cli.console import counted
from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.operate.ledger import read
from streamwarden_cli.operate.stack import THREADS, DeployedStack

_MOST_ARNS: Final = 20


def read_entries(stack: DeployedStack) -> list[FleetEntry]:
    """What the fleet index says of every resource. Raises PermanentError, TemporaryError."""
    index = DynamoFleetIndex(stack.client("dynamodb"), stack.table_name, stack.place)
    found = [*counted(index.entries(), "resources")]
    newer = [each.resource_arn for each in found if each.is_newer]
    if newer:
        raise PermanentError(
            f"a newer version of Streamwarden has stored {len(newer):,} records, such as that of"
            f" {newer[0]}: install that version of the command"
        )
    return found


def read_records(stack: DeployedStack, arns: Sequence[str]) -> Iterator[Record]:
    """In any order, without the messages that wait. Raises PermanentError, TemporaryError."""
    client, table_name = stack.client("dynamodb"), stack.table_name

    def load(part: Sequence[str]) -> list[Record]:
        return [*load_at_once(client, table_name, part)]

    with ThreadPoolExecutor(THREADS) as threads:
        parts = threads.map(load, batched(arns, MOST_AT_ONCE, strict=False))
        yield from counted(chain.from_iterable(parts), "records")


def loader(stack: DeployedStack) -> Callable[[str], Record]:
    return DynamoRecordStore(stack.client("dynamodb"), stack.table_name).load


def read_record(stack: DeployedStack, given: str) -> Record:
    """The record of a resource by its ARN, its name, or its id.

    Raises InvalidInput, PermanentError, TemporaryError.
    """
    is_arn = resource_type_of(given) is not None
    arn = given if is_arn else find(read_entries(stack), given).resource_arn
    record = loader(stack)(arn)
    if record.version == 0:
        raise InvalidInput(f"{arn}: the stack {stack.name} has no record of it")
    return record


def read_ledger(stack: DeployedStack, resource_arn: str) -> list[Entry]:
    """Without what is no entry, of which `ledger verify` tells. Raises as `read_records`."""
    stored = DynamoLedger(stack.client("dynamodb"), stack.table_name).entries(resource_arn)
    return [entry for _, entry in read(stored) if entry is not None]


def read_controls(stack: DeployedStack) -> AccountControls:
    """What is set for the account and region. Raises TemporaryError, PermanentError."""
    return DynamoControls(stack.client("dynamodb"), stack.table_name).of(stack.place)


@dataclass(frozen=True, slots=True)
class StackRecords:
    """What a deployed stack remembers of channels and of its account. Raises as `read_records`."""

    stack: DeployedStack

    def records(self, arns: Sequence[str]) -> Iterator[Record]:
        return read_records(self.stack, arns)

    def controls(self) -> AccountControls:
        return read_controls(self.stack)


def find(entries: Iterable[FleetEntry], given: str) -> FleetEntry:
    """The one that is called so. What exists comes before what is gone.

    Raises InvalidInput where none or several are.
    """
    entries = [*entries]
    called = [each for each in entries if given in (each.name, _id_of(each))]
    found = [each for each in called if not each.is_gone] or called
    match found:
        case [only]:
            return only
        case []:
            hint = did_you_mean(given, {each.name for each in entries if each.name})
            raise InvalidInput(f"{given!r}: no resource that is known has this name or id{hint}")
        case _:
            arns = sorted(each.resource_arn for each in found)[:_MOST_ARNS]
            listed = "".join(f"\n  {arn}" for arn in arns)
            raise InvalidInput(f"{given!r}: {len(found)} resources have this name:{listed}")


def _id_of(entry: FleetEntry) -> str:
    return parse_arn(entry.resource_arn).resource_id
