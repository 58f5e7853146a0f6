"""The chat of the demo counts what it is sent, and the policy of the demo leads to it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from streamwarden.adapters.destinations.slack import slack_payload
from streamwarden.domain.notifications.message import Message
from streamwarden_cli.demo.chat import SentMessage, chat_message, policy_with_chat
from streamwarden_cli.demo.printing import print_messages
from streamwarden_cli.demo.stack import POLICY
from streamwarden_cli.policy.compilation import load_policy_file
from tests.unit.adapters.posting import notification


@pytest.mark.parametrize(
    ("count", "headline"),
    [
        (1, "[high] R&D: no-marathons breach"),
        (6, "[high] no-marathons: 6 opened"),
        (150, "[high] no-marathons: 150 opened"),
    ],
)
def test_a_message_of_slack_is_counted_as_people_read_it(count: int, headline: str) -> None:
    notified = notification(title="R&D: no-marathons breach")
    found = tuple(replace(notified, id=f"n-{number}") for number in range(count))

    sent = chat_message(slack_payload(Message(id="m", notifications=found)))

    assert sent == SentMessage("chat", headline, count)


def test_the_chat_is_told_of_all_that_the_topic_is(tmp_path: Path) -> None:
    routing = load_policy_file(policy_with_chat(tmp_path)).routing

    assert {each.name for each in routing.destinations} == {"topic", "chat"}
    assert routing.destinations_of(notification()) == ("topic", "chat")
    assert load_policy_file(POLICY).routing.destinations[0] in routing.destinations


def test_messages_are_grouped_by_what_they_say_the_largest_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    halls = [SentMessage("topic", f"[high] hall-{each}: breach") for each in range(30)]
    others = [SentMessage("topic", f"[low] lobby: {each}") for each in range(5)]
    chat = [SentMessage("chat", "[high] one: 1 opened"), SentMessage("chat", "[high] six: 6", 6)]

    print_messages([*others, *halls, *chat])

    heading, first, *alone, to_chat, six, one = capsys.readouterr().out.splitlines()
    assert heading.startswith("topic: 35 messages with 35 notifications")
    assert first.startswith("  30    [high] breach: hall-0, hall-1, hall-2,")
    assert (len(first), first[-1]) == (100, "…")
    assert [each.split(maxsplit=1)[1] for each in alone] == ["[low] lobby: 0", "[low] lobby: 1"]
    assert to_chat.startswith("chat: 2 messages with 7 notifications")
    assert [each.split(maxsplit=1) for each in (six, one)] == [
        ["6", "[high] six: 6"],
        ["1", "[high] one: 1 opened"],
    ]
