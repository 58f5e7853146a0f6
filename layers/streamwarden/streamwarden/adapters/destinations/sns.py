"""An SNS topic: for e-mail, for subscribers that filter, and for chat applications."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct, convert, json

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.chat_notifications import chat_notification
from streamwarden.adapters.destinations import Resources
from streamwarden.adapters.notification_text import format_body, format_headline
from streamwarden.domain.arn import place_of
from streamwarden.domain.notifications.kinds import DestinationKind
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.redaction import redacted_struct
from streamwarden.services.ports import Destination

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient
    from types_boto3_sns.type_defs import MessageAttributeValueTypeDef


class Form(StrEnum):
    """What is published: a text for people, or what Amazon Q Developer in chat applications shows
    in channels of Slack and Microsoft Teams.
    """

    TEXT = "text"
    CHATBOT = "chatbot"


class Options(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`format` is `text`, or `chatbot` for Amazon Q Developer in chat applications."""

    format: Form = Form.TEXT


KIND: Final = DestinationKind(
    meaning=(
        "An SNS topic, with e-mail or whatever else subscribes to it, such as Amazon Q Developer in"
        " chat applications."
    ),
    target="the ARN of the topic, which is no FIFO topic",
    target_pattern=r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}",
    target_example="arn:aws:sns:eu-west-1:111122223333:incidents",
    is_target_optional=True,
    options=Options,
    permissions=frozenset({"sns:Publish"}),
)

_ALLOW: Final = (
    "name the topic in the parameter DestinationTopicArns of the stack; "
    "a topic of another account must allow the role of notify, too"
)
_REMEDIES: Final = {
    "AuthorizationError": _ALLOW,
    "AuthorizationErrorException": _ALLOW,
    "NotFound": "make the topic, or name another as `target` in the policy",
    "NotFoundException": "make the topic, or name another as `target` in the policy",
}

# Amazon SNS, Publish: a subject has at most 100 characters, ASCII, no line breaks.
_SUBJECT_LENGTH: Final = 100
# A digest of more owners than this says none, so that attributes do not fill the message.
_MOST_VALUES: Final = 100


class TopicDestination(Struct, frozen=True):
    """Destination over an SNS topic; attributes let subscribers filter."""

    client: "SNSClient"
    topic_arn: str
    form: Form = Form.TEXT

    def deliver(self, message: Message) -> None:
        redacted = redacted_struct(message)
        with translated("sns:Publish", _REMEDIES):
            self.client.publish(
                TopicArn=self.topic_arn,
                Subject=_subject(redacted),
                Message=self._body(redacted),
                MessageAttributes=dict(_attributes(redacted)),
            )

    def _body(self, message: Message) -> str:
        if self.form is Form.CHATBOT:
            return json.encode(chat_notification(message)).decode()
        return format_body(message)


def destination(spec: DestinationSpec, resources: Resources) -> Destination:
    """The topic that `target` names; the topic of the stack, if it names none."""
    form = convert(spec.options, Options).format
    return TopicDestination(resources.clients("sns"), spec.target or resources.topic_arn, form)


def _subject(message: Message) -> str:
    """SNS refuses the whole message for a control character in it."""
    plain = format_headline(message).encode("ascii", "replace").decode()
    shown = "".join(each if each.isprintable() else " " for each in plain)
    return shown[:_SUBJECT_LENGTH]


def _attributes(message: Message) -> Iterator[tuple[str, "MessageAttributeValueTypeDef"]]:
    """At most ten: a subscriber with raw delivery gets no more (Amazon SNS, message attributes).

    Where a digest has several values, any of them satisfies a filter.
    """
    yield "severity", {"DataType": "String", "StringValue": message.severity}
    for name, values in _values(message).items():
        known = list(dict.fromkeys(filter(None, values)))
        if len(known) == 1:
            yield name, {"DataType": "String", "StringValue": known[0]}
        elif 1 < len(known) <= _MOST_VALUES:
            yield name, {"DataType": "String.Array", "StringValue": json.encode(known).decode()}


def _values(message: Message) -> Mapping[str, list[str]]:
    notified = message.notifications
    places = [place_of(each.resource_arn) for each in notified]
    return {
        "status": [each.status.value for each in notified],
        "rule": [each.rule_id for each in notified],
        "owner": [each.owner for each in notified],
        "account": [each.account for each in places],
        "region": [each.region for each in places],
    }
