"""A message of Slack keeps within what Block Kit documents, and mentions nobody."""

import re
from html import unescape
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import json

from streamwarden.adapters.destinations import kind_of
from streamwarden.adapters.destinations.slack import SlackDestination, mrkdwn, slack_payload
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus, RuleNotes
from tests.unit.adapters.posting import Pool, leaking, message, notification, service

ADDRESS: Final = "https://hooks.slack.com/services/T0/B0/s3cret"


def text_object(longest: int, kind: str) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["type", "text"],
        "properties": {
            "type": {"const": kind},
            "text": {"type": "string", "minLength": 1, "maxLength": longest},
            "emoji": {"type": "boolean"},
            "verbatim": {"const": True},
        },
        "additionalProperties": False,
    }


def block(kind: str, minimum: int = 1, **properties: Any) -> dict[str, Any]:
    return {
        "properties": {"type": {"const": kind}, **properties},
        "required": ["type"],
        "minProperties": 1 + minimum,
        "additionalProperties": False,
    }


# docs.slack.dev, Block Kit reference: header and section blocks, text object.
HEADER: Final = block("header", text=text_object(150, "plain_text"))
SECTION: Final = block(
    "section",
    text=text_object(3_000, "mrkdwn"),
    fields={
        "type": "array",
        "minItems": 1,
        "maxItems": 10,
        "items": text_object(2_000, "mrkdwn"),
    },
)
BLOCKS: Final = {
    "type": "array",
    "minItems": 1,
    "maxItems": 50,
    "items": {"oneOf": [HEADER, SECTION]},
}
PAYLOAD: Final = {
    "type": "object",
    "required": ["text", "blocks", "attachments"],
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 4_000},
        "blocks": BLOCKS,
        "attachments": {
            "type": "array",
            "maxItems": 1,
            "items": {
                "required": ["color", "blocks"],
                "properties": {"color": {"pattern": "^#[0-9A-F]{6}$"}, "blocks": BLOCKS},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
VALIDATOR: Final = jsonschema.Draft202012Validator(PAYLOAD)

# Texts in which Slack might see more than text.
MARKUP: Final = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="<>&;!@#|`*_~ \n", max_size=400),
    st.sampled_from(["<!channel>", "<@U012AB3CD>", "<!subteam^S1|@ops>", "&lt;!here&gt;", "@here"]),
    st.sampled_from(["&" * 4_000, "ä" * 4_000, "https://example.com/" + "<" * 2_000]),
)


def texts_of(value: object) -> list[str]:
    match value:
        case {"type": "mrkdwn", "text": str(text)}:
            return [text]
        case dict():
            return [text for each in value.values() for text in texts_of(each)]
        case list():
            return [text for each in value for text in texts_of(each)]
        case _:
            return []


def shown(payload: dict[str, Any]) -> str:
    return "\n".join(map(unescape, texts_of(payload)))


@given(text=MARKUP, name=MARKUP, tag=MARKUP, note=MARKUP, count=st.sampled_from([1, 2, 25]))
def test_any_message_is_within_the_limits_and_mentions_nobody(
    text: str, name: str, tag: str, note: str, count: int
) -> None:
    notified = message(
        count,
        text=text,
        resource_name=name,
        title=name or "a title",
        owner=tag,
        notes=RuleNotes(description=note, owner=tag, runbook=note),
        undo=(f"streamwarden exempt {name}",),
    )

    payload = slack_payload(notified)

    VALIDATOR.validate(payload)
    for each in [payload["text"], *texts_of(payload)]:
        # What is left of `<` begins a link of ours.
        assert set(re.findall(r"<.{0,4}", each)) <= {"<http"}
        assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", each, re.DOTALL)


def test_a_reason_is_shown_as_it_is() -> None:
    reason = "the name matches (?P<team>a&b) of <!channel>."

    payload = slack_payload(message(text=reason))

    assert mrkdwn(reason, 3_000) == (
        "the name matches (?P&lt;team&gt;a&amp;b) of &lt;!channel&gt;."
    )
    assert mrkdwn(reason, 3_000) in texts_of(payload)


@pytest.mark.parametrize("longest", range(1, 12))
def test_a_cut_goes_through_no_entity(longest: int) -> None:
    cut = mrkdwn("a&<>", longest)

    assert len(cut) <= longest
    assert re.fullmatch(r"(?:a|&amp;|&lt;|&gt;)*…?", cut)


def test_an_incident_says_all_once() -> None:
    notified = message()

    payload = slack_payload(notified)

    facts = shown(payload)
    assert payload["blocks"][0]["text"]["text"] == "[high] Studio Zwölf: no-marathons breach"
    for once in (
        "on the air for 5h",
        "no-marathons\n",
        "Four hours are enough.",
        "<https://wiki.example.com/marathons>",
        f"`{notified.notifications[0].undo[0]}`",
        "2026-03-14 11:00:00 UTC",
        "sports",
    ):
        assert facts.count(once) == 1, once


def test_an_address_or_a_command_in_a_tag_is_only_text() -> None:
    for tag in ("https://evil.example/login", "streamwarden stop studio"):
        facts = shown(slack_payload(message(owner=tag, undo=())))

        assert f"*owner*\n{tag}" in facts
    assert "<https://eu-west-1.console.aws.amazon.com/ivs/channels/abcdABCDefgh>" in facts


def test_a_digest_is_a_list() -> None:
    facts = shown(slack_payload(message(25, text="lacks the tag team.")))

    assert facts.count("• Studio Zwölf: opened. lacks the tag team.") == 20
    assert "25 opened" in facts
    assert "5 more." in facts


@pytest.mark.parametrize(
    ("notified", "colour"),
    [
        (message(severity=Severity.CRITICAL), "#B3261E"),
        (message(severity=Severity.LOW), "#4285F4"),
        (message(status=NotificationStatus.RESOLVED), "#188038"),
        (
            Message(
                id="m",
                notifications=(
                    notification(status=NotificationStatus.RESOLVED),
                    notification(severity=Severity.CRITICAL),
                ),
            ),
            "#B3261E",
        ),
    ],
)
def test_the_colour_is_that_of_the_worst(notified: Message, colour: str) -> None:
    assert slack_payload(notified)["attachments"][0]["color"] == colour


def test_it_is_posted_without_a_stream_key() -> None:
    pool = Pool()

    SlackDestination(lambda: ADDRESS, service(pool)).deliver(leaking())

    (post,) = pool.posts
    assert post["url"] == ADDRESS
    assert json.decode(post["body"])["text"] == "[high] sk_REDACTED leaked"
    assert b"mNoPqRsT" not in post["body"]


def test_slack_takes_a_message_a_second() -> None:
    assert kind_of("slack").limits.interval.total_seconds() == 1
