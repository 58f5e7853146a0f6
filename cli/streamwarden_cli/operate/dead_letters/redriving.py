"""Puts a dead letter where it belongs. Who calls this deletes the letter after it, never before.

So a command that is killed in between sends it twice and loses nothing. The text keeps the ids of
what is in it, by which the receiver knows that it has handled it.
"""

from hashlib import sha256
from typing import Any

from streamwarden_cli.operate.dead_letters.destination import ToFunction, ToQueue
from streamwarden_cli.operate.dead_letters.letter import DeadLetter, parsed
from streamwarden_cli.operate.stack import DeployedStack


def redrive(stack: DeployedStack, letter: DeadLetter, destination: ToQueue | ToFunction) -> str:
    """The id of the new message or invocation. Raises ClientError."""
    match destination:
        case ToQueue(queue):
            sent = stack.client("sqs").send_message(QueueUrl=queue.url, **message_of(letter))
            return str(sent["MessageId"])
        case ToFunction(_, function_name):
            invoked = stack.client("lambda").invoke(
                FunctionName=function_name,
                InvocationType="Event",
                Payload=payload_of(letter).encode(),
            )
            return str(invoked["ResponseMetadata"]["RequestId"])


def message_of(letter: DeadLetter) -> dict[str, Any]:
    """A FIFO queue forgets a deduplication id after five minutes, and may still know the old one.

    The new one is of the dead letter: the same letter is taken once, and the message passes again
    when it was dead-lettered again.
    """
    message = {"MessageBody": letter.body}
    if letter.group is None:
        return message
    digest = sha256(f"redriven#{letter.id}".encode()).hexdigest()
    return {**message, "MessageGroupId": letter.group, "MessageDeduplicationId": digest}


def payload_of(letter: DeadLetter) -> str:
    """A schedule without an input leaves a text that Lambda does not take."""
    return letter.body if isinstance(parsed(letter.body), dict) else "{}"
