"""`streamwarden release`: a channel may be on the air again, with a new stream key."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import ReleaseChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import by_order
from streamwarden_cli.operate.steering.in_words import released_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer
from streamwarden_cli.operate.steering.targets import add_channel, channel_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Ends the quarantine of a channel. A new stream key is made, and published in the secret "
        "of the channel."
    )
    add_channel(parser)
    add_order_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    arn = channel_of(stack, args.channel)
    return Order(
        command=ReleaseChannel(**said(args, arn, now)),
        effect=by_order(
            stack,
            arn,
            ReleaseChannel,
            lambda c: c.release,
            released_in_words(args.channel),
            args.channel,
        ),
    )
