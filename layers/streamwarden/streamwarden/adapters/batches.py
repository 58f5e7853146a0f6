"""SQS batches in Lambda: what fails is retried alone, and never leaves without its reason.

Powertools tracks which messages of a batch failed. Added here: a message that can never succeed,
or that just failed for the last time, goes to the dead-letter queue with the reason, instead of
being moved there by SQS without one; and messages about one resource are handled together.
"""

import json
import logging
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    SqsFifoPartialProcessor,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from streamwarden.adapters.sqs import DeadLetters, Message, message_of
from streamwarden.domain.events import MalformedEvent
from streamwarden.domain.inputs import Input, parse_input
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import Clock

type _Record = Any  # Powertools' SQSRecord, a view of the raw mapping
type ObserveResource = Callable[[str, Sequence[Input]], None]
type SubjectOf = Callable[[Input], str | None]
type SkipInput = Callable[[Input], None]
type HandleMessage = Callable[[Message], None]


class Unprocessable(Exception):
    """A message that no retry can help; says which field is wrong and how."""


class _ReasonKeeping:
    """Sends a message that is lost to this function to the dead-letter queue, with the reason."""

    dead_letters: DeadLetters
    max_receives: int

    def failure_handler(self, record: _Record, exception: Any) -> Any:
        message, error = message_of(record.raw_event), exception[1]
        if isinstance(error, Unprocessable) or message.receives >= self.max_receives:
            self.dead_letters.dead_letter(message, f"{type(error).__name__}: {error}")
            return self.success_handler(record, "sent to the dead-letter queue")  # type: ignore[attr-defined]  # mixed into a processor
        return super().failure_handler(record, exception)  # type: ignore[misc]  # likewise


class InOrder(_ReasonKeeping, SqsFifoPartialProcessor):
    """Handles the messages of a FIFO queue one by one; a failure holds back only its group."""

    def __init__(self, dead_letters: DeadLetters, max_receives: int, logger: Logger) -> None:
        super().__init__(skip_group_on_error=True, logger=cast(logging.Logger, logger))
        self.dead_letters = dead_letters
        self.max_receives = max_receives
        self.raise_on_entire_batch_failure = False

    def receive(self, event: Mapping[str, Any], handle: HandleMessage) -> dict[str, Any]:
        """Handle a Lambda SQS event; answers which messages to keep."""
        with self(event["Records"], lambda record: handle(message_of(record.raw_event))):
            self.process()
        return dict(self.response())


class ByResource(_ReasonKeeping, BatchProcessor):
    """Handles the messages of an inbox grouped by resource; a failure concerns only its own."""

    def __init__(
        self, dead_letters: DeadLetters, max_receives: int, logger: Logger, clock: Clock
    ) -> None:
        super().__init__(
            event_type=EventType.SQS,
            raise_on_entire_batch_failure=False,
            logger=cast(logging.Logger, logger),
        )
        self.dead_letters = dead_letters
        self.max_receives = max_receives
        self._clock = clock

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
        received_at = self._clock()
        with self(
            event["Records"], lambda record: read_input(message_of(record.raw_event), received_at)
        ):
            self._subject_of = subject_of
            self._observe = observe
            self._skip = skip
            self.process()
        return dict(self.response())

    def process(self) -> list[Any]:
        groups: dict[str, list[tuple[_Record, Input]]] = defaultdict(list)
        for raw in self.records:
            record = SQSRecord(raw)
            try:
                given = self.handler(record)
                subject = self._subject_of(given)
            except Exception:  # noqa: BLE001  # whatever it is, other messages go on; it is retried
                self.failure_handler(record, sys.exc_info())
                continue
            if subject is None:
                self._skip(given)
                self.success_handler(record, "skipped")
            else:
                groups[subject].append((record, given))
        for resource_arn, group in groups.items():
            self._observe_group(resource_arn, group)
        return []

    def _observe_group(self, resource_arn: str, group: Sequence[tuple[_Record, Input]]) -> None:
        try:
            self._observe(resource_arn, [given for _, given in group])
        except TemporaryError:
            self._failed(group)
        except Exception:  # noqa: BLE001  # whatever it is, others go on; it is retried
            if len(group) == 1:
                self._failed(group)
                return
            # One of them may be at fault, and must not take the others to the dead-letter queue.
            for each in group:
                self._observe_group(resource_arn, [each])
        else:
            for record, _ in group:
                self.success_handler(record, "observed")

    def _failed(self, group: Sequence[tuple[_Record, Input]]) -> None:
        for record, _ in group:
            self.failure_handler(record, sys.exc_info())


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
