"""What the topic of a local stack was sent: a queue subscribes to it, as an operator's inbox would.

A message stays in the queue until it was read once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from streamwarden_cli.console import print_line
from streamwarden_cli.local.access import session

if TYPE_CHECKING:
    from types_boto3_sns import SNSClient
    from types_boto3_sqs import SQSClient
    from types_boto3_sqs.type_defs import MessageTypeDef

INBOX: Final = "local-notifications"
_AT_ONCE: Final = 10
_PATIENCE_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class TopicNotification:
    """A message as the topic was sent it, with the moment."""

    at: datetime
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class TopicInbox:
    """The queue that holds what nobody has read yet."""

    client: "SQSClient"
    queue_url: str

    def take(self, wait_seconds: int = 0) -> Iterator[TopicNotification]:
        """All that is there, each deleted once it was used; waits so long for the first ones."""
        while messages := self._receive(wait_seconds):
            for each in sorted(messages, key=_sent_at):
                yield _topic_notification(each)
                self.client.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=each["ReceiptHandle"]
                )
            wait_seconds = 0

    def _receive(self, wait_seconds: int) -> "list[MessageTypeDef]":
        answer = self.client.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=_AT_ONCE,
            WaitTimeSeconds=wait_seconds,
            AttributeNames=["SentTimestamp"],
        )
        return answer.get("Messages", [])


def inbox_of_topic(sqs: "SQSClient", sns: "SNSClient", topic_arn: str, name: str) -> TopicInbox:
    """Made and subscribed, or the one that is there."""
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": attributes["QueueArn"],
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=attributes["QueueArn"])
    return TopicInbox(sqs, url)


def local_inbox(endpoint: str, topic_arn: str) -> TopicInbox:
    """The one of the stack on this local AWS."""
    clients = session()
    sqs = clients.client("sqs", endpoint_url=endpoint)
    sns = clients.client("sns", endpoint_url=endpoint)
    return inbox_of_topic(sqs, sns, topic_arn, INBOX)


def print_notifications(inbox: TopicInbox, *, is_following: bool, is_json: bool) -> int:
    """How many there were. Following never ends by itself."""
    printed = 0
    while True:
        for received in inbox.take(_PATIENCE_SECONDS if is_following else 0):
            _print(received, is_json=is_json)
            printed += 1
        if not is_following:
            return printed


def _sent_at(message: "MessageTypeDef") -> datetime:
    milliseconds = int(message["Attributes"]["SentTimestamp"])
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _topic_notification(message: "MessageTypeDef") -> TopicNotification:
    published = json.loads(message["Body"])
    return TopicNotification(
        _sent_at(message), published.get("Subject") or "", published["Message"]
    )


def _print(received: TopicNotification, *, is_json: bool) -> None:
    """Each is flushed: it may go to a program."""
    if is_json:
        document = {
            "at": received.at.isoformat(),
            "subject": received.subject,
            "text": received.text,
        }
        print(json.dumps(document, ensure_ascii=False), flush=True)
        return
    print_line((f"{received.at:%H:%M:%S}  {received.subject}", "bold"))
    for line in received.text.splitlines():
        print_line(f"  {line}".rstrip())
    print_line("")
