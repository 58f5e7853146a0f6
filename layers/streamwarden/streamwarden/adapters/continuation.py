"""AWS Lambda: a run that has no time for the rest invokes its own function again."""

import json
from collections.abc import Mapping
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
