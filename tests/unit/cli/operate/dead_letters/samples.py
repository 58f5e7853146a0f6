"""Dead letters of every kind, as SQS hands them out, and the queues of a stack."""

import json
from typing import Any, Final

from streamwarden_cli.operate.dead_letters.queues import Queue

SWEEP: Final = "arn:aws:lambda:eu-west-1:123456789012:function:streamwarden-Sweep-1:$LATEST"
INBOX_ARN: Final = "arn:aws:sqs:eu-west-1:123456789012:StreamInbox"
EVENT: Final = {
    "detail-type": "IVS Stream State Change",
    "resources": ["arn:of-a-channel"],
    "detail": {"event_name": "Stream Start"},
}
FAILED: Final = {
    "requestContext": {
        "requestId": "r-1",
        "functionArn": SWEEP,
        "condition": "RetriesExhausted",
    },
    "requestPayload": {"only": "begun"},
    "responsePayload": {"errorType": "KeyError", "errorMessage": "'Items'"},
}
OUTPUTS: Final = {
    "OperatorInboxUrl": "https://sqs/OperatorInbox",
    "SweepFunctionName": "streamwarden-Sweep-1",
}


def queue(name: str, dead_letters: str = "") -> Queue:
    arn = "arn:aws:sqs:eu-west-1:123456789012:"
    return Queue(name, f"https://sqs/{name}", f"{arn}{name}", dead_letters and arn + dead_letters)


QUEUES: Final = (
    queue("StreamInbox", "StreamInboxDeadLetters"),
    queue("StreamInboxDeadLetters"),
    queue("ActionQueue", "ActionQueueDeadLetters"),
    queue("ActionQueueDeadLetters"),
    queue("OperatorInbox", "OperatorInboxDeadLetters"),
    queue("OperatorInboxDeadLetters"),
    queue("SweepDeadLetters"),
)


def message(body: Any = EVENT, group: str | None = None, **attributes: str) -> dict[str, Any]:
    system = {"SentTimestamp": "1773489600000"} | ({"MessageGroupId": group} if group else {})
    return {
        "MessageId": "m-1",
        "ReceiptHandle": "handle",
        "Body": body if isinstance(body, str) else json.dumps(body),
        "Attributes": system,
        "MessageAttributes": {
            name: {"StringValue": text, "DataType": "String"} for name, text in attributes.items()
        },
    }


BY_US: Final = {"reason": "Unprocessable: no", "messageId": "m-0"}
BY_RULE: Final = {
    "RULE_ARN": "arn:of-a-rule",
    "TARGET_ARN": INBOX_ARN,
    "ERROR_CODE": "NO_PERMISSIONS",
    "ERROR_MESSAGE": "denied",
}
BY_SCHEDULE: Final = {
    "SCHEDULE_ARN": "arn:of-a-schedule",
    "TARGET_ARN": SWEEP,
    "ERROR_CODE": "AWS.Scheduler.InternalServerError",
}
