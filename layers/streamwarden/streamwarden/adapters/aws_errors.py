"""The one place where errors of AWS become ours: what may succeed later, and what will not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from botocore import exceptions
from botocore.exceptions import ClientError

from streamwarden.services.errors import NotFound, PermanentError, TemporaryError, Unanswered

# Also what botocore would try again (standard mode): not every client does.
_TRANSIENT: Final = frozenset(
    {
        "BandwidthLimitExceeded",
        "InternalServerError",
        "InternalServerException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "StreamUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionCanceledException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)

# No connection was made, so that nothing was sent.
_UNREACHED: Final = (
    exceptions.EndpointConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyConnectionError,
)
# Of all others, the request may have been sent, and carried out: its answer was lost.
_UNANSWERED: Final = (exceptions.ConnectionError, exceptions.HTTPClientError)
_NONE: Final[Mapping[str, str]] = {}


@contextmanager
def translated(call: str, remedies: Mapping[str, str] = _NONE) -> Iterator[None]:
    """Raise TemporaryError, NotFound or PermanentError for any error of AWS, naming the call.

    The call is named as in IAM. `remedies` say what to do, by the code of an error.
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        message = _message(error)
        reason = f"{call}: {code}: {message}" if message else f"{call}: {code}"
        remedy = f"; {remedies[code]}" if code in remedies else ""
        raise _kind_of(error)(f"{reason}{remedy}") from error
    except _UNREACHED as error:
        raise TemporaryError(f"{call}: {type(error).__name__}") from error
    except _UNANSWERED as error:
        raise Unanswered(f"{call}: {type(error).__name__}") from error


def _kind_of(error: ClientError) -> type[TemporaryError | PermanentError]:
    if is_transient(error):
        return TemporaryError
    return NotFound if code_of(error) == "ResourceNotFoundException" else PermanentError


def is_transient(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_throttled = "throttl" in code_of(error).lower()
    return code_of(error) in _TRANSIENT or is_throttled or status in (408, 429) or status >= 500


def code_of(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "Unknown")


def _message(error: ClientError) -> str:
    """IVS answers with `exceptionMessage`, which botocore does not take for the message."""
    response: Mapping[str, Any] = error.response
    return str(response.get("Error", {}).get("Message") or response.get("exceptionMessage") or "")
