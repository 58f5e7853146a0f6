"""Has the function `notify` try a destination: its role, its secrets and its network are tried.

The caller needs permission to invoke that one function, and sees no secret.
"""

import json
from typing import Final

import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError

from streamwarden.adapters.aws_errors import code_of
from streamwarden.services.errors import PermanentError
from streamwarden.services.try_destination import Trial
from streamwarden_cli.operate.stack import DeployedStack

# Longer than the function may run, and never twice: each run would send every sample again.
_ASK_ONCE: Final = Config(read_timeout=40, retries={"total_max_attempts": 1})
_POLICY: Final = "OperatorPolicy"


def try_destination(stack: DeployedStack, name: str) -> Trial:
    """Raises PermanentError where IAM denies it or the function fails, ClientError."""
    try:
        answer = stack.account.client("lambda", _ASK_ONCE).invoke(
            FunctionName=stack.outputs["NotifyFunctionName"], Payload=json.dumps({"test": name})
        )
    except ClientError as error:
        if code_of(error).startswith("AccessDenied"):
            raise PermanentError(_denied(stack, error)) from error
        raise
    payload = answer["Payload"].read()
    if "FunctionError" in answer:
        said = json.loads(payload).get("errorMessage", "see its log")
        raise PermanentError(f"the function notify failed: {said}")
    return msgspec.json.decode(payload, type=Trial)


def _denied(stack: DeployedStack, error: ClientError) -> str:
    arn = stack.outputs.get(f"{_POLICY}Arn", f"its output {_POLICY}Arn")
    return (
        f"you may not invoke the function notify. It takes the managed policy {_POLICY} of the "
        f"stack ({arn}). AWS says: {error}"
    )
