"""`streamwarden status`: how a deployed stack is, at one look."""

import argparse
from datetime import datetime

from streamwarden.adapters.dynamodb.sweeps import DynamoSweepLog
from streamwarden.domain.state.controls import AccountControls
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.policy import PolicyNotRead, deployed_policy
from streamwarden_cli.operate.queues import read_queues
from streamwarden_cli.operate.reading import read_controls, read_entries
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.status import Status, status_sections


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says how a deployed stack is: its mode and policy, the brakes that are on, what is open "
        "by rule, the last sweep, and what waits in the queues. It reads the fleet index, and no "
        "record."
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        return show(args, stack, status_sections(_read(stack, now)))

    return with_stack(args, act)


def _read(stack: DeployedStack, now: datetime) -> Status:
    sweeps = DynamoSweepLog(stack.client("dynamodb"), stack.table_name, stack.place)
    last, controls = sweeps.last(), read_controls(stack)
    return Status(
        now=now,
        mode=stack.outputs["Mode"],
        decided_under=_decided_under(stack, controls) or (last.decided_under if last else ""),
        entries=read_entries(stack),
        running=sweeps.running(),
        last=last,
        queues=read_queues(stack, now),
        controls=controls,
    )


def _decided_under(stack: DeployedStack, controls: AccountControls) -> str:
    """Empty where the policy may not be read: the last sweep knows what it was until then."""
    try:
        return deployed_policy(stack).decided_under(controls)
    except PolicyNotRead:
        return ""
