"""Traces by X-Ray, only where the stack asks for them: its SDK is a tenth of a cold start."""

import os
from collections.abc import Callable
from typing import Any

type Handler = Callable[[Any, Any], dict[str, Any]]


def traced(handler: Handler) -> Handler:
    """The handler; traced where the parameter `Tracing` is Active. Answers and errors are not."""
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "true") == "true":
        return handler
    from aws_lambda_powertools import Tracer

    # Only botocore is traced: finding out what else is installed would cost every cold start.
    tracer = Tracer(patch_modules=("botocore",))
    decorated: Handler = tracer.capture_lambda_handler(
        handler, capture_response=False, capture_error=False
    )
    return decorated
