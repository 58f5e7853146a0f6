"""`streamwarden history`: what happened on a channel, in order."""

import argparse
from datetime import datetime

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.command import add_resource, add_view_options, show, with_stack
from streamwarden_cli.operate.history import history_section
from streamwarden_cli.operate.reading import read_ledger, read_record
from streamwarden_cli.operate.resource_history import history_of
from streamwarden_cli.operate.stack import DeployedStack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says what happened on a channel, the oldest first: streams, recordings, tags and their "
        "authors, keys, breaches, actions and their outcomes. It has what the record of the "
        "channel still holds: the newest of everything."
    )
    add_resource(parser)
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        record = read_record(stack, args.resource)
        about = f": {record.state.arn}"
        return show(
            args,
            stack,
            [history_section(history_of(record, read_ledger(stack, record.state.arn)))],
            about,
        )

    return with_stack(args, act)
