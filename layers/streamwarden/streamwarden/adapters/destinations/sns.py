"""An SNS topic."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.destinations import Clients
from streamwarden.adapters.notification_text import format_headline, format_message
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import Notification
from streamwarden.services.ports import Clock, Destination

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient

# Amazon SNS, Publish: a subject has at most 100 characters, ASCII, no line breaks.
_SUBJECT_LENGTH: Final = 100


class TopicDestination(Struct, frozen=True):
    """Destination over an SNS topic; attributes let subscribers filter."""

    client: "SNSClient"
    topic_arn: str

    def deliver(self, notification: Notification) -> None:
        redacted = redacted_struct(notification)
        with translated("sns:Publish"):
            self.client.publish(
                TopicArn=self.topic_arn,
                Subject=_subject(redacted),
                Message=format_message(redacted),
                MessageAttributes={
                    "severity": {"DataType": "String", "StringValue": redacted.severity},
                    "status": {"DataType": "String", "StringValue": redacted.status},
                    "rule": {"DataType": "String", "StringValue": redacted.rule_id},
                },
            )


def destination(target: str, clients: Clients, clock: Clock) -> Destination:
    """`target` is the ARN of the topic."""
    return TopicDestination(clients("sns"), target)


def _subject(notification: Notification) -> str:
    plain = format_headline(notification).encode("ascii", "replace").decode().replace("\n", " ")
    return plain[:_SUBJECT_LENGTH]
