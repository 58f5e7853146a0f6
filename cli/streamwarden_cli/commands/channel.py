"""`streamwarden channel`: all that a deployed stack knows of a channel."""

import argparse
from datetime import datetime

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.channel import channel_sections
from streamwarden_cli.operate.command import add_resource, add_view_options, show, with_stack
from streamwarden_cli.operate.destinations import read_destinations
from streamwarden_cli.operate.reading import read_record
from streamwarden_cli.operate.stack import DeployedStack


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Says all that is known of a channel, or of another resource that rules are about: "
        "settings, tags, the live stream and those before, the age of the stream key, recordings, "
        "what is open, and when it is looked at again. It reads what the stack has stored."
    )
    add_resource(parser)
    add_view_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    def act(stack: DeployedStack, now: datetime) -> ExitCode:
        record = read_record(stack, args.resource)
        return show(args, stack, channel_sections(record, read_destinations(stack, now), now))

    return with_stack(args, act)
