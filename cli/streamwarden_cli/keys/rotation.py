"""Asks the stack's rotate_keys function to replace one stream key.

The operator needs permission to invoke that one function, and none on IVS or on the secret.
"""

import json
from typing import Final

import msgspec
from botocore.config import Config

from streamwarden.domain.state.resource import Outcome
from streamwarden_cli.aws import AwsOptions
from streamwarden_cli.keys.stack import RotationNotAsked, account_of, outputs_of

# Longer than the function may run, and never twice: each run would replace the key again.
_ASK_ONCE: Final = Config(read_timeout=310, retries={"total_max_attempts": 1})


def rotate(channel_arn: str, *, force: bool, stack_name: str, aws: AwsOptions) -> Outcome:
    """Invoke the function in the channel's region.

    Raises RotationNotAsked, ClientError, InvalidInput.
    """
    account = account_of(channel_arn, aws)
    (function_name,) = outputs_of(account, stack_name, "RotateKeysFunctionName")
    answer = account.client("lambda", config=_ASK_ONCE).invoke(
        FunctionName=function_name,
        Payload=json.dumps({"channel_arn": channel_arn, "force": force}),
    )
    payload = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RotationNotAsked(f"rotate_keys failed: {payload.get('errorMessage', 'see its log')}")
    return msgspec.convert(payload["rotations"][0]["outcome"], Outcome)
