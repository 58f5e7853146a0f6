"""What can never succeed is buried with its reason, and nothing else suffers from it."""

import json
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from streamwarden.domain.decision import Decision
from streamwarden.domain.inputs import Input, Recheck, envelope_of
from streamwarden.services.errors import TemporaryError
from streamwarden.services.observe import Observer
from testbed import template
from tests.integration.driver import NOON, Stack, arn_of
from tests.integration.stream_events import stream_start

KEY = "sk_eu-west-1_aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789ab"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("{not json", "Unprocessable: the message is not JSON"),
        ("[1, 2]", "Unprocessable: expected a JSON object, found list"),
        (stream_start(arn_of("a"), time="noon"), "Unprocessable: time: expected an RFC 3339"),
        (stream_start("arn:aws:s3:::bucket"), "Unprocessable: resources[0]: expected a channel"),
        (
            stream_start(arn_of("a"), detail={"event_name": "Stream Start"}),
            "Unprocessable: detail.stream_id: expected str, found nothing",
        ),
        (
            stream_start(arn_of("a"), time=(NOON + timedelta(days=1, seconds=1)).isoformat()),
            "Unprocessable: time: expected a moment at most a day after 2026-",
        ),
        (
            stream_start(arn_of("a"), time="1970-01-01T00:00:00Z"),
            "Unprocessable: time: expected a moment since 2015, found '1970-01-01T00:00:00+00:00'",
        ),
        (
            stream_start(arn_of("a"), account="\ud800"),
            r"Unprocessable: account: expected Unicode text, found '\ud800'",
        ),
        (
            stream_start(arn_of("a"), new={"figure": float("nan")}),
            "Unprocessable: new.figure: expected a finite number, found nan",
        ),
        (
            stream_start(arn_of("a" * 120)),
            "Unprocessable: resources: expected at most 128 characters, found ",
        ),
        (
            f'{{"new": {"9" * 5_000}}}',
            "Unprocessable: the message is not JSON (Exceeds the limit",
        ),
    ],
)
def test_a_malformed_message_is_dead_lettered_with_its_reason(
    stack: Stack, message: Any, reason: str
) -> None:
    assert stack.deliver("StreamEvents", message) == []

    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    assert dead_letter.attributes["reason"].startswith(reason)
    assert dead_letter.text == (message if isinstance(message, str) else json.dumps(message))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"detail-type": "Streamwarden Guess"}, "detail-type: expected Streamwarden and one of"),
        ({"detail": {"resource_arn": arn_of("a"), "moment": "noon"}}, "detail: Object missing"),
    ],
)
def test_what_a_newer_function_of_the_stack_sends_is_tried_for_longer_than_a_deployment(
    stack: Stack, change: dict[str, Any], reason: str
) -> None:
    newer = {**envelope_of(Recheck(resource_arn=arn_of("a"), time=NOON)), **change}

    assert len(stack.deliver("StreamEvents", newer, age=timedelta(minutes=14))) == 1
    assert stack.take("StreamInboxDeadLetters") == []
    assert stack.deliver("StreamEvents", newer, age=timedelta(minutes=16)) == []

    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    assert dead_letter.attributes["reason"].startswith(f"OfAnotherVersion: {reason}")


def test_the_neighbours_of_a_malformed_message_are_observed(stack: Stack) -> None:
    before, after = stream_start(arn_of("before")), stream_start(arn_of("after"))

    again = stack.deliver("StreamEvents", before, "{not json", after)

    assert again == []
    state = {item["pk"]["S"] for item in stack.items()}
    assert state == {arn_of("before"), arn_of("after")}


def test_the_neighbours_of_the_same_channel_are_observed(stack: Stack) -> None:
    detail = {"event_name": "Stream Start", "channel_name": "studio", "stream_id": "st-" + "1" * 24}
    endless = stream_start(arn_of("studio"), detail=detail)

    again = stack.deliver("StreamEvents", endless, stream_start(arn_of("studio")))

    assert again == []
    (record,) = stack.items()
    assert record["pk"]["S"] == arn_of("studio")
    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    reason = "detail.stream_id: expected at most 26 characters, found 27"
    assert dead_letter.attributes["reason"] == f"Unprocessable: {reason}"


def test_a_message_that_fails_does_not_take_others_of_its_channel_along(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No such input is known: should there be one, it is dead-lettered alone."""

    def observe(observer: Observer, resource_arn: str, inputs: Sequence[Input]) -> Decision:
        if any(getattr(each, "stream_id", "") == "st-poison" for each in inputs):
            raise ArithmeticError("no decision")
        return decide(observer, resource_arn, inputs)

    decide = Observer.observe
    monkeypatch.setattr(Observer, "observe", observe)
    detail = {"event_name": "Stream Start", "channel_name": "studio", "stream_id": "st-poison"}
    poison = stream_start(arn_of("studio"), detail=detail)

    again = stack.deliver(
        "StreamEvents", poison, stream_start(arn_of("studio")), age=timedelta(days=1)
    )

    assert again == []
    (record,) = stack.items()
    assert "st-1" in record["document"]["S"]
    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    assert dead_letter.attributes["reason"] == "ArithmeticError: no decision"


def test_an_unknown_detail_type_is_tolerated(stack: Stack) -> None:
    strange = stream_start(arn_of("studio"), **{"detail-type": "IVS Weather Change"})

    assert stack.deliver("StreamEvents", strange) == []
    assert stack.take("StreamInboxDeadLetters") == []


def test_an_event_about_no_channel_is_skipped_with_a_reason(stack: Stack) -> None:
    strange = stream_start("arn:aws:s3:::bucket", **{"detail-type": "IVS Weather Change"})

    stack.deliver("StreamEvents", strange)

    assert stack.items() == []
    (line,) = [each for each in stack.logs() if each.get("message") == "skipped"]
    assert "no rule is about" in line["reason"]


def _away(operation: str, moment: str) -> None:
    if (operation, moment) == ("PutItem", "before"):
        raise RuntimeError("the table is on fire")


def test_a_message_that_fails_is_wanted_again(stack: Stack) -> None:
    stack.on_call = _away

    again = stack.deliver("StreamEvents", stream_start(arn_of("studio")), age=timedelta(minutes=14))

    assert len(again) == 1
    assert stack.take("StreamInboxDeadLetters") == []


def test_a_message_that_fails_for_the_last_time_is_dead_lettered_with_its_reason(
    stack: Stack,
) -> None:
    stack.on_call = _away

    again = stack.deliver("StreamEvents", stream_start(arn_of("studio")), age=timedelta(days=1))

    assert again == []
    (dead_letter,) = stack.take("StreamInboxDeadLetters")
    assert dead_letter.attributes["reason"] == "RuntimeError: the table is on fire"


def waits(stack: Stack) -> list[int]:
    """For how long the messages were postponed that a function wants again."""
    asked = [each for _, name, each in stack.requests if name == "ChangeMessageVisibilityBatch"]
    return [
        int(found) for each in asked for found in re.findall(r"VisibilityTimeout': (\d+)", each)
    ]


def test_a_message_that_fails_waits_as_long_as_it_is_old(stack: Stack) -> None:
    stack.on_call = _away

    for age in (0, 60, 660):
        stack.deliver("StreamEvents", stream_start(arn_of("studio")), age=timedelta(seconds=age))

    assert waits(stack) == [5, 60, 600]


def test_a_message_that_lay_in_the_queue_for_long_is_tried_again(stack: Stack) -> None:
    stack.on_call = _away

    age = timedelta(days=3)
    again = stack.deliver("StreamEvents", stream_start(arn_of("studio")), age=age, receives=1)

    assert len(again) == 1
    assert stack.take("StreamInboxDeadLetters") == []


def _throttled(operation: str, moment: str) -> None:
    if (operation, moment) == ("PutItem", "before"):
        raise TemporaryError("dynamodb: ThrottlingException")


def test_throttling_leads_to_no_dead_letter_within_a_day(stack: Stack) -> None:
    stack.on_call = _throttled
    event = stream_start(arn_of("studio"))

    assert len(stack.deliver("StreamEvents", event, age=timedelta(hours=23))) == 1
    assert stack.take("StreamInboxDeadLetters") == []
    assert stack.deliver("StreamEvents", event, age=timedelta(hours=24)) == []
    assert len(stack.take("StreamInboxDeadLetters")) == 1


def test_people_are_told_how_old_the_messages_are_that_fail(stack: Stack) -> None:
    stack.on_call = _throttled

    stack.deliver("StreamEvents", stream_start(arn_of("studio")), age=timedelta(minutes=20))

    ages = [each["OldestMessageKept"] for each in stack.logs() if "OldestMessageKept" in each]
    assert ages == [[1200.0]]


@pytest.mark.parametrize(
    ("function", "group"), [("StreamEvents", None), ("Enforce", "a"), ("Notify", None)]
)
def test_what_there_is_no_time_for_comes_again_at_once_and_was_not_tried(
    stack: Stack, function: str, group: str | None
) -> None:
    stack.seconds_left = lambda: 9

    again = stack.deliver(function, "{not json", "{nor this", age=timedelta(days=13), group=group)

    assert again == ["{not json", "{nor this"]
    assert waits(stack) == [0, 0]
    assert stack.take(f"{template.queue_of(function)}DeadLetters") == []


def test_an_observer_stops_before_its_time_is_over(stack: Stack) -> None:
    stack.seconds_left = lambda: 14 if stack.items()[2:] else 30

    again = stack.deliver("StreamEvents", *(stream_start(arn_of(each)) for each in "abcd"))

    assert [json.loads(each)["resources"] for each in again] == [[arn_of("d")]]
    assert {item["pk"]["S"] for item in stack.items()} == {arn_of(each) for each in "abc"}


def test_a_failure_concerns_only_its_channel(stack: Stack) -> None:
    def fail_once(operation: str, moment: str) -> None:
        if (operation, moment) == ("PutItem", "before"):
            stack.on_call = lambda operation, moment: None
            raise RuntimeError("once")

    stack.on_call = fail_once

    again = stack.deliver(
        "StreamEvents", stream_start(arn_of("first")), stream_start(arn_of("second"))
    )

    assert [json.loads(body)["resources"] for body in again] == [[arn_of("first")]]
    assert {item["pk"]["S"] for item in stack.items()} == {arn_of("second")}


@pytest.mark.parametrize(
    "message",
    [
        f"not json, but {KEY}",
        {"source": "aws.ivs", "detail-type": f"key {KEY}", "time": KEY, "resources": []},
        stream_start(arn_of("a"), time=KEY),
        stream_start(arn_of("a"), detail={"event_name": KEY, "channel_name": 4, "stream_id": KEY}),
    ],
)
def test_a_key_in_a_message_reaches_neither_the_dead_letters_nor_a_log(
    stack: Stack, message: Any
) -> None:
    stack.deliver("StreamEvents", message)

    dead_letter = stack.take("StreamInboxDeadLetters")
    assert KEY not in f"{dead_letter} {stack.items()} {stack.output.getvalue()}"
    assert "aBcDeFgHiJkL" not in f"{dead_letter} {stack.output.getvalue()}"


def test_recordings_and_changes_are_dead_lettered_in_queues_of_their_own(stack: Stack) -> None:
    stack.deliver("RecordingEvents", "{not json")
    stack.deliver("ResourceChanges", "{not json")

    assert len(stack.take("RecordingInboxDeadLetters")) == 1
    assert len(stack.take("ChangeInboxDeadLetters")) == 1
    assert stack.take("StreamInboxDeadLetters") == []


def test_a_dead_letter_queue_that_is_away_takes_no_other_message_along(stack: Stack) -> None:
    def on_call(operation: str, moment: str) -> None:
        if (operation, moment) == ("SendMessage", "before"):
            raise TemporaryError("sqs:SendMessage: ServiceUnavailable")

    stack.on_call = on_call

    again = stack.deliver("StreamEvents", "{not json", stream_start(arn_of("studio")))

    assert again == ["{not json"]
    assert stack.take("StreamInboxDeadLetters") == []
    assert len(stack.items()) == 1
