"""Takes letters out of a queue to look at them, and puts back what nobody deleted.

SQS shows a message only by hiding it from everybody else for a time. A command that is killed
leaves letters hidden until this time is over, and loses none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final

from streamwarden_cli.operate.dead_letters.letter import DeadLetter, letter_of
from streamwarden_cli.operate.dead_letters.queues import Queue

# Most that one call receives or gives back (SQS API Reference).
_BATCH: Final = 10
# How long letters are hidden. It is also how long those of a killed command are.
_HIDDEN_SECONDS: Final = 120
# From one second on, SQS asks all its servers: an empty answer is an empty queue.
_WAIT_SECONDS: Final = 1
_COUNTS: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True, slots=True)
class Found:
    """The letters that could be looked at, the oldest first, and how many could not, by queue:
    those behind others of their group, and those that somebody else is looking at."""

    letters: Sequence[DeadLetter]
    hidden: Mapping[str, int]


class Taking:
    """The letters of one queue, as far as they can be received."""

    def __init__(self, sqs: Any, queue: Queue) -> None:
        self._sqs = sqs
        self._queue = queue
        self._held: dict[str, DeadLetter] = {}
        self._seen: set[str] = set()

    def letters(self) -> Iterator[DeadLetter]:
        """Each once, also if it comes again because this takes long.

        Of a group of a FIFO queue, SQS gives out no more while some of it are held: those behind
        come when the ones before them are deleted.
        """
        while new := [each for each in self._receive() if each.id not in self._seen]:
            self._seen.update(each.id for each in new)
            yield from new

    def delete(self, letter: DeadLetter) -> None:
        newest = self._held[letter.id].receipt
        self._sqs.delete_message(QueueUrl=self._queue.url, ReceiptHandle=newest)
        del self._held[letter.id]

    def put_back(self) -> None:
        for batch in batched(self._held.values(), _BATCH, strict=False):
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._queue.url, Entries=_visible(batch)
            )
        self._held.clear()

    def _receive(self) -> list[DeadLetter]:
        answer = self._sqs.receive_message(
            QueueUrl=self._queue.url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        found = [letter_of(self._queue.name, each) for each in answer.get("Messages", [])]
        self._held.update({each.id: each for each in found})
        return found


@contextmanager
def taking(sqs: Any, queue: Queue) -> Iterator[Taking]:
    """What is not deleted is visible again at the end, also after an error or Ctrl-C."""
    taken = Taking(sqs, queue)
    try:
        yield taken
    finally:
        taken.put_back()


def read_all(sqs: Any, queues: Sequence[Queue]) -> Found:
    """All queues at once: each takes a second to say that it is empty."""
    with ThreadPoolExecutor(max(len(queues), 1)) as threads:
        read = [*threads.map(lambda queue: _read(sqs, queue), queues)]
    letters = [letter for found, _ in read for letter in found]
    return Found(
        letters=sorted(letters, key=lambda each: (each.sent_at, each.id)),
        hidden={
            queue.name: hidden for queue, (_, hidden) in zip(queues, read, strict=True) if hidden
        },
    )


def _read(sqs: Any, queue: Queue) -> tuple[list[DeadLetter], int]:
    """The letters, and how many more there are. SQS counts a queue well that nobody takes from."""
    answer = sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=[*_COUNTS])
    count = sum(int(answer["Attributes"][each]) for each in _COUNTS)
    with taking(sqs, queue) as taken:
        found = [*taken.letters()]
    return found, max(count - len(found), 0)


def _visible(letters: Iterable[DeadLetter]) -> Sequence[dict[str, Any]]:
    return [
        {"Id": str(at), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
        for at, each in enumerate(letters)
    ]
