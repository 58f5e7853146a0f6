"""`streamwarden status`: how a deployed stack is, at one look."""

import argparse
from datetime import datetime

from streamwarden.domain.state.controls import AccountControls
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.policy import PolicyNotRead, deployed_policy
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.status import status_sections
from streamwarden_cli.operate.status_reading import read_status


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says how a deployed stack is: its mode and policy, the brakes that are on, what is open "
        "by rule, the last sweep, and what waits in the queues and for destinations. It reads the "
        "fleet index, and the records of channels that are protected, exempt or in quarantine."
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        controls = read_controls(stack)
        status = read_status(stack, controls, _decided_under(stack, controls), now)
        return show(args, stack, status_sections(status))

    return with_stack(args, act)


def _decided_under(stack: DeployedStack, controls: AccountControls) -> str:
    """Empty where the policy may not be read: the last sweep knows what it was until then."""
    try:
        return deployed_policy(stack).decided_under(controls)
    except PolicyNotRead:
        return ""
