"""`streamwarden keys rotate`: replaces one stream key, through the stack."""

import argparse
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden_cli.command import fail
from streamwarden_cli.keys.rotation import RotationNotAsked, rotate

_EXIT_CODES: Final = {"done": 0, "failed": 1, "nothing-to-do": 3}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="keys_command", metavar="ACTION", required=True)
    rotate = actions.add_parser(
        "rotate",
        help="replace the stream key of a channel",
        description=(
            "Replaces the stream key of a channel and puts the new one into Secrets Manager. "
            "A live channel is left alone unless forced; the value of a key is never printed. "
            "Exit code 0: replaced; 1: failed; 3: left as it was, and why."
        ),
    )
    rotate.add_argument("channel", metavar="CHANNEL", help="the ARN of the channel")
    rotate.add_argument(
        "--force",
        action="store_true",
        help="also while the channel is live: its encoder cannot reconnect with the old key",
    )
    rotate.add_argument(
        "--stack-name", default="streamwarden", help="the deployed stack (default: %(default)s)"
    )


def run(args: argparse.Namespace) -> int:
    try:
        answer = rotate(args.channel, force=args.force, stack_name=args.stack_name)
    except (RotationNotAsked, ClientError, BotoCoreError) as error:
        return fail(error)
    outcome = answer["outcome"]
    print(f"{outcome['status']}: {outcome['reason']}")
    return _EXIT_CODES[outcome["status"]]
