"""`streamwarden protect`: nothing destructive is done to a channel."""

import argparse
from datetime import datetime

from streamwarden.domain.brakes import protected_by_command
from streamwarden.domain.commands import ProtectChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel
from streamwarden_cli.operate.steering.in_words import lasts_longer, protection_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    add_until,
    end_of,
    said,
    steer,
)
from streamwarden_cli.operate.steering.targets import add_channel, channel_of, if_readable


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
    until = end_of(args.until, now)
    held = if_readable(lambda: protected_by_command(loader(stack)(arn).state.controls, now))
    return Order(
        command=ProtectChannel(until=until, **said(args, arn, now)),
        effect=on_channel(stack, arn, lambda c: c.protection, protection_in_words(args.channel)),
        already=lasts_longer(held, until, now, f"unprotect {args.channel}"),
    )
