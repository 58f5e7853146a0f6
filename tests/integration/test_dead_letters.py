"""`streamwarden dead-letters` on what the real handlers dead-letter.

The cause is mended, the letter is redriven, and the handlers take it in.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest

from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.operate.dead_letters import taking
from testbed import template
from testbed.key_wrappings import KEY
from tests.integration.deployed_stack import deployed
from tests.integration.driver import Stack, arn_of
from tests.integration.stream_events import stream_start

STUDIO: Final = arn_of("studio")
REDRIVE: Final = ("redrive", "--all")
DISCARD: Final = ("discard", "--all", "--yes", "--reason", "of a test")

type Command = Callable[..., Any]


@pytest.fixture
def command(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs `dead-letters` with `--json`."""
    deployed(stack, monkeypatch)
    monkeypatch.setattr(taking, "_WAIT_SECONDS", 0)
    _connect_dead_letters(stack)

    def run(*words: str, code: ExitCode = ExitCode.DONE) -> Any:
        assert main(["dead-letters", *words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


def _connect_dead_letters(stack: Stack) -> None:
    for name in template.of_type("AWS::SQS::Queue"):
        policy = template.properties(name).get("RedrivePolicy")
        if policy:
            dead_letters = policy["deadLetterTargetArn"]["Fn::GetAtt"][0]
            redrive = {"deadLetterTargetArn": stack.arns[dead_letters], "maxReceiveCount": 1000}
            stack.client("sqs").set_queue_attributes(
                QueueUrl=stack.refs[name], Attributes={"RedrivePolicy": json.dumps(redrive)}
            )


@pytest.fixture
def poisoned(stack: Stack) -> dict[str, Any]:
    """The start of a stream, dead-lettered because a newer version wrote the record; the record as
    this version wrote it."""
    stack.channel("studio")
    (item,) = [each for each in stack.items() if _is_record(each)]
    newer = json.dumps({**json.loads(item["entry"]["S"]), "format": 99})
    stack.client("dynamodb").put_item(TableName="Table", Item={**item, "entry": {"S": newer}})
    old = timedelta(minutes=16)
    assert stack.deliver("StreamEvents", stream_start(STUDIO), age=old) == []
    return item


def _is_record(item: dict[str, Any]) -> bool:
    return bool(item["pk"]["S"] == STUDIO and item["sk"]["S"] == "record")


def _is_live(stack: Stack) -> bool:
    (item,) = [each for each in stack.items() if _is_record(each)]
    return "st-1" in item["entry"]["S"]


def test_a_letter_is_listed_with_its_reason_and_shown(
    stack: Stack, poisoned: dict[str, Any], command: Command
) -> None:
    (listed,) = command("list", "--queue", "StreamInbox")["dead_letters"]
    shown = command("show", listed["id"])["dead_letter"]

    assert listed["queue"] == "StreamInboxDeadLetters"
    assert "is in format 99" in listed["reason"]
    assert listed["what"] == f"IVS Stream State Change (Stream Start) of {STUDIO}"
    assert shown["content"]["resources"] == [STUDIO]
    assert command("list")["dead_letters"] == [listed]


def test_once_the_cause_is_mended_a_redriven_letter_is_processed(
    stack: Stack, poisoned: dict[str, Any], command: Command
) -> None:
    stack.client("dynamodb").put_item(TableName="Table", Item=poisoned)

    (handled,) = command(*REDRIVE)["dead_letters"]
    stack.pump("StreamEvents")

    assert (handled["done"], handled["text"]) == ("redriven", "StreamInbox")
    assert _is_live(stack)
    assert command("list", code=ExitCode.NOTHING)["dead_letters"] == []
    assert command(*REDRIVE, code=ExitCode.NOTHING)["dead_letters"] == []


def test_a_letter_of_a_fifo_queue_goes_back_into_its_group(stack: Stack, command: Command) -> None:
    stack.deliver("Enforce", {"unreadable": KEY}, group="g-1")

    (handled,) = command("redrive", "--queue", "ActionQueue")["dead_letters"]
    (sent,) = stack.take("ActionQueue")

    assert handled["done"] == "redriven"
    assert sent.group == "g-1"
    assert KEY not in sent.text


def test_a_long_group_goes_back_whole_and_in_order(stack: Stack, command: Command) -> None:
    for number in range(25):
        stack.deliver("Enforce", {"unreadable": number}, group="g-1")

    handled = command("redrive", "--queue", "ActionQueueDeadLetters")["dead_letters"]

    sent = [json.loads(each.text)["unreadable"] for each in stack.take("ActionQueue")]
    assert (len(handled), sent) == (25, [*range(25)])


def test_an_order_is_left_for_who_gave_it(stack: Stack, command: Command) -> None:
    stack.deliver("OperatorCommands", {"no": "order"})

    (left,) = command(*REDRIVE, code=ExitCode.NOTHING)["dead_letters"]
    again = command("redrive", left["id"], code=ExitCode.FAILED)["dead_letters"]

    assert again == [left]
    assert left["done"] == "left"
    assert stack.take("OperatorInbox") == []


def test_discarded_letters_are_printed_whole_with_the_reason(
    stack: Stack, poisoned: dict[str, Any], command: Command
) -> None:
    (discarded,) = command(*DISCARD)["dead_letters"]

    assert discarded["discarded_because"] == "of a test"
    assert discarded["content"]["resources"] == [STUDIO]
    assert command("list", code=ExitCode.NOTHING)["dead_letters"] == []


def test_nothing_is_discarded_that_nobody_was_asked_about(
    stack: Stack, poisoned: dict[str, Any], command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [word for word in DISCARD if word != "--yes"]

    assert main(["dead-letters", *words]) == ExitCode.FAILED
    assert "Deleted for good: every dead letter of streamwarden. Go on?" in capsys.readouterr().err
    assert len(command("list")["dead_letters"]) == 1


@pytest.mark.parametrize(
    "words", [("show", "m-9"), ("redrive", "m-9"), ("discard", "m-9", "--reason", "x")]
)
def test_an_id_that_nobody_has_is_an_error(
    stack: Stack, command: Command, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert main(["dead-letters", *words]) == ExitCode.FAILED
    said = capsys.readouterr().err
    assert "no dead letter can be seen with the id m-9" in said
    assert "Go on?" not in said


@pytest.mark.parametrize("words", [("redrive",), ("redrive", "m-1", "--all"), ("discard", "--all")])
def test_what_is_meant_must_be_said(command: Command, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        main(["dead-letters", *words])
