"""What holds of every kind of destination, and of those to come."""

import pytest
from msgspec import json

from streamwarden.adapters.destinations import LeftToRight, destination_of, words
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.notifications.routing import DestinationSpec
from tests.unit.adapters.posting import message, resources


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
