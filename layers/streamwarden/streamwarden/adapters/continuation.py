"""AWS Lambda: functions that are invoked without waiting for them.

A run that has no time for the rest invokes its own function again. Enforce has RotateKeys make a
key.
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from streamwarden.adapters.aws_errors import translated

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient


class LambdaContinuation(Struct, frozen=True):
    """Invokes a function, which `function_arn` names, without waiting for it."""

    client: "LambdaClient"
    function_arn: str

    def go_on(self, request: Mapping[str, str]) -> None:
        """With this as its event. Raises TemporaryError, PermanentError."""
        with translated("lambda:InvokeFunction"):
            self.client.invoke(
                FunctionName=self.function_arn,
                InvocationType="Event",
                Payload=json.dumps(request),
            )


class LambdaRotations(Struct, frozen=True):
    """RotationRequests to a function, which `function_arn` names. Few need the client."""

    client: Callable[[], "LambdaClient"]
    function_arn: str

    def make_key(self, channel_arn: str) -> None:
        request = {"channel_arn": channel_arn, "only": "missing"}
        LambdaContinuation(self.client(), self.function_arn).go_on(request)
