"""CloudTrail's record of an API call, in the EventBridge event that carries it.

Sensitive members are left out by the model's own marks: a stream key's value is never recorded.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ivs_simulator.events.envelopes import DetailType, EnvelopeMetadata, envelope, event_time
from ivs_simulator.wire import model as api_model
from ivs_simulator.wire.errors import ErrorCode, IvsError
from ivs_simulator.wire.jsonable import jsonable


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: an assumed role's session, a user or the account's root."""

    arn: str
    access_key_id: str = "ASIASIMULATED0000000"
    source_ip: str = "198.51.100.24"
    user_agent: str = "aws-cli/2.31.0"

    @classmethod
    def role(cls, account: str, role: str, session: str = "session") -> "Caller":
        return cls(f"arn:aws:sts::{account}:assumed-role/{role}/{session}")


def root_of(account: str) -> Caller:
    return Caller(f"arn:aws:iam::{account}:root", access_key_id="AKIASIMULATED0000000")


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call and how it ended."""

    operation: str
    params: dict[str, Any]
    caller: Caller
    request_id: str
    result: dict[str, Any] | None = None
    error: IvsError | None = None


def api_call_event(
    metadata: EnvelopeMetadata, call: ApiCall, *, record_id: str, is_path_raw: bool = False
) -> dict[str, Any]:
    """The event of a call. `record_id` is the `eventID` of the CloudTrail record.

    `is_path_raw` leaves the ARN in the path of a tag call percent-encoded, as it came.
    """
    model = api_model.operation(call.operation)
    request = jsonable(api_model.without_secrets(model.input_shape, call.params))
    if is_path_raw and "resourceArn" in request:
        request["resourceArn"] = quote(request["resourceArn"], safe="")
    detail: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": _user_identity(call.caller, metadata.account, metadata.at),
        "eventTime": event_time(metadata.at),
        "eventSource": "ivs.amazonaws.com",
        "eventName": call.operation,
        "awsRegion": metadata.region,
        "sourceIPAddress": call.caller.source_ip,
        "userAgent": call.caller.user_agent,
        **_error_fields(call.error),
        "requestParameters": request,
        "responseElements": jsonable(api_model.without_secrets(model.output_shape, call.result))
        or None,
        "requestID": call.request_id,
        "eventID": record_id,
        "readOnly": not api_model.is_write(call.operation),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": metadata.account,
        "eventCategory": "Management",
    }
    return envelope(metadata, DetailType.API_CALL, [], detail)


def _error_fields(error: IvsError | None) -> dict[str, str]:
    if error is None:
        return {}
    code = "AccessDenied" if error.code == ErrorCode.ACCESS_DENIED else error.code
    return {"errorCode": code, "errorMessage": error.message}


def _user_identity(caller: Caller, account: str, at: datetime) -> dict[str, Any]:
    match caller.arn.rpartition(":")[2].split("/"):
        case ["assumed-role", role, session]:
            return _assumed_role(caller, role, session, at)
        case ["user", *path]:
            return {
                "type": "IAMUser",
                "principalId": "AIDASIMULATED0000000",
                "arn": caller.arn,
                "accountId": account,
                "accessKeyId": caller.access_key_id,
                "userName": path[-1],
            }
        case _:
            return {
                "type": "Root",
                "principalId": account,
                "arn": caller.arn,
                "accountId": account,
                "accessKeyId": caller.access_key_id,
            }


def _assumed_role(caller: Caller, role: str, session: str, at: datetime) -> dict[str, Any]:
    account = caller.arn.split(":")[4]
    principal = "AROASIMULATED0000000"
    issuer = {
        "type": "Role",
        "principalId": principal,
        "arn": f"arn:aws:iam::{account}:role/{role}",
        "accountId": account,
        "userName": role,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": caller.arn,
        "accountId": account,
        "accessKeyId": caller.access_key_id,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"mfaAuthenticated": "false", "creationDate": event_time(at)},
        },
    }
