"""Letters are sent first and deleted after; what is not handled is seen again at once."""

from typing import Any

import pytest

from streamwarden_cli.operate.dead_letters.destination import Destinations
from streamwarden_cli.operate.dead_letters.handling import (
    Done,
    Handled,
    discard,
    handle_letters,
    redriver,
)
from streamwarden_cli.operate.dead_letters.taking import read_all
from tests.unit.cli.operate.dead_letters.samples import (
    BY_US,
    FAILED,
    OUTPUTS,
    QUEUES,
    message,
)

INBOX, OF_INBOX, _, _, _, _, OF_SWEEP = QUEUES


class Killed(BaseException):
    """The command ended here."""


class Queues:
    """SQS with one batch of dead letters in a queue; notes what it is asked, in order."""

    def __init__(self, *messages: dict[str, Any], killed_at: str = "") -> None:
        self.visible = list(messages)
        self.asked: list[tuple[str, str]] = []
        self.killed_at = killed_at

    def receive_message(self, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        found, self.visible = self.visible[:10], self.visible[10:]
        return {"Messages": found} if found else {}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        counts = {
            "ApproximateNumberOfMessages": "0",
            "ApproximateNumberOfMessagesNotVisible": "12",
        }
        return {"Attributes": counts}

    def _note(self, operation: str, what: str) -> None:
        if operation == self.killed_at:
            raise Killed
        self.asked.append((operation, what))

    def send_message(self, QueueUrl: str, **_: Any) -> dict[str, str]:  # noqa: N803
        self._note("send", QueueUrl)
        return {"MessageId": f"new-{len(self.asked)}"}

    def delete_message(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803
        self._note("delete", ReceiptHandle)

    def change_message_visibility_batch(self, Entries: Any, **_: Any) -> None:  # noqa: N803
        self._note("put back", " ".join(each["ReceiptHandle"] for each in Entries))

    def invoke(self, FunctionName: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._note("invoke", FunctionName)
        return {"ResponseMetadata": {"RequestId": "r-2"}}


class OneStack:
    outputs = OUTPUTS

    def __init__(self, client: Queues) -> None:
        self._client = client

    def client(self, _: str) -> Queues:
        return self._client


def numbered(number: int, **changes: Any) -> dict[str, Any]:
    return message(**BY_US) | {"MessageId": f"m-{number}", "ReceiptHandle": f"h-{number}"} | changes


def redriven(client: Queues, queue: Any = OF_INBOX, ids: frozenset[str] = frozenset()) -> Any:
    stack: Any = OneStack(client)
    handle = redriver(stack, Destinations(QUEUES, OUTPUTS))
    return [*handle_letters(client, [queue], ids, handle)]


def test_a_letter_is_sent_first_and_deleted_after() -> None:
    client = Queues(numbered(1))

    (handled,) = redriven(client)

    assert (handled.done, handled.text) == (Done.REDRIVEN, "StreamInbox")
    assert client.asked == [("send", INBOX.url), ("delete", "h-1")]


def test_a_command_that_is_killed_in_between_loses_no_letter() -> None:
    client = Queues(numbered(1), killed_at="delete")

    with pytest.raises(Killed):
        redriven(client)

    assert client.asked == [("send", INBOX.url), ("put back", "h-1")]


def test_an_invocation_is_made_again() -> None:
    client = Queues(message(FAILED))

    (handled,) = redriven(client, OF_SWEEP)

    assert (handled.done, handled.text) == (Done.REDRIVEN, "the function Sweep")
    assert client.asked == [("invoke", "streamwarden-Sweep-1"), ("delete", "handle")]


def test_letters_that_are_not_meant_are_put_back() -> None:
    client = Queues(numbered(1), numbered(2), numbered(3))

    (handled,) = redriven(client, ids=frozenset({"m-2"}))

    assert handled.letter.id == "m-2"
    assert client.asked[-1] == ("put back", "h-1 h-3")


def test_what_fails_again_at_once_is_not_sent_for_ever() -> None:
    back = numbered(2) | message(reason="still", messageId="new-1")
    client = Queues(numbered(1), {**back, "MessageId": "m-2"})

    first, second = redriven(client)

    assert (first.done, second.done) == (Done.REDRIVEN, Done.FAILED_AGAIN)
    assert [operation for operation, _ in client.asked] == ["send", "delete", "put back"]


def test_a_letter_that_comes_again_is_handled_once() -> None:
    client = Queues(*[numbered(number) for number in range(10)], numbered(3))

    assert len(redriven(client)) == 10


def test_a_discarded_letter_is_deleted_and_sent_nowhere() -> None:
    client = Queues(numbered(1))

    (handled,) = handle_letters(client, [OF_INBOX], frozenset(), discard)

    assert handled == Handled(handled.letter, Done.DISCARDED)
    assert client.asked == [("delete", "h-1")]


def test_who_looks_puts_everything_back_and_says_how_much_is_hidden() -> None:
    found = read_all(client := Queues(numbered(2), numbered(1)), [OF_INBOX])

    assert [each.id for each in found.letters] == ["m-1", "m-2"]
    assert found.hidden == {"StreamInboxDeadLetters": 10}
    assert client.asked == [("put back", "h-2 h-1")]
