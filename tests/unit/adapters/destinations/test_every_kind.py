"""What holds of every kind of destination, and of those to come."""

from collections.abc import Callable
from typing import Final

import pytest
from msgspec import json

from streamwarden.adapters.chat_notifications import chat_notification
from streamwarden.adapters.destinations import LeftToRight, destination_of, words
from streamwarden.adapters.destinations.slack import slack_payload
from streamwarden.adapters.destinations.teams import adaptive_card
from streamwarden.adapters.notification_text import format_body
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.verdicts import RuleNotes
from tests.unit.adapters.posting import message, notification, resources

# Where people read a digest, rather than programs.
READ: Final = [
    pytest.param(format_body, id="text"),
    pytest.param(slack_payload, id="slack"),
    pytest.param(lambda given: adaptive_card(given, 1_000), id="teams"),
    pytest.param(chat_notification, id="amazon-q"),
]
type Shown = Callable[[Message], object]


class Taking:
    """A destination that keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[Message] = []

    def deliver(self, message: Message) -> None:
        self.taken.append(message)


def taken(given: Message) -> Message:
    taking = Taking()
    LeftToRight(taking).deliver(given)
    (found,) = taking.taken
    return found


@pytest.mark.parametrize("kind", words())
def test_every_kind_is_given_texts_that_read_as_they_are_written(kind: str) -> None:
    made = destination_of(DestinationSpec(name="one", kind=kind), resources(""))

    assert isinstance(made, LeftToRight)


@pytest.mark.parametrize("sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
def test_no_sign_turns_the_direction_of_what_follows(sign: str) -> None:
    """`exe.png` with one of them reads as another name."""
    turned = f"ab{sign}gnp.exe"

    found = taken(message(title=turned, text=turned, owner=turned, tags={turned: turned}))

    assert found == message(
        title="abgnp.exe", text="abgnp.exe", owner="abgnp.exe", tags={"abgnp.exe": "abgnp.exe"}
    )
    assert sign.encode() not in json.encode(found)


@pytest.mark.parametrize("text", ["Studio Zwölf", "استوديو\u200f 12", 'a "quoted" \\u202e'])
def test_every_other_text_stays_as_it_is(text: str) -> None:
    given = message(text=text)

    assert taken(given) is given


@pytest.mark.parametrize("shown", READ)
def test_a_digest_of_several_rules_says_of_each_line_which_rule_it_is(shown: Shown) -> None:
    rules = ("tls", "team-tag")
    notified = tuple(
        notification(rule_id=each, title=f"studio: {each} breach", text="x.", notes=notes_of(each))
        for each in rules
    )

    said = json.encode(shown(Message(id="m", notifications=notified))).decode()

    assert [each for each in rules if f"studio: {each} breach. x." not in said] == []
    assert "the reason of" not in said
    assert "the owner of" not in said
    assert "https://wiki.example.com" not in said


@pytest.mark.parametrize("shown", READ)
def test_a_digest_of_one_rule_says_what_its_author_says(shown: Shown) -> None:
    said = json.encode(shown(message(2, notes=notes_of("tls")))).decode()

    assert "the reason of tls" in said
    assert "https://wiki.example.com/tls" in said


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("shown", READ)
def test_every_message_says_in_which_account_and_region(shown: Shown, count: int) -> None:
    said = json.encode(shown(message(count))).decode()

    assert "111122223333" in said.replace(notification().resource_arn, "")
    assert "Europe (Ireland) eu-west-1" in said


@pytest.mark.parametrize("shown", READ)
def test_an_incident_is_told_in_the_order_of_the_questions(shown: Shown) -> None:
    """Where, since when, why, what is done."""
    said = json.encode(shown(message())).decode()

    places = [
        said.index(each)
        for each in ("Europe (Ireland)", "11:00:00 UTC", "Four hours are enough.", "on the air for")
    ]
    assert places == sorted(places)


def notes_of(rule: str) -> RuleNotes:
    return RuleNotes(
        description=f"the reason of {rule}",
        owner=f"the owner of {rule}",
        runbook=f"https://wiki.example.com/{rule}",
    )
