"""Messages as Lambda gets them from a queue, and as they lie in one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from streamwarden.domain.inputs import OwnInput, envelope_of

# Who has sent every message, as SQS says it.
SENDER: Final = "AIDAEXAMPLE"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it lay in a queue."""

    body: Any
    text: str
    group: str | None
    deduplication: str | None
    attributes: Mapping[str, str]


def own(given: OwnInput) -> dict[str, Any]:
    """The body of a message that holds one of Streamwarden's own inputs."""
    return envelope_of(given)


def record_of(message: Any, sent_at: datetime, receives: int, group: str | None) -> dict[str, Any]:
    attributes = {
        "ApproximateReceiveCount": str(receives),
        "SentTimestamp": str(int(sent_at.timestamp() * 1000)),
        "SenderId": SENDER,
    }
    if group is not None:
        attributes["MessageGroupId"] = group
    return {
        "messageId": str(uuid4()),
        "receiptHandle": "handle",
        "body": message if isinstance(message, str) else json.dumps(message),
        "attributes": attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }


def sent(message: Mapping[str, Any]) -> Sent:
    named = message.get("MessageAttributes", {})
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = message["Body"]
    return Sent(
        body=body,
        text=message["Body"],
        group=message["Attributes"].get("MessageGroupId"),
        deduplication=message["Attributes"].get("MessageDeduplicationId"),
        attributes={name: each["StringValue"] for name, each in named.items()},
    )
