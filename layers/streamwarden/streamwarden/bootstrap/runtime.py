"""What the functions of the stack are built from: clients, clock, policy.

Clients are made with botocore alone: `import boto3` also loads its S3 transfer machinery, which
nothing here uses and every cold start would pay for.
"""

import gc
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any, Final

import botocore.session
from botocore.config import Config

from streamwarden import observability
from streamwarden.adapters.batches import Unprocessable
from streamwarden.adapters.sqs import Message

_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 1.0

type BatchFunction = Callable[[Mapping[str, Any]], dict[str, Any]]

# Few, because SQS retries better than a waiting function does.
_ATTEMPTS: Final = 4


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the composition root reads the clock for all


def back_off(attempt: int) -> None:
    """Full jitter: up to 50 ms at first, doubling, at most a second."""
    longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2**attempt)
    time.sleep(random.uniform(0, longest))  # noqa: S311  # no secret depends on it


@cache
def session() -> botocore.session.Session:
    return botocore.session.get_session()


def client(service: str, attempts: int = _ATTEMPTS) -> Any:
    """A client that asks up to so many times; waits double, from at most a second on."""
    config = Config(
        connect_timeout=3,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return session().create_client(service, config=config)


def ends_loading[**P, T](build: Callable[P, T]) -> Callable[P, T]:
    """The same builder of a function; once it has run, garbage is collected again."""

    @wraps(build)
    def built(*args: P.args, **more: P.kwargs) -> T:
        try:
            return build(*args, **more)
        finally:
            _collect_garbage()

    return built


@cache
def _collect_garbage() -> None:
    """From now on, and only what comes from now on: all that was loaded stays."""
    gc.freeze()
    gc.enable()


def routes(text: str) -> tuple[str, ...]:
    """The routes of a comma-separated list."""
    return tuple(route.strip() for route in text.split(",") if route.strip())


def read[T](decode: Callable[[str], T], message: Message) -> T:
    """What a message holds. Raises Unprocessable."""
    try:
        return decode(message.body)
    except ValueError as error:
        raise Unprocessable(str(error)) from error


def counted(receive: BatchFunction) -> BatchFunction:
    """The same function, with its messages counted."""

    def function(event: Mapping[str, Any]) -> dict[str, Any]:
        response = receive(event)
        observability.record_batch(len(event["Records"]), len(response["batchItemFailures"]))
        return response

    return function
