"""What several tests give to a boto3 client, and how they read its refusals."""

from typing import Final

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.conftest import ACCOUNT, REGION

EMT: Final = f"arn:aws:mediatailor:{REGION}:{ACCOUNT}:playbackConfiguration"
ONE: Final = [{"playbackConfigurationArn": f"{EMT}/arena"}]


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """The error's code and its HTTP status."""
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]
