"""`streamwarden resume`: ends a pause."""

import argparse
from datetime import datetime

from streamwarden.domain.commands import ResumeActions
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_account, pause_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer


def configure(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Ends a pause, which takes an administrator. What was held is decided again at once, and "
        "carried out where it still applies."
    )
    add_order_options(parser, is_confirmed=True)


def run(args: argparse.Namespace) -> ExitCode:
    return steer(args, _order)


def _order(args: argparse.Namespace, stack: DeployedStack, now: datetime) -> Order:
    return Order(
        command=ResumeActions(**said(args, stack.account_arn, now)),
        effect=on_account(stack, lambda controls: controls.pause, pause_in_words),
        question="What the pause holds is decided again, and shows may be stopped. Go on?",
    )
