"""The demo reads messages of the topic as an operator's inbox holds them."""

from typing import Any

import pytest

from streamwarden.adapters.notification_text import format_body, format_headline
from streamwarden.domain.arn import account_arn
from streamwarden.domain.notifications.message import Message
from streamwarden_cli.demo.watch import ACCOUNT, Line, Watch
from streamwarden_cli.local.notifications import TopicNotification
from tests.unit.adapters.posting import NOON, STUDIO, message


class OneStack:
    """A stack with one channel."""

    control: Any

    def __init__(self) -> None:
        self.control = self

    def state(self) -> list[dict[str, Any]]:
        return [{"arn": STUDIO, "name": "studio", "streamKeyArns": []}]

    def client(self, _: str) -> "OneStack":
        return self

    def describe_log_groups(self) -> dict[str, Any]:
        return {"logGroups": []}

    def calls(self, begin: int) -> tuple[list[Any], int]:
        return [], begin


class Inbox:
    def __init__(self, notified: Message) -> None:
        self._notified = notified

    def take(self) -> list[TopicNotification]:
        return [
            TopicNotification(NOON, format_headline(self._notified), format_body(self._notified))
        ]


@pytest.mark.parametrize(
    ("notified", "channel", "text"),
    [
        (message(), "studio", "no-marathons breach: Streamwarden stops the stream."),
        (
            message(
                resource_arn=account_arn("111122223333", "eu-west-1"),
                stream_id=None,
                owner="",
                title="the account: tripped",
            ),
            ACCOUNT,
            "tripped",
        ),
    ],
    ids=["a channel", "the account"],
)
def test_a_notification_is_a_line_of_what_it_is_about(
    notified: Message, channel: str, text: str
) -> None:
    stack: Any = OneStack()
    inbox: Any = Inbox(notified)
    watch = Watch(stack, inbox)

    watch.look()

    (line,) = watch.of(channel)
    assert (line.word, line.text) == ("notified", text)


def test_of_what_people_are_told_of_the_account_only_breakers_are_of_breakers() -> None:
    stack: Any = OneStack()
    watch = Watch(stack, inbox=None)  # type: ignore[arg-type]
    tripped, deployed = (
        Line(NOON, "notified", ACCOUNT, text)
        for text in ("the breaker of concerts-end has tripped", "first known deployment of a stack")
    )
    watch.lines |= {tripped, deployed}

    assert watch.of_breakers() == [tripped]
