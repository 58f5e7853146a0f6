"""The queues of a stack, as its outputs name them: which hold dead letters, and of which queue.

Nothing here knows a queue by its name: an output that ends in `DeadLettersUrl` names one of dead
letters, and the redrive policy of another queue says whose.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from streamwarden_cli.documents.problems import InvalidInput
from streamwarden_cli.documents.suggestion import did_you_mean
from streamwarden_cli.operate.queues import holds_dead_letters, queue_urls
from streamwarden_cli.operate.stack import DeployedStack

_ATTRIBUTES: Final = ("QueueArn", "RedrivePolicy")


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue by the name of its output. `dead_letters_arn` is empty for one of dead letters."""

    name: str
    url: str
    arn: str
    dead_letters_arn: str = ""

    @property
    def is_fifo(self) -> bool:
        return self.arn.endswith(".fifo")

    @property
    def holds_dead_letters(self) -> bool:
        return holds_dead_letters(self.name)


def read_stack_queues(stack: DeployedStack) -> list[Queue]:
    """Every queue that an output names. Raises ClientError."""
    sqs = stack.client("sqs")
    return [_queue(sqs, name, url) for name, url in queue_urls(stack.outputs).items()]


def dead_letter_queues(queues: Sequence[Queue], named: str | None = None) -> list[Queue]:
    """All of them, or the one that is named, by its own name or by that of its queue.

    Raises InvalidInput.
    """
    found = [each for each in queues if each.holds_dead_letters]
    if named is None:
        return found
    chosen = [each for each in found if named in (each.name, _owner_name(each, queues))]
    if not chosen:
        names = [each.name for each in found]
        hint = did_you_mean(named, names) or f"; there are {', '.join(names)}"
        raise InvalidInput(f"--queue: the stack has no dead-letter queue {named!r}{hint}")
    return chosen


def source_of(dead_letters: Queue, queues: Sequence[Queue]) -> Queue | None:
    """The queue whose messages it takes; None for one of failed invocations."""
    return next((each for each in queues if each.dead_letters_arn == dead_letters.arn), None)


def _owner_name(dead_letters: Queue, queues: Sequence[Queue]) -> str | None:
    source = source_of(dead_letters, queues)
    return source.name if source else None


def _queue(sqs: Any, name: str, url: str) -> Queue:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[*_ATTRIBUTES])
    attributes = answer["Attributes"]
    policy = json.loads(attributes.get("RedrivePolicy") or "{}")
    return Queue(name, url, attributes["QueueArn"], policy.get("deadLetterTargetArn", ""))
