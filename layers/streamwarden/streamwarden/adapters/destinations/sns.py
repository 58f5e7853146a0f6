"""An SNS topic."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.notification_text import format_body, format_headline
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct
from streamwarden.services.ports import Destination

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient

KIND: Final = DestinationKind(
    meaning="An SNS topic, with e-mail or whatever else subscribes to it.",
    target="the ARN of the topic",
    is_target_optional=True,
    permissions=frozenset({"sns:Publish"}),
)

# Amazon SNS, Publish: a subject has at most 100 characters, ASCII, no line breaks.
_SUBJECT_LENGTH: Final = 100


class TopicDestination(Struct, frozen=True):
    """Destination over an SNS topic; attributes let subscribers filter."""

    client: "SNSClient"
    topic_arn: str

    def deliver(self, message: Message) -> None:
        redacted = redacted_struct(message)
        first = redacted.notifications[0]
        with translated("sns:Publish"):
            self.client.publish(
                TopicArn=self.topic_arn,
                Subject=_subject(redacted),
                Message=format_body(redacted),
                MessageAttributes={
                    "severity": {"DataType": "String", "StringValue": redacted.severity},
                    "status": {"DataType": "String", "StringValue": first.status},
                    "rule": {"DataType": "String", "StringValue": first.rule_id},
                },
            )


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    """The topic that `target` names; the topic of the stack, if it names none."""
    return TopicDestination(resources.clients("sns"), spec.target or resources.topic_arn)


def _subject(message: Message) -> str:
    plain = format_headline(message).encode("ascii", "replace").decode().replace("\n", " ")
    return plain[:_SUBJECT_LENGTH]
