"""SQS batches in Lambda: what fails is retried alone, and never leaves without its reason.

A message that can never succeed, or that just failed for the last time, goes to the dead-letter
queue with the reason, instead of being moved there by SQS without one.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger
from msgspec import Struct

from streamwarden.adapters.sqs import DeadLetters, Message, message_of
from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.inputs import Input, parse_input
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import Clock

type ObserveResource = Callable[[str, Sequence[Input]], None]
type SubjectOf = Callable[[Input], str | None]
type SkipInput = Callable[[Input], None]
type HandleMessage = Callable[[Message], None]


class Unprocessable(Exception):
    """A message that no retry can help; says which field is wrong and how."""


class HeldBack(Exception):
    """A message that has to wait, because one before it in its group failed."""


class _Batches(Struct, frozen=True):
    dead_letters: DeadLetters
    max_receives: int
    logger: Logger

    def _is_wanted_again(self, message: Message, error: Exception) -> bool:
        """Whether a message that failed may come again; if not, it is dead-lettered."""
        if isinstance(error, Unprocessable) or message.receives >= self.max_receives:
            self.dead_letters.dead_letter(message, f"{type(error).__name__}: {error}")
            return False
        if not isinstance(error, HeldBack):
            self.logger.warning("message failed", message_id=message.id, exc_info=error)
        return True


class InOrder(_Batches, frozen=True):
    """Handles the messages of a FIFO queue one by one; a failure holds back only its group."""

    def receive(self, event: Mapping[str, Any], handle: HandleMessage) -> dict[str, Any]:
        """Handle a Lambda SQS event; answers which messages to keep."""
        kept: list[Message] = []
        for message in _messages(event):
            try:
                if any(message.group == each.group for each in kept):
                    raise HeldBack("a message before it in its group failed")
                handle(message)
            except Exception as error:  # noqa: BLE001  # other groups go on; it is retried
                if self._is_wanted_again(message, error):
                    kept.append(message)
        return _answer(kept)


class ByResource(_Batches, frozen=True):
    """Handles the messages of an inbox grouped by resource; a failure concerns only its own."""

    clock: Clock

    def receive(
        self,
        event: Mapping[str, Any],
        subject_of: SubjectOf,
        observe: ObserveResource,
        skip: SkipInput,
    ) -> dict[str, Any]:
        """Handle a Lambda SQS event; answers which messages to keep.

        `subject_of` says which resource an input is about, `observe` takes all inputs of one,
        `skip` an input about nothing that matters.
        """
        received_at = self.clock()
        kept: list[Message] = []
        groups: dict[str, list[tuple[Message, Input]]] = defaultdict(list)
        for message in _messages(event):
            try:
                given = read_input(message, received_at)
                subject = subject_of(given)
            except Exception as error:  # noqa: BLE001  # other messages go on; it is retried
                kept += self._failed([message], error)
                continue
            if subject is None:
                skip(given)
            else:
                groups[subject].append((message, given))
        for resource_arn, group in groups.items():
            kept += self._observe(resource_arn, group, observe)
        return _answer(kept)

    def _observe(
        self, resource_arn: str, group: Sequence[tuple[Message, Input]], observe: ObserveResource
    ) -> list[Message]:
        """The messages of the group that have to come again."""
        messages = [message for message, _ in group]
        try:
            observe(resource_arn, [given for _, given in group])
        except TemporaryError as error:
            return self._failed(messages, error)
        except Exception as error:  # noqa: BLE001  # other resources go on; it is retried
            if len(group) == 1:
                return self._failed(messages, error)
            # One of them may be at fault, and must not take the others to the dead-letter queue.
            again = (self._observe(resource_arn, [each], observe) for each in group)
            return [message for messages in again for message in messages]
        return []

    def _failed(self, messages: Iterable[Message], error: Exception) -> list[Message]:
        return [each for each in messages if self._is_wanted_again(each, error)]


def read_input(message: Message, received_at: datetime) -> Input:
    """The input that a message holds. Raises Unprocessable."""
    try:
        raw = json.loads(message.body)
    except RecursionError as error:
        raise Unprocessable("the message is nested too deeply") from error
    except ValueError as error:
        raise Unprocessable(f"the message is not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise Unprocessable(f"expected a JSON object, found {type(raw).__name__}")
    try:
        return parse_input(raw, received_at)
    except MalformedEvent as error:
        raise Unprocessable(str(error)) from error


def _messages(event: Mapping[str, Any]) -> Iterator[Message]:
    return map(message_of, event["Records"])


def _answer(kept: Iterable[Message]) -> dict[str, Any]:
    """What Lambda reads: everything else is deleted from the queue."""
    return {"batchItemFailures": [{"itemIdentifier": each.id} for each in kept]}
