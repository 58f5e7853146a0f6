"""Asks the stack's rotate_keys function to replace one stream key.

The operator needs permission to invoke that one function, and none on IVS or on the secret.
"""

import json
from typing import Any, Final

import boto3
from botocore.config import Config

from streamwarden.domain.arn import is_channel_arn, parse_arn

# Longer than the function may run, and never twice: each run would replace the key again.
_ASK_ONCE: Final = Config(read_timeout=310, retries={"total_max_attempts": 1})
_OUTPUT: Final = "RotateKeysFunctionName"


class RotationNotAsked(Exception):
    """The stack could not be asked; says why and what to do."""


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
