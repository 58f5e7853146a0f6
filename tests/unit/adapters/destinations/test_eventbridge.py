"""Each incident is an event on a bus of one's own."""

from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from msgspec import ValidationError, json

from streamwarden.domain.notifications.message import Message
from streamwarden.services.errors import MessageRefused, PermanentError, TemporaryError
from streamwarden_cli.notifications.schema import event_schema
from testbed.builders import CHANNEL, NOON
from tests.unit.adapters.notified import (
    KEY,
    Client,
    assert_fits,
    destination_on,
    message,
    notification,
)

BUS: Final = "arn:aws:events:eu-west-1:210987654321:event-bus/incidents"
TAKEN: Final = {"EventId": "e-1"}


def failed(code: str, words: str = "no") -> dict[str, str]:
    return {"ErrorCode": code, "ErrorMessage": words}


def answer(*entries: dict[str, str]) -> dict[str, Any]:
    return {"FailedEntryCount": sum("ErrorCode" in each for each in entries), "Entries": entries}


def put(given: Message, *answers: Any) -> list[list[dict[str, Any]]]:
    """The entries of each call."""
    client = Client(list(answers))
    try:
        destination_on(client, "eventbridge", BUS).deliver(given)
    finally:
        calls = client.sent("put_events")
        for each in calls:
            assert_fits("events", "PutEvents", each)
    return [each["Entries"] for each in calls]


def details(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [json.decode(each["Detail"]) for each in entries]


def test_an_incident_is_an_event_that_its_schema_describes() -> None:
    ((entry,),) = put(message(), answer(TAKEN))

    (detail,) = details([entry])
    jsonschema.validate(detail, event_schema())
    assert (entry["EventBusName"], entry["Source"]) == (BUS, "streamwarden.streamwarden")
    assert (entry["DetailType"], entry["Resources"]) == ("Streamwarden Incident", [CHANNEL])
    assert entry["Time"] == NOON
    assert (detail["id"], detail["incident"]["status"]) == ("5f1c", "opened")


@pytest.mark.parametrize("code", ["InternalFailure", "ThrottlingException"])
def test_a_bus_that_is_busy_gets_the_message_later(code: str) -> None:
    busy = answer(failed(code, f"slow down, {KEY}"))

    with pytest.raises(TemporaryError, match=f"{code}: slow down") as caught:
        put(message(), busy)

    assert "aBcDeFgHiJkL" not in str(caught.value)


@pytest.mark.parametrize(
    ("code", "error"),
    [("NotAuthorizedForSourceException", PermanentError), ("MalformedDetail", MessageRefused)],
)
def test_a_bus_that_refuses_is_not_asked_again(code: str, error: type[PermanentError]) -> None:
    with pytest.raises(PermanentError, match=f"{code}: no") as caught:
        put(message(), answer(failed(code)))

    assert type(caught.value) is error


def test_no_event_has_a_stream_key() -> None:
    leaking = message(notification(title=KEY, text=KEY, tags={"note": KEY}))

    assert "aBcDeFgHiJkL" not in str(put(leaking, answer(TAKEN)))


def test_it_has_no_options() -> None:
    with pytest.raises(ValidationError, match="unknown field"):
        destination_on(Client(), "eventbridge", BUS, source="mine")
