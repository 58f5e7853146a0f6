"""Reads how a stack is: its fleet index, its sweeps and its queues."""

from datetime import datetime

from streamwarden.adapters.dynamodb.sweeps import DynamoSweepLog
from streamwarden.domain.state.controls import AccountControls
from streamwarden_cli.operate.channel_controls import read_channel_controls
from streamwarden_cli.operate.destinations import read_destinations
from streamwarden_cli.operate.queues import read_queues
from streamwarden_cli.operate.reading import read_entries
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.status import Status


def read_status(
    stack: DeployedStack, controls: AccountControls, decided_under: str, now: datetime
) -> Status:
    """`decided_under` as in `Status`; where it is empty, what the last sweep knows.

    Raises PermanentError, TemporaryError, ClientError.
    """
    sweeps = DynamoSweepLog(stack.client("dynamodb"), stack.table_name, stack.place)
    last = sweeps.last()
    entries = read_entries(stack)
    return Status(
        now=now,
        mode=stack.outputs["Mode"],
        decided_under=decided_under or (last.decided_under if last else ""),
        entries=entries,
        running=sweeps.running(),
        last=last,
        queues=read_queues(stack, now),
        controls=controls,
        destinations=read_destinations(stack, now),
        on_channels=read_channel_controls(stack, entries, now),
    )
