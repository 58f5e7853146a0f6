"""`streamwarden stop`: one stream is stopped, and no later one."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import StopStream
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import by_order
from streamwarden_cli.operate.steering.in_words import stop_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer
from streamwarden_cli.operate.steering.targets import add_channel, channel_of


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Stops the stream that is live on a channel now, or the one that is named, and no later "
        "one. It passes a pause and the breaker, and obeys protection. An encoder may come back: "
        "`streamwarden quarantine` keeps the channel off the air."
    )
    add_channel(parser)
    parser.add_argument("--stream", metavar="STREAM_ID", help="default: the one that is live now")
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    arn = channel_of(stack, args.channel)
    return Order(
        command=StopStream(stream_id=args.stream, **said(args, arn, now)),
        effect=by_order(
            stack, arn, StopStream, lambda c: c.stop, stop_in_words(args.channel), args.channel
        ),
        question=f"The show on {args.channel} ends. Go on?",
    )
