"""SQS batches in Lambda: what fails is retried alone, and never leaves without its reason.

A message that can never succeed, or that has had its tries, goes to the dead-letter queue with the
reason, instead of being moved there by SQS without one. What there is no time for, and what waits
behind a message that failed, was not tried: it comes again, and nothing is held against it.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools import Logger
from msgspec import Struct

from streamwarden.adapters.sqs import DeadLetters, Message, Postponed, SourceQueue, message_of
from streamwarden.domain.arn import Place
from streamwarden.domain.events import MalformedEvent, OfAnotherVersion
from streamwarden.domain.inputs import Input, parse_input
from streamwarden.observability import record_dead_letter
from streamwarden.services.errors import TemporaryError, Throttled
from streamwarden.services.ports import Clock, HasTime
from streamwarden.services.retries import has_had_its_tries, wait_after

if TYPE_CHECKING:
    from streamwarden.domain.commands import CommandInbox

type ObserveResource = Callable[[str, Sequence[Input]], None]
type SubjectOf = Callable[[Input], str | None]
type SkipInput = Callable[[Input], None]
type ReadMessage = Callable[[Message, datetime], Input]
type HandleMessage = Callable[[Message], None]

_AT_ONCE: Final = timedelta(0)


class Unprocessable(Exception):
    """A message that no retry can help; says which field is wrong and how."""


class _Batches(Struct, frozen=True, kw_only=True):
    queue: SourceQueue
    dead_letters: DeadLetters
    clock: Clock
    logger: Logger

    def _failed(self, messages: Iterable[Message], error: Exception) -> list[Postponed]:
        """Those of the messages that are tried again; the others are dead-lettered."""
        tried = ((each, self._next_try(each, error)) for each in messages)
        return [Postponed(message, wait) for message, wait in tried if wait is not None]

    def _next_try(self, message: Message, error: Exception) -> timedelta | None:
        """How long a message that failed waits; None if it is dead-lettered."""
        age = self.clock() - message.sent_at
        is_over = isinstance(error, Unprocessable) or has_had_its_tries(
            error, age, message.receives
        )
        if is_over and self._dead_letter(message, error):
            return None
        if isinstance(error, Throttled) and error.retry_after:
            return error.retry_after
        self.logger.warning("message failed", message_id=message.id, exc_info=error)
        return wait_after(age)

    def _dead_letter(self, message: Message, error: Exception) -> bool:
        """Whether it is in the dead-letter queue. If not, it stays where it is."""
        reason = f"{type(error).__name__}: {error}"
        try:
            self.dead_letters.dead_letter(message, reason)
        except Exception as obstacle:  # whatever it is, other messages go on
            self.logger.error("message not dead-lettered", exc_info=obstacle)
            return False
        record_dead_letter(message.id, reason)
        return True

    def _answer(self, kept: Sequence[Postponed]) -> dict[str, Any]:
        """What Lambda reads: everything else is deleted from the queue."""
        try:
            self.queue.postpone(kept)
        except Exception as error:  # they come when the queue's own time is over
            self.logger.warning("messages not postponed", exc_info=error)
        return {"batchItemFailures": [{"itemIdentifier": each.message.id} for each in kept]}


class InOrder(_Batches, frozen=True, kw_only=True):
    """Handles the messages of a FIFO queue one by one; a failure holds back only its group."""

    def receive(
        self, event: Mapping[str, Any], has_time: HasTime, handle: HandleMessage
    ) -> dict[str, Any]:
        """Handle a Lambda SQS event; answers which messages to keep."""
        kept: list[Postponed] = []
        for message in _messages(event):
            # A group comes again together: SQS gives nothing of it while one of it is hidden.
            waits = [each.wait for each in kept if each.message.group == message.group]
            if waits or not has_time():
                kept.append(Postponed(message, waits[0] if waits else _AT_ONCE))
                continue
            try:
                handle(message)
            except Exception as error:  # noqa: BLE001  # other groups go on; it is retried
                kept += self._failed([message], error)
        return self._answer(kept)


class ByResource(_Batches, frozen=True, kw_only=True):
    """Handles the messages of an inbox grouped by resource; a failure concerns only its own.

    `read` says what a message holds. Raises Unprocessable, and OfAnotherVersion for what has its
    tries: they last longer than a deployment.
    """

    read: ReadMessage

    def receive(
        self,
        event: Mapping[str, Any],
        has_time: HasTime,
        subject_of: SubjectOf,
        observe: ObserveResource,
        skip: SkipInput,
    ) -> dict[str, Any]:
        """Handle a Lambda SQS event; answers which messages to keep.

        `subject_of` says which resource an input is about, `observe` takes all inputs of one,
        `skip` an input about nothing that matters.
        """
        received_at = self.clock()
        kept: list[Postponed] = []
        groups: dict[str, list[tuple[Message, Input]]] = defaultdict(list)
        for message in _messages(event):
            if not has_time():
                kept.append(Postponed(message, _AT_ONCE))
                continue
            try:
                given = self.read(message, received_at)
                subject = subject_of(given)
            except Exception as error:  # noqa: BLE001  # other messages go on; it is retried
                kept += self._failed([message], error)
                continue
            if subject is None:
                skip(given)
            else:
                groups[subject].append((message, given))
        for resource_arn, group in groups.items():
            kept += self._observe(resource_arn, group, has_time, observe)
        return self._answer(kept)

    def _observe(
        self,
        resource_arn: str,
        group: Sequence[tuple[Message, Input]],
        has_time: HasTime,
        observe: ObserveResource,
    ) -> list[Postponed]:
        """The messages of the group that have to come again."""
        messages = [message for message, _ in group]
        if not has_time():
            return [Postponed(each, _AT_ONCE) for each in messages]
        try:
            observe(resource_arn, [given for _, given in group])
        except TemporaryError as error:
            return self._failed(messages, error)
        except Exception as error:  # noqa: BLE001  # other resources go on; it is retried
            if len(group) == 1:
                return self._failed(messages, error)
            # One of them may be at fault, and must not take the others to the dead-letter queue.
            again = (self._observe(resource_arn, [each], has_time, observe) for each in group)
            return [postponed for each in again for postponed in each]
        return []


def oldest_kept(event: Mapping[str, Any], answer: Mapping[str, Any]) -> datetime | None:
    """When the oldest of the messages was sent that an answer keeps; None if it keeps none."""
    kept = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
    return min((each.sent_at for each in _messages(event) if each.id in kept), default=None)


def input_reader(home: Place) -> ReadMessage:
    """Reads the inputs of an inbox; `home` is the account and region of the stack."""

    def read(message: Message, received_at: datetime) -> Input:
        return _parsed(message, lambda raw: parse_input(raw, received_at, home))

    return read


def command_reader(inbox: "CommandInbox", home: Place) -> ReadMessage:
    """Reads the commands of an inbox, with the author and the time that SQS says."""
    # Few functions take commands, and each import makes a cold start slower.
    from streamwarden.domain.commands import Receipt, parse_command

    def read(message: Message, received_at: datetime) -> Input:
        receipt = Receipt(message.sender_id, message.sent_at)
        return _parsed(message, lambda raw: parse_command(raw, inbox, receipt, home))

    return read


def _parsed[T](message: Message, parse: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        raw = json.loads(message.body)
    except RecursionError as error:
        raise Unprocessable("the message is nested too deeply") from error
    except ValueError as error:
        raise Unprocessable(f"the message is not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise Unprocessable(f"expected a JSON object, found {type(raw).__name__}")
    try:
        return parse(raw)
    except OfAnotherVersion:
        raise
    except MalformedEvent as error:
        raise Unprocessable(str(error)) from error


def _messages(event: Mapping[str, Any]) -> Iterator[Message]:
    return map(message_of, event["Records"])
