"""`streamwarden resume`: ends a pause."""

import argparse
from datetime import datetime

from streamwarden.domain.brakes import pause_on
from streamwarden.domain.commands import ResumeActions
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.reading import read_controls
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_account
from streamwarden_cli.operate.steering.in_words import pause_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer
from streamwarden_cli.operate.steering.targets import if_readable


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Ends a pause, which takes an administrator. What was held is decided again at once, and "
        "carried out where it still applies."
    )
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    controls = if_readable(lambda: read_controls(stack))
    is_paused = controls is None or pause_on(controls, now) is not None
    return Order(
        command=ResumeActions(**said(args, stack.account_arn, now)),
        effect=on_account(stack, lambda controls: controls.pause, pause_in_words(stack.max_mode)),
        already="" if is_paused else "actions are not paused",
        question="What the pause holds is decided again, and shows may be stopped. Go on?",
    )
