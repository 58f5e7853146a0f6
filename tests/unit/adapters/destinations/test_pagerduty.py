"""An incident is one alert of PagerDuty, from its opening to its end."""

from copy import replace
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from msgspec import ValidationError, convert, json

from streamwarden.adapters.destinations import LeftToRight, destination_of, kind_of
from streamwarden.adapters.destinations.pagerduty import (
    Options,
    PagerDutyDestination,
    pagerduty_event,
)
from streamwarden.domain.levels import Severity
from streamwarden.domain.notifications.baseline_incident import as_one, baseline_key
from streamwarden.domain.notifications.message import Baseline, Message
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.verdicts import NotificationStatus, RuleNotes
from streamwarden.services.errors import MessageRefused, PermanentError, SecretUnusable
from tests.unit.adapters.posting import (
    STUDIO,
    Pool,
    answer,
    leaking,
    message,
    notification,
    resources,
    service,
)

KEY: Final = "0123456789abcdef0123456789ABCDEF"
ADDRESS: Final = "https://events.pagerduty.com"

LINKS: Final = {
    "type": "array",
    "items": {
        "required": ["href"],
        "properties": {"href": {"pattern": "^https://"}, "text": {"type": "string"}},
        "additionalProperties": False,
    },
}
PAYLOAD: Final = {
    "type": "object",
    "properties": {
        "summary": {"type": "string", "minLength": 1, "maxLength": 1_024},
        "source": {"type": "string", "minLength": 1},
        "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"},
        "severity": {"enum": ["critical", "error", "warning", "info"]},
        "class": {"type": "string"},
        "group": {"type": "string"},
        "custom_details": {"type": "object"},
    },
    "additionalProperties": False,
}


def documented(
    required: list[str], payload: list[str], action: dict[str, Any] | None = None
) -> dict[str, Any]:
    """What PagerDuty's Events API v2 documents of an event, less what we never send."""
    properties: dict[str, Any] = {
        "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
        "payload": {**PAYLOAD, "required": payload},
        "links": LINKS,
    }
    if action is not None:
        properties |= {
            "event_action": action,
            "dedup_key": {"type": "string", "minLength": 1, "maxLength": 255},
            "client": {"type": "string"},
        }
    return {
        "type": "object",
        "required": ["routing_key", *required],
        "properties": properties,
        "additionalProperties": False,
    }


TRIGGER: Final = documented(
    ["event_action", "dedup_key", "payload"],
    ["summary", "source", "severity"],
    {"const": "trigger"},
)
CHANGE_OF_ALERT: Final = documented(
    ["event_action", "dedup_key"], [], {"enum": ["acknowledge", "resolve"]}
)
CHANGE: Final = documented(["payload"], ["summary"])

S = NotificationStatus


@pytest.mark.parametrize(
    ("status", "path", "schema", "action"),
    [
        (S.OPENED, "/v2/enqueue", TRIGGER, "trigger"),
        (S.REPEATED, "/v2/enqueue", TRIGGER, "trigger"),
        (S.ESCALATED, "/v2/enqueue", TRIGGER, "trigger"),
        (S.ACKNOWLEDGED, "/v2/enqueue", CHANGE_OF_ALERT, "acknowledge"),
        (S.RESOLVED, "/v2/enqueue", CHANGE_OF_ALERT, "resolve"),
        (S.CHANGED, "/v2/change/enqueue", CHANGE, None),
        (S.WARNING, "/v2/change/enqueue", CHANGE, None),
    ],
)
def test_a_status_is_an_event_as_pagerduty_documents_it(
    status: S, path: str, schema: dict[str, Any], action: str | None
) -> None:
    pool = Pool()

    PagerDutyDestination(lambda: KEY, service(pool), ADDRESS).deliver(message(status=status))

    (post,) = pool.posts
    event = json.decode(post["body"])
    assert post["url"] == f"{ADDRESS}{path}"
    jsonschema.validate(event, schema)
    assert event.get("event_action") == action


def test_all_that_is_told_of_an_incident_has_its_key() -> None:
    keys = {
        pagerduty_event(message(status=status, incident="the-incident"))[1]["dedup_key"]
        for status in (S.OPENED, S.REPEATED, S.ESCALATED, S.ACKNOWLEDGED, S.RESOLVED)
    }

    assert keys == {"the-incident"}


@pytest.mark.parametrize(
    ("severity", "found"),
    [
        (Severity.CRITICAL, "critical"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "info"),
    ],
)
def test_severities_are_pagerdutys(severity: Severity, found: str) -> None:
    assert pagerduty_event(message(severity=severity))[1]["payload"]["severity"] == found


def test_an_alert_says_what_where_and_where_to_look() -> None:
    _, event = pagerduty_event(message())

    assert event["payload"]["source"] == STUDIO
    assert event["payload"]["class"] == "no-marathons"
    assert event["payload"]["group"] == "sports"
    assert event["payload"]["custom_details"]["status"] == "opened"
    assert event["links"] == [
        {"href": "https://wiki.example.com/marathons", "text": "Runbook"},
        {
            "href": "https://eu-west-1.console.aws.amazon.com/ivs/channels/abcdABCDefgh",
            "text": "Console",
        },
    ]


def test_what_is_too_long_or_no_link_does_not_cost_the_alert() -> None:
    notified = message(title="x" * 2_000, notes=RuleNotes(runbook="ask the desk"), owner="")

    _, event = pagerduty_event(notified)

    jsonschema.validate({"routing_key": KEY, **event}, TRIGGER)
    assert [each["text"] for each in event["links"]] == ["Console"]


def test_a_reminder_triggers_the_alert_that_is_open() -> None:
    reminder = replace(message(), is_reminder=True)

    _, event = pagerduty_event(reminder)

    assert event["event_action"] == "trigger"
    assert event["payload"]["summary"].startswith("still open: ")


def test_a_baseline_is_one_alert() -> None:
    notified = tuple(notification(is_baseline=True) for _ in range(700))
    baseline = Message(id="m", notifications=notified, baseline=Baseline(found=722, judged=800))

    _, event = pagerduty_event(as_one(baseline, baseline_key(notified[0])))

    jsonschema.validate({"routing_key": KEY, **event}, TRIGGER)
    assert event["payload"]["summary"].startswith("no-marathons: 722 of 800 channels in breach")
    assert event["dedup_key"].endswith("/baseline/no-marathons")
    # Events API v2: an event has at most 512 KB.
    assert len(json.encode(event)) < 10_000


def test_it_is_posted_without_a_stream_key() -> None:
    pool = Pool()

    PagerDutyDestination(lambda: KEY, service(pool), ADDRESS).deliver(leaking())

    (post,) = pool.posts
    assert b"REDACTED" in post["body"]
    assert b"mNoPqRsT" not in post["body"]


@pytest.mark.parametrize(
    ("words", "error", "remedy"),
    [
        (f"{KEY} is no routing_key", PermanentError, "; check the secret "),
        ("Invalid routing key", PermanentError, "; check the secret "),
        (f"{KEY}: the summary is too long", MessageRefused, ""),
    ],
)
def test_the_words_of_pagerduty_are_told_and_the_key_is_not(
    words: str, error: type[PermanentError], remedy: str
) -> None:
    """It answers 400 for a key that it does not know, as for a message that it does not take."""
    pool = Pool([answer(400, words)])

    with pytest.raises(PermanentError) as refused:
        PagerDutyDestination(lambda: KEY, service(pool), ADDRESS).deliver(message())

    assert type(refused.value) is error
    assert words.replace(KEY, "…") in str(refused.value)
    assert remedy in str(refused.value)
    assert KEY not in str(refused.value)


def destination(secret: str = KEY, **options: Any) -> PagerDutyDestination:
    spec = DestinationSpec(name="pager", kind="pagerduty", secret="the-secret", options=options)
    made = destination_of(spec, resources(secret))
    assert isinstance(made, LeftToRight)
    assert isinstance(made.destination, PagerDutyDestination)
    return made.destination


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "https://events.pagerduty.com"),
        ({"region": "eu"}, "https://events.eu.pagerduty.com"),
        ({"address": "http://127.0.0.1:8080/"}, "http://127.0.0.1:8080"),
        ({"address": "https://pager.example.com"}, "https://pager.example.com"),
    ],
)
def test_events_go_to_the_region_of_the_account(options: dict[str, Any], address: str) -> None:
    assert destination(**options).address == address


@pytest.mark.parametrize(
    "options",
    [{"region": "asia"}, {"address": "http://events.pagerduty.com"}, {"adress": "https://x.y"}],
)
def test_other_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        convert(options, Options)


@pytest.mark.parametrize("secret", [KEY, f" {KEY}\n", f'{{"key": "{KEY}"}}'])
def test_the_secret_holds_the_key_alone_or_as_the_console_makes_it(secret: str) -> None:
    assert destination(secret).key() == KEY


@pytest.mark.parametrize("secret", ["s3cret", "", f"{KEY}0", '{"a": "s3cret", "b": "x"}'])
def test_a_secret_that_holds_no_key_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(SecretUnusable, match="32 letters and digits") as refused:
        destination(secret).key()

    assert "s3cret" not in str(refused.value)


def test_each_incident_is_an_event_of_its_own() -> None:
    assert kind_of("pagerduty").limits.largest == 1
    # 120 a minute for one integration key.
    assert kind_of("pagerduty").limits.interval.total_seconds() >= 0.5


def test_a_long_incident_key_is_within_the_limit() -> None:
    """The key is made so; this is the test of the service that asks for it."""
    assert len(notification().incident) <= 255
