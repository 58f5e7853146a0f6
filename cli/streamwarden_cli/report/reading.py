"""Reads all that a report is made of: the fleet index, every record, and the ledgers' ends."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from streamwarden.adapters.dynamodb.ledger import DynamoLedger
from streamwarden.domain.ledger.entry import Entry
from streamwarden.domain.ledger.verification import read_entry
from streamwarden.domain.verdicts import Mode
from streamwarden.services.records import Record
from streamwarden_cli.console import counted
from streamwarden_cli.operate.policy import policy_of
from streamwarden_cli.operate.reading import read_controls, read_records
from streamwarden_cli.operate.stack import THREADS, DeployedStack
from streamwarden_cli.operate.status_reading import read_status
from streamwarden_cli.report.inventory import Inventory


def read_inventory(
    stack: DeployedStack, policy: Path | None, since: datetime, now: datetime
) -> Inventory:
    """Raises InvalidInput, PolicyNotRead, PermanentError, TemporaryError, ClientError."""
    in_use, controls = policy_of(stack, policy), read_controls(stack)
    status = read_status(stack, controls, in_use.decided_under(controls), now)
    records = [*read_records(stack, [each.resource_arn for each in status.entries])]
    return Inventory(
        heading=stack.heading,
        since=since,
        status=status,
        in_use=in_use,
        records=records,
        entries=dict(_read_ledgers(stack, records, since)),
    )


def _read_ledgers(
    stack: DeployedStack, records: Iterable[Record], since: datetime
) -> Iterator[tuple[str, list[Entry]]]:
    ledger = DynamoLedger(stack.client("dynamodb"), stack.table_name)

    def load(record: Record) -> tuple[str, list[Entry]]:
        arn, begin = record.state.arn, _begin(record, since)
        return arn, [*reversed([*_entries_since(ledger, arn, begin)])]

    written: Sequence[Record] = [each for each in records if each.ledger.last is not None]
    with ThreadPoolExecutor(THREADS) as threads:
        yield from counted(threads.map(load, written), "ledgers")


def _begin(record: Record, since: datetime) -> datetime:
    """An open incident is told from its beginning."""
    incidents = record.standing.incidents.values()
    opened = (each.opened_at for each in incidents if each.mode is not Mode.OBSERVE)
    return min([since, *opened])


def _entries_since(ledger: DynamoLedger, arn: str, begin: datetime) -> Iterator[Entry]:
    """The newest first. What cannot be read is left out: `ledger verify` tells of that."""
    for stored in ledger.newest(arn):
        entry = read_entry(stored)
        if entry is None:
            continue
        if entry.at < begin:
            return
        yield entry
