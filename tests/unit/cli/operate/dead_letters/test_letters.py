"""Every kind of dead letter says why it is dead, what it holds and where it belongs."""

from typing import Any

import pytest

from streamwarden.domain.redaction import REDACTED
from streamwarden_cli.operate.dead_letters.content import describe_content
from streamwarden_cli.operate.dead_letters.destination import (
    Destinations,
    Nowhere,
    ToFunction,
    ToQueue,
    describe_destination,
)
from streamwarden_cli.operate.dead_letters.letter import PutBy, letter_of
from streamwarden_cli.operate.dead_letters.redriving import message_of, payload_of
from testbed.key_wrappings import KEY
from tests.unit.cli.operate.dead_letters.samples import (
    BY_RULE,
    BY_SCHEDULE,
    BY_US,
    EVENT,
    FAILED,
    OUTPUTS,
    QUEUES,
    message,
)

DESTINATIONS = Destinations(QUEUES, OUTPUTS)


def destination(queue: str, sent: dict[str, Any]) -> str:
    return describe_destination(DESTINATIONS.of(letter_of(queue, sent)))


@pytest.mark.parametrize(
    ("sent", "put_by", "reason", "original_id"),
    [
        (message(**BY_US), PutBy.STREAMWARDEN, "Unprocessable: no", "m-0"),
        (message(**BY_RULE), PutBy.EVENTBRIDGE, "NO_PERMISSIONS: denied", "m-1"),
        (message(**BY_SCHEDULE), PutBy.SCHEDULER, "AWS.Scheduler.InternalServerError", "m-1"),
        (message(FAILED), PutBy.LAMBDA, "RetriesExhausted: KeyError: 'Items'", "r-1"),
        (message(), PutBy.SQS, "received too often without being deleted", "m-1"),
    ],
)
def test_a_letter_says_who_put_it_there_and_why(
    sent: dict[str, Any], put_by: PutBy, reason: str, original_id: str
) -> None:
    letter = letter_of("SweepDeadLetters", sent)

    assert (letter.put_by, letter.reason, letter.original_id) == (put_by, reason, original_id)


@pytest.mark.parametrize(
    ("queue", "sent", "belongs_to"),
    [
        ("StreamInboxDeadLetters", message(**BY_US), "StreamInbox"),
        ("StreamInboxDeadLetters", message(**BY_RULE), "StreamInbox"),
        ("StreamInboxDeadLetters", message(), "StreamInbox"),
        ("SweepDeadLetters", message(FAILED), "the function Sweep"),
        ("SweepDeadLetters", message("{}", **BY_SCHEDULE), "the function Sweep"),
        ("SweepDeadLetters", message(**BY_RULE), "StreamInbox"),
    ],
)
def test_a_letter_belongs_where_it_came_from_or_was_meant_for(
    queue: str, sent: dict[str, Any], belongs_to: str
) -> None:
    assert destination(queue, sent) == belongs_to


OTHERS = {"TARGET_ARN": "arn:aws:sqs:eu-west-1:999999999999:theirs"}
ORDERS = {"TARGET_ARN": "arn:aws:sqs:eu-west-1:123456789012:OperatorInbox"}


@pytest.mark.parametrize(
    ("queue", "sent", "why_not"),
    [
        ("OperatorInboxDeadLetters", message(**BY_US), "an order would have you as its author"),
        ("SweepDeadLetters", message(**(BY_RULE | ORDERS)), "an order would have you as its"),
        ("SweepDeadLetters", message(**(BY_RULE | OTHERS)), "theirs is not of this stack"),
        ("StreamInboxDeadLetters", message(**(BY_RULE | OTHERS)), "theirs is not StreamInbox"),
        ("StreamInboxDeadLetters", message(FAILED), "it is an invocation, in the dead letters"),
        ("SweepDeadLetters", message(), "it does not say where it belongs"),
        (
            "SweepDeadLetters",
            message(**(BY_SCHEDULE | {"IS_PAYLOAD_TRUNCATED": "true"})),
            "Scheduler has cut its text",
        ),
    ],
)
def test_nothing_is_put_where_it_may_do_harm(
    queue: str, sent: dict[str, Any], why_not: str
) -> None:
    found = DESTINATIONS.of(letter_of(queue, sent))

    assert isinstance(found, Nowhere)
    assert why_not in found.reason


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (message(), "IVS Stream State Change (Stream Start) of arn:of-a-channel"),
        (
            message({"kind": "stop", "rule_id": "no-marathons", "resource_arn": "arn:c"}),
            "action stop of rule no-marathons of arn:c",
        ),
        (
            message(
                {
                    "destination": "chat",
                    "notification": {
                        "status": "opened",
                        "title": "too long",
                        "resource_arn": "arn:c",
                    },
                }
            ),
            "notification (opened) too long for chat of arn:c",
        ),
        (
            message({"incident": "i", "status": "new", "title": "t", "resource_arn": "arn:c"}),
            "notification (new) t of arn:c",
        ),
        (message({"destination": "chat"}), "look at the destination chat"),
        (message(FAILED), 'invocation with {"only":"begun"}'),
        (message('{"a": 1}', **BY_SCHEDULE), 'timer with {"a": 1}'),
        (message("not JSON"), "not readable: not JSON"),
        (message("x" * 200), f"not readable: {'x' * 79}…"),
        (message('{"detail-type": "A", "detail": 5, "resources": [{}]}'), "A"),
    ],
)
def test_a_letter_is_said_in_words(sent: dict[str, Any], words: str) -> None:
    assert describe_content(letter_of("SweepDeadLetters", sent)) == words


def test_what_goes_back_is_the_text_as_it_was() -> None:
    letter = letter_of("StreamInboxDeadLetters", message(**BY_US))

    assert message_of(letter) == {"MessageBody": message()["Body"]}


def test_in_a_fifo_queue_a_letter_keeps_its_group_and_is_taken_once() -> None:
    first, again = (
        message_of(letter_of("ActionQueueDeadLetters", message(group="g-1", **BY_US)))
        for _ in range(2)
    )
    dead_again = message(group="g-1", **BY_US) | {"MessageId": "m-2"}
    second = message_of(letter_of("ActionQueueDeadLetters", dead_again))

    assert first == again
    assert first["MessageGroupId"] == second["MessageGroupId"] == "g-1"
    assert first["MessageDeduplicationId"] != second["MessageDeduplicationId"]


def test_a_function_is_invoked_with_what_it_was_invoked_with() -> None:
    of_lambda = letter_of("SweepDeadLetters", message(FAILED))
    of_schedule = letter_of("SweepDeadLetters", message("", **BY_SCHEDULE))

    assert payload_of(of_lambda) == '{"only":"begun"}'
    assert payload_of(of_schedule) == "{}"


def test_no_letter_has_a_stream_key() -> None:
    letter = letter_of("StreamInboxDeadLetters", message({**EVENT, "note": KEY}, reason=KEY))

    assert KEY not in repr(letter)
    assert letter.reason == REDACTED
    assert REDACTED in message_of(letter)["MessageBody"]


def test_a_destination_is_a_queue_or_a_function() -> None:
    to_queue = DESTINATIONS.of(letter_of("StreamInboxDeadLetters", message()))
    to_function = DESTINATIONS.of(letter_of("SweepDeadLetters", message(FAILED)))

    assert to_queue == ToQueue(QUEUES[0])
    assert to_function == ToFunction("Sweep", "streamwarden-Sweep-1")
