"""What services of AWS answer to what destinations ask of them.

Each speaks a protocol of its own, by the service models of botocore: SNS queries and XML,
EventBridge and Secrets Manager JSON with a target, Security Hub JSON at paths.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import json

from testbed.troubled_requests import (
    IMPORT,
    PUBLISH,
    PUT_EVENTS,
    READ_SECRET,
    Request,
    target_of,
)

_PUBLISHED: Final = b"""<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<PublishResult><MessageId>1</MessageId></PublishResult>
<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishResponse>"""
_NOT_PUBLISHED: Final = """<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
<Error><Type>Receiver</Type><Code>{code}</Code><Message>not now</Message></Error>
<RequestId>1</RequestId></ErrorResponse>"""


def accepted(request: Request, secrets: Mapping[str, str]) -> bytes:
    """The answer to what is taken."""
    target = target_of(request)
    if not target:
        return b"ok"
    if target == PUBLISH:
        return _PUBLISHED
    return json.encode(_members(target, json.decode(request.body), secrets))


def refused(request: Request, code: str) -> bytes:
    """The words of an error."""
    if target_of(request) == PUBLISH:
        return _NOT_PUBLISHED.format(code=code).encode()
    return json.encode({"__type": code, "code": code, "message": "not now"})


def _members(target: str, asked: dict[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
    if target == PUT_EVENTS:
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in asked["Entries"]]}
    if target == READ_SECRET:
        name = asked["SecretId"]
        return {"ARN": name, "Name": name, "SecretString": secrets[name]}
    if target == IMPORT:
        return {"FailedCount": 0, "SuccessCount": len(asked["Findings"]), "FailedFindings": []}
    return {"ProcessedFindings": asked["FindingIdentifiers"], "UnprocessedFindings": []}
