"""`streamwarden pause`: no action is carried out in the account and region."""

import argparse
from datetime import datetime

from streamwarden.domain.brakes import pause_on
from streamwarden.domain.commands import PauseActions
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_account
from streamwarden_cli.operate.steering.in_words import lasts_longer, pause_in_words
from streamwarden_cli.operate.steering.order import (
    Order,
    add_order_options,
    add_until,
    end_of,
    said,
    steer,
)
from streamwarden_cli.operate.steering.targets import if_readable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Pauses all actions in the account and region at once, also those in the queue. What is "
        "held is not lost: it is decided again when `streamwarden resume` ends the pause."
    )
    add_until(parser, "when the pause ends by itself; default: never")
    add_order_options(parser)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    until = end_of(args.until, now)
    held = if_readable(lambda: pause_on(read_controls(stack), now))
    return Order(
        command=PauseActions(until=until, **said(args, stack.account_arn, now)),
        effect=on_account(stack, lambda controls: controls.pause, pause_in_words(stack.max_mode)),
        already=lasts_longer(held, until, now, "resume"),
    )
