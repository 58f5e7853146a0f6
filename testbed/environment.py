"""The environment variables of a Lambda function that reaches no AWS of the developer's own."""

import os
from typing import Final

ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "POWERTOOLS_SERVICE_NAME": "streamwarden",
    "POWERTOOLS_METRICS_NAMESPACE": "Streamwarden",
    "POWERTOOLS_TRACE_DISABLED": "true",
}
