"""`streamwarden protect`: nothing destructive is done to a channel."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import ProtectChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel
from streamwarden_cli.operate.steering.in_words import protection_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    add_until,
    end_of,
    said,
    steer,
)
from streamwarden_cli.operate.steering.targets import add_channel, channel_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Protects a channel: nothing destructive is done to it, whatever a rule says. The tag "
        "streamwarden:protected=true does the same, and IAM holds the stack to the tag."
    )
    add_channel(parser)
    add_until(parser, "when the protection ends; default: never")
    add_order_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    arn = channel_of(stack, args.channel)
    return Order(
        command=ProtectChannel(until=end_of(args.until, now), **said(args, arn, now)),
        effect=on_channel(stack, arn, lambda c: c.protection, protection_in_words(args.channel)),
    )
