"""Where people are told: an SNS topic, and a webhook that understands Slack's JSON."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import urllib3
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.domain.arn import ResourceType, label_of, noun_of, resource_type_of
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sns import SNSClient

# Amazon SNS, Publish: a subject has at most 100 characters, ASCII, no line breaks.
_SUBJECT_LENGTH: Final = 100
_TIMEOUT_SECONDS: Final = 5.0


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
                Message=_message(redacted),
                MessageAttributes={
                    "severity": {"DataType": "String", "StringValue": redacted.severity},
                    "status": {"DataType": "String", "StringValue": redacted.status},
                    "rule": {"DataType": "String", "StringValue": redacted.rule_id},
                },
            )


class WebhookDestination(Struct, frozen=True):
    """Destination over a Slack-compatible incoming webhook; `address` gives the secret URL."""

    address: Callable[[], str]
    pool: urllib3.PoolManager

    def deliver(self, notification: Notification) -> None:
        redacted = redacted_struct(notification)
        body = json.dumps({"text": f"*{_headline(redacted)}*\n{_message(redacted)}"})
        try:
            answer = self.pool.request(
                "POST",
                self.address(),
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=_TIMEOUT_SECONDS,
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            # Not the error's text: it holds the address, which is a secret.
            raise TemporaryError(
                f"the webhook cannot be reached ({type(error).__name__})"
            ) from None
        _judge(answer.status)


def webhook_address(client: "SecretsManagerClient", secret_arn: str) -> str:
    """The webhook's URL, which is the whole secret. Raises TemporaryError, PermanentError."""
    with translated("secretsmanager:GetSecretValue"):
        return client.get_secret_value(SecretId=secret_arn)["SecretString"].strip()


def _judge(status: int) -> None:
    if status == 429 or status >= 500:
        raise TemporaryError(f"the webhook answered {status}")
    if status >= 300:
        raise PermanentError(f"the webhook answered {status}; check its address in the secret")


def _headline(notification: Notification) -> str:
    return f"[{notification.severity}] {notification.title}"


def _subject(notification: Notification) -> str:
    plain = _headline(notification).encode("ascii", "replace").decode().replace("\n", " ")
    return plain[:_SUBJECT_LENGTH]


def _message(notification: Notification) -> str:
    lines = [
        notification.text,
        "",
        f"status: {notification.status}",
        f"rule: {notification.rule_id}",
        *_subject_lines(notification),
        f"at: {notification.at:%Y-%m-%d %H:%M:%S} UTC",
    ]
    return "\n".join(lines)


def _subject_lines(notification: Notification) -> list[str]:
    arn, name = notification.resource_arn, notification.resource_name
    match resource_type_of(arn):
        case ResourceType.CHANNEL:
            channel = f"channel: {name or 'without a name'} ({arn})"
            return [channel, f"stream: {notification.stream_id or 'none'}"]
        case ResourceType.ACCOUNT:
            # Its ARN is our own: nobody could look it up.
            return [f"account: {label_of(arn)}"]
        case _:
            return [f"{noun_of(arn)}: {label_of(arn, name)} ({arn})"]
