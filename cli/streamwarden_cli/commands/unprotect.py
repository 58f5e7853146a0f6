"""`streamwarden unprotect`: ends a protection that a command has set."""

import argparse
from datetime import datetime

from streamwarden.domain.brakes import protected_by_command, protected_by_tag
from streamwarden.domain.commands import UnprotectChannel
from streamwarden.domain.state.facts import Facts
from streamwarden.services.records import Record
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.operate.reading import loader
from streamwarden_cli.operate.stack import DeployedStack
from streamwarden_cli.operate.steering.effects import on_channel
from streamwarden_cli.operate.steering.in_words import protection_in_words
from streamwarden_cli.operate.steering.order import Order, add_order_options, said, steer
from streamwarden_cli.operate.steering.targets import add_channel, channel_of, if_readable


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
        already=_already(args.channel, if_readable(lambda: loader(stack)(arn)), now),
    )


def _already(channel: str, record: Record | None, now: datetime) -> str:
    """Why there is no protection to end; empty if there is one, or where nobody may look."""
    if record is None or protected_by_command(record.state.controls, now) is not None:
        return ""
    by_tag = protected_by_tag(Facts(record.state).tags)
    text = f"{channel} is not protected by command"
    return f"{text}; {by_tag.reason}, which protects it" if by_tag else text
