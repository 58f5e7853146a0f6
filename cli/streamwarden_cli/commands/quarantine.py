"""`streamwarden quarantine`: a channel is kept off the air."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import QuarantineChannel
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import by_order
from streamwarden_cli.operate.steering.in_words import quarantine_in_words
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
        "Keeps a channel off the air: its stream key is revoked, its stream is stopped, and so is "
        "each one that comes on later. It passes a pause and the breaker, and obeys protection."
    )
    add_channel(parser)
    add_until(parser, "when the quarantine ends; default: when it is released")
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    arn = channel_of(stack, args.channel)
    return Order(
        command=QuarantineChannel(until=end_of(args.until, now), **said(args, arn, now)),
        effect=by_order(
            stack,
            arn,
            QuarantineChannel,
            lambda c: c.quarantine,
            quarantine_in_words(args.channel),
            args.channel,
        ),
        question=f"The show on {args.channel} ends, and its stream key is revoked. Go on?",
    )
