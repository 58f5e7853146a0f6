"""RotateKeys as its schedule and operators invoke it, and the key that it publishes."""

import json
from typing import Any, Final

from tests.stack.account import Account

# What EventBridge Scheduler sends to a target whose schedule has no input of its own.
_FROM_SCHEDULE: Final = {
    "version": "0",
    "id": "5d2b7c9e-0000-4000-8000-000000000001",
    "detail-type": "Scheduled Event",
    "source": "aws.scheduler",
    "resources": [],
    "detail": "{}",
}


def rotate(account: Account, channel_arn: str) -> dict[str, Any]:
    function = account.outputs.rotate_keys_function_name
    (rotated,) = account.invoke(function, {"channel_arn": channel_arn})["rotations"]
    outcome: dict[str, Any] = rotated["outcome"]
    return outcome


def rotate_due(account: Account) -> dict[str, dict[str, Any]]:
    """Open the rotation window; the outcomes by channel.

    All functions share the rates of IVS. A run that is throttled fails, and the next one goes on.
    """
    function = account.outputs.rotate_keys_function_name
    try:
        answer = account.invoke(function, _FROM_SCHEDULE)
    except AssertionError as failure:
        if "ThrottlingException" not in str(failure):
            raise
        answer = account.invoke(function, _FROM_SCHEDULE)
    return {rotated["channel_arn"]: rotated["outcome"] for rotated in answer["rotations"]}


def secret_key_value(account: Account, channel_arn: str) -> str:
    name = account.outputs.secret_prefix + channel_arn.rpartition("/")[2]
    answer = account.client("secretsmanager").get_secret_value(SecretId=name)
    return str(json.loads(answer["SecretString"])["streamKey"])
