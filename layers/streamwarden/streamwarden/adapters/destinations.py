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
        notice = redacted_struct(notification)
        with translated("sns:Publish"):
            self.client.publish(
                TopicArn=self.topic_arn,
                Subject=_subject(notice),
                Message=_message(notice),
                MessageAttributes={
                    "severity": {"DataType": "String", "StringValue": notice.severity},
                    "status": {"DataType": "String", "StringValue": notice.status},
                    "rule": {"DataType": "String", "StringValue": notice.rule_id},
                },
            )


class WebhookDestination(Struct, frozen=True):
    """Destination over a Slack-compatible incoming webhook; `address` gives the secret URL."""

    address: Callable[[], str]
    pool: urllib3.PoolManager

    def deliver(self, notification: Notification) -> None:
        notice = redacted_struct(notification)
        body = json.dumps({"text": f"*{_headline(notice)}*\n{_message(notice)}"})
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
    """The webhook's URL, which the secret holds. Raises TemporaryError, PermanentError."""
    with translated("secretsmanager:GetSecretValue"):
        secret = client.get_secret_value(SecretId=secret_arn)
    if "SecretString" not in secret:
        raise _no_address("bytes")
    address = _only_value(secret["SecretString"].strip())
    if not _is_address(address):
        raise _no_address("a text that is none" if address else "nothing")
    return address


def _only_value(text: str) -> str:
    """The text itself, or the value of a JSON object with one: the console makes such secrets."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if not isinstance(document, dict):
        return text
    if len(document) != 1:
        raise _no_address(f"JSON with {len(document)} values")
    (value,) = document.values()
    if not isinstance(value, str):
        raise _no_address("JSON whose value is no text")
    return value.strip()


def _is_address(text: str) -> bool:
    try:
        url = urllib3.util.parse_url(text)
    except urllib3.exceptions.LocationParseError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def _no_address(found: str) -> PermanentError:
    """Without what was found, which may be a part of the address."""
    return PermanentError(
        "the secret of the webhook must hold its address (https://…), alone or as the one value of"
        f" a JSON object; it holds {found}"
    )


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
