"""`streamwarden open`: what is open now in a deployed stack."""

import argparse
from datetime import datetime

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_view_options, show, with_stack
from streamwarden_cli.operate.incidents import open_section, opened_in
from streamwarden_cli.operate.reading import read_entries, read_records
from streamwarden_cli.operate.stack import DeployedStack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Lists open incidents, and the breaches of rules in mode observe, one line each: the most "
        "urgent first, of these the oldest. It reads the fleet index, and the records that have "
        "something open."
    )
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        arns = [each.resource_arn for each in read_entries(stack) if each.incidents]
        return show(args, stack, [open_section(opened_in(read_records(stack, arns), now), now)])

    return with_stack(args, act)
