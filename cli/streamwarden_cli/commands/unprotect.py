"""`streamwarden unprotect`: ends a protection that a command has set."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import UnprotectChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel, protection_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer
from streamwarden_cli.operate.steering.targets import add_channel, channel_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Ends the protection of a channel by command, which takes an administrator. A tag "
        "streamwarden:protected=true still protects it."
    )
    add_channel(parser)
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    arn = channel_of(stack, args.channel)
    return Order(
        command=UnprotectChannel(**said(args, arn, now)),
        effect=on_channel(stack, arn, lambda c: c.protection, protection_in_words(args.channel)),
        question=f"Rules may stop {args.channel} again. Go on?",
    )
