"""Amazon SQS: the messages a function is invoked with, and the queues it hands things to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import batched
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.domain.actions import ACTION_KINDS
from streamwarden.domain.events import OfAnotherVersion
from streamwarden.domain.inputs import OwnInput, envelope_of
from streamwarden.domain.redaction import redacted, redacted_json
from streamwarden.domain.verdicts import Action, Notification
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import LONGEST_WAKE

if TYPE_CHECKING:
    from types_boto3_sqs import SQSClient

    from streamwarden.domain.notifications.delivery import Unreadable

# SendMessageBatch takes at most 10 entries, and so many bytes in all that any region allows (SQS,
# Quotas): ten channels with fifty long tags each would be more.
_BATCH: Final = 10
_BATCH_BYTES: Final = 256 * 1024
# A message attribute may be long, but a reason that people read is not.
_LONGEST_REASON: Final = 1_000


class Message(Struct, frozen=True, kw_only=True):
    """One SQS message of a Lambda batch. `receives` counts deliveries, this one included.

    `receipt` names this delivery of it. `sender_id` is who sent it, by SQS: the id of a user, or of
    a role with its session.
    """

    id: str
    body: str
    receipt: str
    sent_at: datetime
    receives: int
    group: str | None
    sender_id: str = ""


def message_of(record: Mapping[str, Any]) -> Message:
    """One record of a Lambda SQS event."""
    attributes = record["attributes"]
    return Message(
        id=record["messageId"],
        body=record["body"],
        receipt=record["receiptHandle"],
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receives=int(attributes["ApproximateReceiveCount"]),
        group=attributes.get("MessageGroupId"),
        sender_id=attributes.get("SenderId", ""),
    )


class Postponed(Struct, frozen=True):
    """A message that is kept in its queue, and how long it waits there."""

    message: Message
    wait: timedelta


class SourceQueue(Struct, frozen=True):
    """The queue that a function is invoked with messages of."""

    client: "SQSClient"
    queue_url: str

    def postpone(self, messages: Sequence[Postponed]) -> None:
        """Have each come again after its wait. Raises TemporaryError, PermanentError.

        What SQS does not take comes again when the time is over that the queue hides messages for.
        """
        for batch in batched(messages, _BATCH, strict=False):
            entries: list[Any] = [
                {
                    "Id": str(at),
                    "ReceiptHandle": each.message.receipt,
                    "VisibilityTimeout": int(each.wait.total_seconds()),
                }
                for at, each in enumerate(batch)
            ]
            with translated("sqs:ChangeMessageVisibility"):
                self.client.change_message_visibility_batch(
                    QueueUrl=self.queue_url, Entries=entries
                )


class DeadLetters(Struct, frozen=True):
    """A dead-letter queue to which we put messages ourselves, with the reason as an attribute."""

    client: "SQSClient"
    queue_url: str

    def dead_letter(self, message: Message, reason: str) -> None:
        """Raises TemporaryError, PermanentError: then the message stays where it was.

        Its text came from elsewhere, and need not even be JSON. The reason is cut last: the
        beginning of a key would not look like one.
        """
        reason, group = redacted((reason, message.group))
        entry: dict[str, Any] = {
            "QueueUrl": self.queue_url,
            "MessageBody": redacted_json(message.body),
            "MessageAttributes": {
                "reason": _attribute(reason[:_LONGEST_REASON]),
                "messageId": _attribute(message.id),
            },
        }
        if group is not None:
            entry["MessageGroupId"] = group
            entry["MessageDeduplicationId"] = _digest(message.id)
        with translated("sqs:SendMessage"):
            self.client.send_message(**entry)

    def put(self, body: str, reason: str) -> None:
        """What was no message yet, in a queue without groups. Raises as `dead_letter`."""
        attributes: Any = {"reason": _attribute(redacted(reason)[:_LONGEST_REASON])}
        with translated("sqs:SendMessage"):
            self.client.send_message(
                QueueUrl=self.queue_url,
                MessageBody=redacted_json(body),
                MessageAttributes=attributes,
            )


class SqsInbox(Struct, frozen=True):
    """Inbox over an inbox queue."""

    client: "SQSClient"
    queue_url: str

    def put(self, inputs: Sequence[OwnInput]) -> None:
        _send(self.client, self.queue_url, [{"MessageBody": envelope_of(each)} for each in inputs])


class SqsActions(Struct, frozen=True):
    """The FIFO queue of actions."""

    client: "SQSClient"
    queue_url: str

    def put(self, actions: Sequence[Action]) -> None:
        """Putting the same one twice has no second effect."""
        _send(self.client, self.queue_url, [_action(each) for each in actions])


class DeadLettered(Struct, frozen=True):
    """What is read of a notification that comes back from the dead letters: which one it is."""

    id: str


class Wake(Struct, frozen=True, omit_defaults=True):
    """A message of the notification queue: something may be due at this destination.

    `notification` is one that was dead-lettered and is sent back. The message has all of it, for
    people who read dead letters. What is sent stands in the table.
    """

    destination: str
    notification: DeadLettered | None = None


class SqsWakes(Struct, frozen=True):
    """Wakes over a standard queue, whose messages may be delayed."""

    client: "SQSClient"
    queue_url: str

    def wake(self, destination: str, after: timedelta) -> None:
        seconds = ceil(min(after, LONGEST_WAKE).total_seconds())
        body = msgspec.json.encode(Wake(destination)).decode()
        with translated("sqs:SendMessage"):
            self.client.send_message(
                QueueUrl=self.queue_url, MessageBody=body, DelaySeconds=seconds
            )


class SqsUndelivered(Struct, frozen=True):
    """UndeliveredNotifications over the dead-letter queue of notify."""

    client: "SQSClient"
    queue_url: str

    def put(self, destination: str, notification: "Notification | Unreadable", reason: str) -> None:
        given = redacted({"destination": destination, "notification": _as_written(notification)})
        attributes: Any = {
            "reason": _attribute(redacted(reason)[:_LONGEST_REASON]),
            "destination": _attribute(destination),
        }
        with translated("sqs:SendMessage"):
            self.client.send_message(
                QueueUrl=self.queue_url,
                MessageBody=msgspec.json.encode(given).decode(),
                MessageAttributes=attributes,
            )


def _as_written(given: "Notification | Unreadable") -> Any:
    """A newer version finds what it has written. A text that is damaged is redriven in vain."""
    if isinstance(given, Notification):
        return msgspec.to_builtins(given)
    try:
        return msgspec.json.decode(given.notification)
    except msgspec.DecodeError:
        return given.notification


def read_wake(body: str) -> Wake:
    """Raises ValueError, saying what is wrong."""
    return msgspec.json.decode(body, type=Wake)


class _NamedAction(Struct, frozen=True):
    """What every version says of an action."""

    id: str
    kind: str
    resource_arn: str


def read_action(body: str) -> Action:
    """Raises ValueError, saying what is wrong; OfAnotherVersion for what this version lacks."""
    try:
        action = msgspec.json.decode(body, type=Action)
    except msgspec.ValidationError as error:
        msgspec.json.decode(body, type=_NamedAction)  # which refuses what is no action at all
        raise OfAnotherVersion("action", str(error)) from error
    if action.kind not in ACTION_KINDS:
        raise OfAnotherVersion("kind", f"action {action.kind!r} is not known")
    return action


def _action(action: Action) -> dict[str, Any]:
    """Attempts of one action keep their order. No action waits behind another one that fails.

    A request that was given up and is made again begins at attempt 1 again: the moment of the
    decision tells it from the first, which the queue may have seen within five minutes.
    """
    return {
        "MessageBody": msgspec.to_builtins(action),
        "MessageGroupId": _digest(action.id),
        "MessageDeduplicationId": _digest(
            f"{action.id}#{action.attempt}#{action.decided_at.isoformat()}"
        ),
    }


def _send(client: "SQSClient", queue_url: str, messages: Sequence[dict[str, Any]]) -> None:
    """The bodies of the messages are values, and are encoded once their keys are taken out."""
    for batch in _batches(_encoded(redacted(each)) for each in messages):
        numbered: list[Any] = [{**entry, "Id": str(at)} for at, entry in enumerate(batch)]
        with translated("sqs:SendMessage"):
            answer = client.send_message_batch(QueueUrl=queue_url, Entries=numbered)
        if answer.get("Failed"):
            raise TemporaryError(
                f"sqs:SendMessage: {answer['Failed'][0].get('Message', 'not taken')}"
            )


def _encoded(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "MessageBody": msgspec.json.encode(message["MessageBody"]).decode()}


def _batches(entries: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    size = 0
    for entry in entries:
        length = len(entry["MessageBody"].encode())
        if batch and (len(batch) == _BATCH or size + length > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def _attribute(text: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": text or "none"}


def _digest(text: str) -> str:
    """FIFO ids may hold 128 characters of a small alphabet (SQS API Reference)."""
    return sha256(text.encode()).hexdigest()
