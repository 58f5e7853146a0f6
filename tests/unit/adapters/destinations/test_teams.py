"""A card for Teams is one by the published schema, small enough, and shows texts as they are."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from streamwarden.adapters.destinations.teams import (
    TeamsDestination,
    adaptive_card,
    markdown,
    teams_body,
)
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.message import Message
from streamwarden.domain.verdicts import NotificationStatus, RuleNotes
from tests.unit.adapters.posting import Pool, leaking, message, service

LARGEST: Final = 28 * 1024


def published_schema(version: str) -> Any:
    """The schema of Adaptive Cards, which a package for Python brings along. It is not imported."""
    package = find_spec("adaptive_cards")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).parent / "schemas" / f"schema-{version}.json"
    return json.decode(path.read_bytes())


@pytest.fixture(scope="module", params=["1.4", "1.5"])
def validator(request: pytest.FixtureRequest) -> Any:
    return jsonschema.Draft6Validator(published_schema(request.param))


def texts_of(value: object) -> list[str]:
    match value:
        case {"type": "TextBlock", "text": str(text)}:
            return [text]
        case {"title": str(title), "value": str(text)}:
            return [title, text]
        case dict():
            return [text for each in value.values() for text in texts_of(each)]
        case list():
            return [text for each in value for text in texts_of(each)]
        case _:
            return []


@pytest.mark.parametrize(
    "notified", [*(message(status=each) for each in NotificationStatus), message(25)]
)
def test_the_card_is_one_by_the_published_schema(validator: Any, notified: Message) -> None:
    validator.validate(adaptive_card(notified, 1_000))


def test_a_card_without_links_has_no_actions(validator: Any) -> None:
    account = "arn:aws:streamwarden:eu-west-1:111122223333:account/111122223333"

    card = adaptive_card(message(resource_arn=account, notes=None, undo=()), 1_000)

    validator.validate(card)
    assert "actions" not in card


def test_the_schema_refuses_what_is_no_card(validator: Any) -> None:
    """It can say no: the tests above mean something."""
    card = adaptive_card(message(), 1_000)

    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**card, "body": [{"type": "TextBlok", "text": "x"}]})


def test_the_envelope_is_the_documented_one() -> None:
    envelope = json.decode(teams_body(message()))

    assert envelope["type"] == "message"
    (attachment,) = envelope["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert (attachment["contentUrl"], attachment["content"]["version"]) == (None, "1.4")


@settings(max_examples=20)
@given(
    text=st.one_of(st.text(max_size=1_000), st.sampled_from(["*" * 1_000, "😀" * 1_000])),
    count=st.sampled_from([1, 20, 1_000]),
)
def test_any_message_is_small_enough(text: str, count: int) -> None:
    notes = RuleNotes(description=text, owner=text, runbook=text)
    notified = message(count, text=text, title=text, resource_name=text[:128], notes=notes)

    assert len(teams_body(notified)) <= LARGEST


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a *b* _c_ [d](https://e)", r"a \*b\* \_c\_ \[d\](https://e)"),
        ("(?P<team>a&b)", r"(?P\<team\>a&b)"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        ("on the air for 5h - 4h", "on the air for 5h - 4h"),
        ("a\n# b", "a\n\n\\# b"),
        ("a\\b", r"a\\b"),
    ],
)
def test_what_markdown_reads_as_markup_is_escaped(text: str, escaped: str) -> None:
    assert markdown(text, 100) == escaped


@given(st.text(alphabet="\\`*_[]<>~#+-1.)a \n", max_size=40))
def test_without_its_escapes_the_text_is_as_it_was(text: str) -> None:
    plain = re.sub(r"\\([\\`*_\[\]<>~#+.)-])", r"\1", markdown(text, 100))

    assert plain == text.replace("\n", "\n\n")


def test_an_incident_says_all_once() -> None:
    card = adaptive_card(message(), 1_000)

    said = texts_of(card)
    for once in ("on the air for 5h", "no-marathons", "Four hours are enough.", "11:00:00 UTC"):
        assert sum(once in each for each in said if "breach" not in each) == 1 + (
            once == "no-marathons"
        ), once
    assert [each["url"] for each in card["actions"]] == [
        "https://wiki.example.com/marathons",
        "https://eu-west-1.console.aws.amazon.com/ivs/channels/abcdABCDefgh",
    ]


def test_an_address_in_a_tag_is_no_button() -> None:
    card = adaptive_card(message(owner="https://evil.example/login"), 1_000)

    assert [each["title"] for each in card["actions"]] == ["runbook", "console"]
    assert "https://evil.example/login" in texts_of(card)


def test_a_digest_is_a_list() -> None:
    said = texts_of(adaptive_card(message(25, text="lacks the tag team."), 1_000))

    assert said.count("• Studio Zwölf: opened. lacks the tag team.") == 20
    assert any(each.startswith("5 more.") for each in said)


@pytest.mark.parametrize(
    ("changes", "style"),
    [
        ({"severity": Severity.CRITICAL}, "attention"),
        ({"severity": Severity.LOW}, "default"),
        ({"status": NotificationStatus.RESOLVED}, "good"),
    ],
)
def test_the_style_is_that_of_the_severity(changes: dict[str, Any], style: str) -> None:
    assert adaptive_card(message(**changes), 1_000)["body"][0]["style"] == style


def test_it_is_posted_without_a_stream_key() -> None:
    pool = Pool()

    TeamsDestination(lambda: "https://example.com/x", service(pool)).deliver(leaking())

    (post,) = pool.posts
    assert b"REDACTED" in post["body"]
    assert b"mNoPqRsT" not in post["body"]
