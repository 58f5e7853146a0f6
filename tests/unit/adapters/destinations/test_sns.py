"""A topic gets a text for people, attributes for filters, and what chat applications show."""

from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from msgspec import ValidationError, json

from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus
from testbed.builders import CHANNEL
from tests.unit.adapters.notified import (
    KEY,
    Client,
    assert_fits,
    destination_on,
    incident,
    message,
    notification,
)

# The event schema of the Administrator Guide, Custom notifications.
TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}
CHAT = {
    "type": "object",
    "required": ["version", "source", "content"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": {"type": "string"},
        "content": {
            "type": "object",
            "required": ["description"],
            "additionalProperties": False,
            "properties": {
                "textType": {"const": "client-markdown"},
                "title": {"type": "string"},
                "description": {"type": "string"},
                "nextSteps": TEXTS,
                "keywords": TEXTS,
            },
        },
        "metadata": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "threadId": {"type": "string"},
                "summary": {"type": "string"},
                "eventType": {"type": "string"},
                "relatedResources": TEXTS,
                "additionalContext": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                },
            },
        },
    },
}


def published(given: Message, **options: Any) -> dict[str, Any]:
    client = Client()
    destination_on(client, "sns", **options).deliver(given)
    (call,) = client.sent("publish")
    assert_fits("sns", "Publish", call)
    return call


def attributes(given: Message) -> dict[str, Any]:
    found = published(given)["MessageAttributes"]
    assert len(found) <= 10
    assert all(each["StringValue"] for each in found.values())
    return {
        name: json.decode(each["StringValue"])
        if each["DataType"] == "String.Array"
        else each["StringValue"]
        for name, each in found.items()
    }


def chat(given: Message) -> dict[str, Any]:
    body: dict[str, Any] = json.decode(published(given, format="chatbot")["Message"])
    jsonschema.validate(body, CHAT)
    return body


def test_a_message_goes_to_the_topic_of_the_stack_or_to_the_one_that_is_named() -> None:
    named = "arn:aws:sns:eu-west-1:210987654321:another"

    assert published(message())["TopicArn"].endswith(":stack-topic")
    assert published(message(), target=named)["TopicArn"] == named


def test_a_subject_is_one_short_line_of_ascii() -> None:
    long = message(notification(title=f"Zwölf\n{'x' * 200}"))

    subject = published(long)["Subject"]

    assert subject.startswith("[high] Zw?lf xxx")
    assert len(subject) == 100


def test_a_subject_has_no_control_characters() -> None:
    """SNS refuses the whole message for one of them."""
    hostile = message(notification(title="a\x00b\rc\x1b[31md\x7f\u2028e"))

    assert published(hostile)["Subject"] == "[high] a b c [31md ?e"


def test_an_incident_has_attributes_to_filter_by() -> None:
    assert attributes(message()) == {
        "severity": "high",
        "status": "opened",
        "rule": "no-marathons",
        "owner": "sports",
        "account": "210987654321",
        "region": "eu-west-1",
    }


def test_an_attribute_without_a_value_is_left_out() -> None:
    assert "owner" not in attributes(message(notification(owner="")))


def test_a_digest_has_the_worst_severity_and_each_value_once() -> None:
    resolved = notification(
        status=NotificationStatus.RESOLVED, severity=Severity.CRITICAL, owner="", rule_id="tls"
    )

    found = attributes(message(notification(), notification(), resolved))

    assert found["severity"] == "critical"
    assert found["status"] == ["opened", "resolved"]
    assert found["rule"] == ["no-marathons", "tls"]
    assert found["owner"] == "sports"


def test_a_digest_of_very_many_owners_names_none_of_them() -> None:
    many = message(*(incident(at, owner=f"team-{at}") for at in range(101)))

    assert "owner" not in attributes(many)


def test_a_chat_application_shows_an_incident_as_one_thread() -> None:
    opened = chat(message())
    resolved = chat(message(notification(status=NotificationStatus.RESOLVED, undo=())))

    assert opened["metadata"]["threadId"] == resolved["metadata"]["threadId"]
    assert opened["content"]["title"] == "[high] Studio Zwölf: no-marathons breach"
    assert opened["content"]["description"] == (
        "channel Studio Zwölf, of sports, in 210987654321, Europe (Ireland) eu-west-1\n"
        "since: 2026-03-14 11:00:00 UTC\n"
        "decided at: 2026-03-14 12:00:00 UTC\n"
        "rule: no-marathons\n"
        "why: Four hours are enough.\n"
        "on the air for 5h; 4h is allowed. Streamwarden stops the stream."
    )
    assert opened["content"]["nextSteps"][1:] == [
        "Runbook: https://wiki.example.com/marathons",
        "Console: https://eu-west-1.console.aws.amazon.com/ivs/channels/KgopvkVuUi7g",
    ]
    assert opened["content"]["keywords"] == ["high", "no-marathons", "sports"]
    assert opened["metadata"]["relatedResources"] == [CHANNEL]


def test_a_chat_application_shows_a_digest_as_a_list() -> None:
    content = chat(message(*(incident(at) for at in range(25))))["content"]

    *said, rest = content["description"].splitlines()
    lines = [each for each in said if each.startswith("•")]
    assert len(lines) == 20
    assert lines[0].startswith("• Studio Zwölf: opened. on the air")
    assert rest == "5 more. `streamwarden open` lists what is open."
    assert "nextSteps" not in content


@pytest.mark.parametrize(
    "call",
    ["<!channel>", "@here", "<https://evil.example.com|look>", "[look](https://evil.example.com)"],
)
def test_a_name_calls_nobody_in_a_chat_application(call: str) -> None:
    reported = notification(title=call, text=call, resource_name=call, owner=call)

    assert call not in json.encode(chat(message(reported))).decode()


def test_no_topic_gets_a_stream_key() -> None:
    leaking = message(notification(title=KEY, text=KEY, owner=KEY))

    for form in ("text", "chatbot"):
        assert "aBcDeFgHiJkL" not in str(published(leaking, format=form))


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValidationError, match="Invalid enum value"):
        published(message(), format="html")
