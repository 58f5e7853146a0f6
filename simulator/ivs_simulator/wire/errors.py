"""The errors the simulated service answers with, named and numbered as the public API model does.

Four of them carry no `Exception` suffix and a quota answers 402; clients that guess get it wrong,
so the simulator must not.
"""

from enum import StrEnum


class ErrorCode(StrEnum):
    """Every error the IVS control plane models."""

    ACCESS_DENIED = "AccessDeniedException"
    CONFLICT = "ConflictException"
    INTERNAL = "InternalServerException"
    NOT_BROADCASTING = "ChannelNotBroadcasting"
    NOT_FOUND = "ResourceNotFoundException"
    PENDING_VERIFICATION = "PendingVerification"
    QUOTA = "ServiceQuotaExceededException"
    SERVICE_UNAVAILABLE = "ServiceUnavailable"
    STREAM_UNAVAILABLE = "StreamUnavailable"
    THROTTLING = "ThrottlingException"
    VALIDATION = "ValidationException"


STATUS: dict[str, int] = {
    ErrorCode.ACCESS_DENIED: 403,
    ErrorCode.CONFLICT: 409,
    ErrorCode.INTERNAL: 500,
    ErrorCode.NOT_BROADCASTING: 404,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.PENDING_VERIFICATION: 403,
    ErrorCode.QUOTA: 402,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
    ErrorCode.STREAM_UNAVAILABLE: 503,
    ErrorCode.THROTTLING: 429,
    ErrorCode.VALIDATION: 400,
}


class IvsError(Exception):
    """A refused API call; the status follows from the code unless one is given."""

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = str(code)
        self.message = message
        self.status = STATUS.get(code, 400) if status is None else status


class StreamKeyRefused(Exception):
    """The ingest endpoint lets no encoder in: wrong or revoked key, or channel already live."""


def conflict(message: str) -> IvsError:
    return IvsError(ErrorCode.CONFLICT, message)


def not_broadcasting() -> IvsError:
    return IvsError(ErrorCode.NOT_BROADCASTING, "The channel is not currently online")


def not_found(arn: str) -> IvsError:
    return IvsError(ErrorCode.NOT_FOUND, f"Resource: {arn} not found")


def quota_exceeded(message: str) -> IvsError:
    return IvsError(ErrorCode.QUOTA, message)


def invalid(message: str) -> IvsError:
    return IvsError(ErrorCode.VALIDATION, message)


def batch_error(error: IvsError, arn: str) -> dict[str, str]:
    """How a batch call reports one of its parts, the call itself having succeeded."""
    return {"arn": arn, "code": error.code, "message": error.message}
