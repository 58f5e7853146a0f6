"""What is done with chosen letters, one after the other: redriven or discarded, or left and why."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from streamwarden_cli.operate.dead_letters.destination import (
    Destinations,
    Nowhere,
    describe_destination,
)
from streamwarden_cli.operate.dead_letters.letter import DeadLetter
from streamwarden_cli.operate.dead_letters.queues import Queue
from streamwarden_cli.operate.dead_letters.redriving import redrive
from streamwarden_cli.operate.dead_letters.taking import Taking, taking
from streamwarden_cli.operate.stack import DeployedStack


class Done(StrEnum):
    REDRIVEN = "redriven"
    DISCARDED = "discarded"
    FAILED_AGAIN = "failed-again"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a letter; `text` says where it went, or why it was left."""

    letter: DeadLetter
    done: Done
    text: str = ""


type Handle = Callable[[Taking, DeadLetter], Handled]


def handle_letters(
    sqs: Any, queues: Sequence[Queue], ids: frozenset[str], handle: Handle
) -> Iterator[Handled]:
    """Of every letter with one of the ids, or of every letter where no id is given.

    Raises ClientError: what was handled before that is handled.
    """
    missing = set(ids)
    for queue in queues:
        with taking(sqs, queue) as taken:
            for letter in taken.letters():
                if not ids or letter.id in ids:
                    missing.discard(letter.id)
                    yield handle(taken, letter)
                if ids and not missing:
                    return


def redriver(stack: DeployedStack, destinations: Destinations) -> Handle:
    """A letter that comes back while others are redriven is left: its cause is not mended."""
    sent: set[str] = set()

    def handle(taken: Taking, letter: DeadLetter) -> Handled:
        destination = destinations.of(letter)
        if isinstance(destination, Nowhere):
            return Handled(letter, Done.LEFT, destination.reason)
        if letter.original_id in sent:
            return Handled(letter, Done.FAILED_AGAIN, "redriven just now: mend the cause first")
        sent.add(redrive(stack, letter, destination))
        taken.delete(letter)
        return Handled(letter, Done.REDRIVEN, describe_destination(destination))

    return handle


def discard(taken: Taking, letter: DeadLetter) -> Handled:
    taken.delete(letter)
    return Handled(letter, Done.DISCARDED)
