"""`streamwarden keys`: replaces the stream key of a channel, through the stack or in its place.

For `rotate`, the operator needs permission to invoke one function, and none on IVS or the secret.
For `finish`, the operator needs all permissions of a rotation, because the stack has none.
"""

import argparse
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden_cli.aws import AwsOptions, aws_options
from streamwarden_cli.command import fail
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.json_output import print_json
from streamwarden_cli.keys.finish import finish
from streamwarden_cli.keys.rotation import rotate
from streamwarden_cli.keys.stack import RotationNotAsked
from streamwarden_cli.local.server import LocalAwsError
from streamwarden_cli.operate.stack import add_stack
from streamwarden_cli.verbosity import add_report_options, add_verbose

_OBSTACLES: Final = (
    RotationNotAsked,
    LocalAwsError,
    PermanentError,
    TemporaryError,
    ClientError,
    BotoCoreError,
)
_EXIT_CODES: Final = {
    OutcomeStatus.DONE: ExitCode.DONE,
    OutcomeStatus.FAILED: ExitCode.FAILED,
    OutcomeStatus.NOTHING_TO_DO: ExitCode.NOTHING,
}


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="keys_command", metavar="ACTION", required=True)
    aws = aws_options()
    rotating = actions.add_parser(
        "rotate",
        parents=[aws],
        help="replace the stream key of a channel",
        description=(
            "Replaces the stream key of a channel and puts the new one into Secrets Manager. "
            "A live channel is left alone unless forced, with exit code 3; the value of a key is "
            "never printed."
        ),
    )
    finishing = actions.add_parser(
        "finish",
        parents=[aws],
        help="finish a rotation that a stack has begun and may not finish",
        description=(
            "Finishes, with your own permissions, a rotation that the stack has begun before it "
            "was turned to Mode=observe. It begins none."
        ),
    )
    for action in (rotating, finishing):
        action.add_argument("channel", metavar="CHANNEL", help="the ARN of the channel")
        action.add_argument(
            "--force",
            action="store_true",
            help="also while the channel is live: its encoder cannot reconnect with the old key",
        )
        add_stack(action)
        add_report_options(action)
        add_verbose(action)


def run(args: argparse.Namespace) -> ExitCode:
    act = rotate if args.keys_command == "rotate" else finish
    try:
        outcome = act(
            args.channel,
            force=args.force,
            stack_name=args.stack,
            aws=AwsOptions.read(args),
        )
    except _OBSTACLES as error:
        return fail(error, is_verbose=args.verbose)
    if args.json:
        print_json({"channel": args.channel, "status": outcome.status, "reason": outcome.reason})
    elif not (args.quiet and outcome.status is OutcomeStatus.DONE):
        print(f"{outcome.status}: {outcome.reason}")
    return _EXIT_CODES[outcome.status]
