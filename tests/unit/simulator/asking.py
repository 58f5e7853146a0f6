"""What several tests give to a boto3 client, and how they read its refusals."""

from typing import Any, Final

import pytest
from botocore.exceptions import ClientError

from tests.unit.simulator.conftest import ACCOUNT, REGION

EMT: Final = f"arn:aws:mediatailor:{REGION}:{ACCOUNT}:playbackConfiguration"
ONE: Final = [{"playbackConfigurationArn": f"{EMT}/arena"}]


def refusal(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """The error's code and its HTTP status."""
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def destination(real_time: Any, *encoders: str) -> dict[str, Any]:
    """Where a composition is recorded: with these encoder configurations, or one of its own.

    There can be few storage configurations, so one is used again.
    """
    held = real_time.list_storage_configurations()["storageConfigurations"]
    made = real_time.create_storage_configuration if not held else None
    storage = held[0] if made is None else made(s3={"bucketName": "vod"})["storageConfiguration"]
    if not encoders:
        encoder = real_time.create_encoder_configuration()["encoderConfiguration"]
        encoders = (encoder["arn"],)
    place = {"storageConfigurationArn": storage["arn"]}
    return {"s3": {**place, "encoderConfigurationArns": list(encoders)}}
