"""`streamwarden keys rotate`: asks the stack's rotate_keys function to replace one stream key.

The operator needs permission to invoke that one function, and none on IVS or on the secret.
"""

import argparse
import json
import sys
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from streamwarden.domain.arn import is_channel_arn, parse_arn

# Longer than the function may run, and never twice: each run would replace the key again.
_ASK_ONCE = Config(read_timeout=310, retries={"total_max_attempts": 1})
_EXIT_CODES = {"done": 0, "failed": 1, "nothing-to-do": 3}
_OUTPUT = "RotateKeysFunctionName"


class RotationNotAsked(Exception):
    """The stack could not be asked; says why and what to do."""


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
        print(f"streamwarden: {error}", file=sys.stderr)
        return 1
    outcome = answer["outcome"]
    print(f"{outcome['status']}: {outcome['reason']}")
    return _EXIT_CODES[outcome["status"]]


def rotate(channel_arn: str, *, force: bool, stack_name: str) -> dict[str, Any]:
    """Invoke the function in the channel's region. Raises RotationNotAsked, ClientError."""
    if not is_channel_arn(channel_arn):
        raise RotationNotAsked(
            f"{channel_arn!r} is not the ARN of an IVS channel "
            "(arn:aws:ivs:<region>:<account>:channel/<id>)"
        )
    session = boto3.Session(region_name=parse_arn(channel_arn).region)
    answer = session.client("lambda", config=_ASK_ONCE).invoke(
        FunctionName=_function_name(session, stack_name),
        Payload=json.dumps({"channel_arn": channel_arn, "force": force}),
    )
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RotationNotAsked(f"rotate_keys failed: {payload.get('errorMessage', 'see its log')}")
    rotation: dict[str, Any] = payload["rotations"][0]
    return rotation


def _function_name(session: boto3.Session, stack_name: str) -> str:
    stack = session.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    for output in stack.get("Outputs", []):
        if output.get("OutputKey") == _OUTPUT:
            return output["OutputValue"]
    raise RotationNotAsked(
        f"stack {stack_name} has no output {_OUTPUT}; is it a Streamwarden stack?"
    )
