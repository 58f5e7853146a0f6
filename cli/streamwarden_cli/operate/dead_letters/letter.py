"""One dead letter: who put it there, why, and what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from streamwarden.domain.redaction import redacted, redacted_json


class PutBy(StrEnum):
    """Who dead-lettered it. Each leaves marks of its own."""

    STREAMWARDEN = "streamwarden"
    EVENTBRIDGE = "eventbridge"
    SCHEDULER = "scheduler"
    LAMBDA = "lambda"
    SQS = "sqs"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message of a dead-letter queue, without stream keys.

    `receipt` names this delivery of it, `original_id` the message or invocation that failed, and
    `target_arn` what EventBridge, Scheduler or Lambda meant it for. `group` is of a FIFO queue.
    """

    id: str
    original_id: str
    queue: str
    receipt: str
    put_by: PutBy
    reason: str
    sent_at: datetime
    body: str
    group: str | None = None
    target_arn: str = ""
    is_truncated: bool = False


def letter_of(queue: str, message: Mapping[str, Any]) -> DeadLetter:
    """What SQS answers for one message. Its text may be anything."""
    attributes: dict[str, str] = {
        name: each.get("StringValue", "")
        for name, each in redacted(message.get("MessageAttributes", {})).items()
    }
    body = redacted_json(message["Body"])
    failed = _failed_invocation(body)
    put_by = _put_by(attributes, failed)
    system = message["Attributes"]
    return DeadLetter(
        id=message["MessageId"],
        original_id=_original_id(attributes, failed) or message["MessageId"],
        queue=queue,
        receipt=message["ReceiptHandle"],
        put_by=put_by,
        reason=_reason(put_by, attributes, failed),
        sent_at=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        body=_payload(failed) if put_by is PutBy.LAMBDA else body,
        group=redacted(system.get("MessageGroupId")),
        target_arn=_target(put_by, attributes, failed),
        is_truncated=attributes.get("IS_PAYLOAD_TRUNCATED") == "true",
    )


def parsed(body: str) -> Any:
    """The value of a JSON text; None for any other text."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _failed_invocation(body: str) -> Mapping[str, Any]:
    """What Lambda says of an asynchronous invocation that failed; empty for anything else.

    Source: Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations".
    """
    value = parsed(body)
    if not isinstance(value, dict) or "requestPayload" not in value:
        return {}
    context = value.get("requestContext")
    return value if isinstance(context, dict) and "functionArn" in context else {}


def _put_by(attributes: Mapping[str, str], failed: Mapping[str, Any]) -> PutBy:
    """SQS itself leaves no mark.

    Source: EventBridge User Guide, "Using dead-letter queues"; Scheduler User Guide, "Configuring a
    schedule's dead-letter queue".
    """
    if "reason" in attributes:
        return PutBy.STREAMWARDEN
    if "SCHEDULE_ARN" in attributes:
        return PutBy.SCHEDULER
    if "RULE_ARN" in attributes:
        return PutBy.EVENTBRIDGE
    return PutBy.LAMBDA if failed else PutBy.SQS


def _original_id(attributes: Mapping[str, str], failed: Mapping[str, Any]) -> str:
    """SQS moves a message as it is: with the id that it has."""
    return attributes.get("messageId") or str(failed.get("requestContext", {}).get("requestId", ""))


def _reason(put_by: PutBy, attributes: Mapping[str, str], failed: Mapping[str, Any]) -> str:
    match put_by:
        case PutBy.STREAMWARDEN:
            return attributes["reason"]
        case PutBy.EVENTBRIDGE | PutBy.SCHEDULER:
            said = [attributes.get(name, "") for name in ("ERROR_CODE", "ERROR_MESSAGE")]
            return ": ".join(filter(None, said)) or "not delivered"
        case PutBy.LAMBDA:
            return _error_of(failed)
        case PutBy.SQS:
            return "received too often without being deleted"


def _error_of(failed: Mapping[str, Any]) -> str:
    answer = failed.get("responsePayload")
    said = answer if isinstance(answer, dict) else {}
    parts = [
        failed["requestContext"].get("condition"),
        said.get("errorType"),
        said.get("errorMessage"),
    ]
    return ": ".join(str(each) for each in parts if each) or "the invocation failed"


def _target(put_by: PutBy, attributes: Mapping[str, str], failed: Mapping[str, Any]) -> str:
    if put_by is PutBy.LAMBDA:
        return str(failed["requestContext"]["functionArn"])
    return attributes.get("TARGET_ARN", "")


def _payload(failed: Mapping[str, Any]) -> str:
    return msgspec.json.encode(failed["requestPayload"]).decode()
