"""What the functions of the stack are built from: clients, clock, policy.

Clients are made with botocore alone: `import boto3` also loads its S3 transfer machinery, which
nothing here uses and every cold start would pay for.
"""

import math
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from datetime import UTC, datetime
from functools import cache, wraps
from typing import Any, Final

import botocore
import botocore.session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.loaders import Loader

from streamwarden import __version__, observability
from streamwarden.adapters.batches import Unprocessable, oldest_kept
from streamwarden.adapters.rate_limit import RateLimit
from streamwarden.adapters.service_models import ServiceModels
from streamwarden.adapters.sqs import Message
from streamwarden.domain.events import OfAnotherVersion
from streamwarden.domain.redaction import redact_error, redacted
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import HasTime

_FIRST_WAIT_SECONDS: Final = 0.05
_LONGEST_WAIT_SECONDS: Final = 1.0

type SecondsLeft = Callable[[], float]
type BatchFunction = Callable[[Mapping[str, Any], SecondsLeft], dict[str, Any]]

# Few, because SQS retries better than a waiting function does.
_ATTEMPTS: Final = 3
_CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 5
# What is begun then has time for some calls that are slow. Half of the time that a function has.
_SECONDS_FOR_ONE: Final = 15
_INVOCATION: ContextVar[SecondsLeft] = ContextVar("seconds left", default=lambda: math.inf)
# How CloudTrail names who calls. What botocore says by itself it puts together for each call again,
# which is 8 % of the CPU time of a call.
USER_AGENT: Final = f"Streamwarden/{__version__} Botocore/{botocore.__version__}"
_FIRST_ERROR: Final = 300  # the status from which on botocore raises an answer


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the composition root reads the clock for all


def pause(seconds: float) -> None:
    """Wait, where another invocation would cost more than the time."""
    time.sleep(seconds)


def back_off(attempt: int) -> None:
    """No wait at first, since who was faster has saved by then, and a stop may depend on it.

    Then full jitter: up to 50 ms, doubling, at most a second.
    """
    if attempt == 0:
        return
    longest = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
    time.sleep(random.uniform(0, longest))  # noqa: S311  # no secret depends on it


def in_background[T](work: Callable[[], T]) -> Callable[[], T]:
    """Begins the work at once, in a thread of its own, within the time of this invocation.

    What nobody waits for may be frozen with the function. It holds up no other work.
    """
    thread = ThreadPoolExecutor(max_workers=1)
    begun = thread.submit(copy_context().run, work)
    thread.shutdown(wait=False)
    return begun.result


@cache
def session() -> botocore.session.Session:
    made = botocore.session.get_session()
    made.register_component("data_loader", Loader(file_loader=ServiceModels()))
    return made


def client(service: str, attempts: int = _ATTEMPTS, read_seconds: float = READ_SECONDS) -> Any:
    """A client that asks up to so many times; waits double, from at most a second on."""
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": attempts},
        user_agent=USER_AGENT,
    )
    made = session().create_client(service, config=config)
    made.meta.events.register("after-call", _without_keys_in_errors)
    made.meta.events.register("before-send", _within_time(attempts, read_seconds))
    if attempts == 1:
        made.meta.events.register("before-send", _on_its_own_connection)
    return made


def rate_limited(client: Any, calls_a_second: float, at_once: int = 1) -> Any:
    """The same client, which calls each operation at most so often."""
    hook = RateLimit(1 / calls_a_second, time.monotonic, time.sleep, at_once)
    client.meta.events.register_first("before-send", hook.before_send)
    return client


def _within_time(attempts: int, read_seconds: float) -> Callable[..., None]:
    """Refuses an attempt that could outlast the invocation, with the wait that may follow it.

    Lambda would end the function in the middle, and nothing of its batch would count as done.
    """
    longest_wait = 2 ** (
        attempts - 2
    )  # seconds, before the last attempt; a second before the first
    needed = _CONNECT_SECONDS + read_seconds + longest_wait + 1

    def before_send(**_: object) -> None:
        left = _INVOCATION.get()()
        if left < needed:
            raise TemporaryError(f"{left:.0f} seconds are left, and a call may take {needed}")

    return before_send


def _on_its_own_connection(request: AWSPreparedRequest, **_: object) -> None:
    """Another one may have died while Lambda slept, and there is no second attempt."""
    request.headers["Connection"] = "close"


def _without_keys_in_errors(
    http_response: AWSResponse, parsed: dict[str, Any], **_: object
) -> None:
    """AWS may quote a key in an error, which no exception, log or trace is to repeat.

    What succeeds stays as it is: rotate_keys reads the value from there.
    """
    if http_response.status_code >= _FIRST_ERROR:
        parsed.update(redacted(parsed))


def read[T](decode: Callable[[str], T], message: Message) -> T:
    """What a message holds. Raises Unprocessable, OfAnotherVersion."""
    try:
        return decode(message.body)
    except OfAnotherVersion:
        raise
    except ValueError as error:
        raise Unprocessable(str(error)) from error


def seconds_left(context: observability.LambdaContext) -> SecondsLeft:
    """How much time Lambda gives an invocation, as it asks for it."""

    def left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    _INVOCATION.set(left)
    return left


def counted(receive: Callable[[Mapping[str, Any], HasTime], dict[str, Any]]) -> BatchFunction:
    """A function that begins nothing it may have no time for, with its messages counted."""

    def function(event: Mapping[str, Any], left: SecondsLeft) -> dict[str, Any]:
        response = receive(event, lambda: left() > _SECONDS_FOR_ONE)
        observability.record_batch(len(event["Records"]), len(response["batchItemFailures"]))
        oldest = oldest_kept(event, response)
        if oldest is not None:
            observability.record_oldest_kept(now() - oldest)
        return response

    return function


def without_keys_in_answers[**P, T](handler: Callable[P, T]) -> Callable[P, T]:
    """The same handler: neither its answer nor an error that it lets pass holds a stream key.

    Lambda writes both down by itself. It is the innermost decorator, since the tracer logs errors.
    """

    @wraps(handler)
    def handled(*args: P.args, **more: P.kwargs) -> T:
        try:
            return redacted(handler(*args, **more))
        except Exception as error:
            redact_error(error)
            raise

    return handled
