"""A webhook is sent the documented JSON, signed; or what the template of a policy makes of it."""

from copy import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from msgspec import ValidationError, convert, json

from streamwarden.adapters.destinations import destination_of, kind_of, limits_of
from streamwarden.adapters.destinations.webhook import (
    Endpoint,
    Options,
    WebhookDestination,
    endpoint_of,
)
from streamwarden.adapters.secret_values import Secret
from streamwarden.adapters.standard_webhooks import headers_of, signing_keys
from streamwarden.domain.notifications.document import message_document
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.errors import MessageRefused, SecretUnusable
from tests.unit.adapters.posting import NOON, Pool, leaking, message, resources, service

ADDRESS: Final = "https://hooks.example.com/s3cret"
SIGNING: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def posts_of(
    notified: Any, endpoint: Endpoint | None = None, **options: Any
) -> list[dict[str, Any]]:
    pool = Pool()
    made = WebhookDestination(
        endpoint=lambda: endpoint or Endpoint(address=ADDRESS),
        service=service(pool),
        options=convert(options, Options),
        clock=lambda: NOON + timedelta(minutes=5),
    )
    made.deliver(notified)
    return pool.posts


def test_a_message_is_sent_as_its_document() -> None:
    (post,) = posts_of(message(3))

    assert post["url"] == ADDRESS
    assert json.decode(post["body"]) == message_document(message(3))
    assert "webhook-signature" not in post["headers"]


def test_it_is_signed_with_its_id_and_the_time_of_the_try() -> None:
    endpoint = Endpoint(address=ADDRESS, keys=signing_keys(SIGNING))

    (post,) = posts_of(message(), endpoint)

    expected = headers_of("5f1c", post["body"], endpoint.keys, NOON + timedelta(minutes=5))
    assert expected["webhook-id"] == "5f1c"
    assert expected.items() <= post["headers"].items()


def test_headers_of_the_policy_and_the_authorization_of_the_secret_are_sent() -> None:
    endpoint = Endpoint(address=ADDRESS, authorization="GenieKey s3cret")

    (post,) = posts_of(message(), endpoint, headers={"X-Team": "video"})

    assert post["headers"]["Authorization"] == "GenieKey s3cret"
    assert post["headers"]["X-Team"] == "video"


def test_a_template_is_about_one_incident() -> None:
    posts = posts_of(message(3), template={"key": "{key}", "id": "{id}"})

    bodies = [json.decode(each["body"]) for each in posts]
    assert [each["key"][-2:] for each in bodies] == ["/0", "/1", "/2"]
    assert [each["id"] for each in bodies] == ["5f1c-1", "5f1c-2", "5f1c-3"]
    assert [each["headers"]["webhook-id"] for each in posts] == ["5f1c-1", "5f1c-2", "5f1c-3"]


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://x.example.com/v2/alerts", "https://x.example.com/v2/alerts/r%2F1/close?by=alias"),
        ("https://x.example.com/a/?t=1", "https://x.example.com/a/r%2F1/close?by=alias&t=1"),
    ],
)
def test_a_status_may_have_a_body_and_a_path_of_its_own(address: str, url: str) -> None:
    request = {"template": {"note": "{text}"}, "path": "/{rule}/close?by=alias"}
    options: dict[str, Any] = {
        "template": {"rule": "{rule}"},
        "by_status": {"resolved": request},
    }
    endpoint = Endpoint(address=address)

    (opened,) = posts_of(message(rule_id="r/1"), endpoint, **options)
    resolved = message(rule_id="r/1", text="over", status=NotificationStatus.RESOLVED)
    (closed,) = posts_of(resolved, endpoint, **options)

    assert (opened["url"], json.decode(opened["body"])) == (address, {"rule": "r/1"})
    assert (closed["url"], json.decode(closed["body"])) == (url, {"note": "over"})


def test_a_stream_key_is_in_no_body() -> None:
    template = {"a": "{text}", "b": "{document}", "c": "{title}"}
    variants: tuple[dict[str, Any], ...] = ({}, {"template": template})
    for options in variants:
        (post,) = posts_of(leaking(), **options)
        assert b"REDACTED" in post["body"]
        assert b"mNoPqRsT" not in post["body"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"template": "{severty}"}, r"no placeholder \{severty\}; there are account, "),
        ({"template": {}, "words": {"severty": {}}}, r"no placeholder \{severty\}"),
        ({"template": {}, "by_status": {"resolved": {"template": "{x}"}}}, r"placeholder \{x\}"),
        ({"template": {}, "by_status": {"gone": {"template": 1}}}, "gone"),
        (
            {"template": {}, "by_status": {"resolved": {"template": 1, "path": "close"}}},
            "path must begin with /",
        ),
        ({"template": "{owner}"}, "a template that is one placeholder is no body"),
        ({"template": {}, "by_status": {"resolved": {"template": "{tags:9}"}}}, "is no body"),
        ({"words": {"severity": {"high": "P2"}}}, "need a template"),
        ({"headers": {"Authorization": "x"}}, "Authorization belongs into the secret"),
        ({"headers": {"webhook-id": "x"}}, "cannot be set here"),
        ({"headers": {"Content-Length": "x"}}, "cannot be set here"),
        ({"headers": {"X-A": "a\r\nB: c"}}, "a value in ASCII"),
        ({"headers": {"X A": "a"}}, "a name of letters"),
        ({"tempate": {}}, "tempate"),
    ],
)
def test_options_that_cannot_work_are_refused_in_words(options: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        convert(options, Options)


def test_a_body_that_cannot_be_made_is_refused_and_takes_no_other_message_with_it() -> None:
    with pytest.raises(MessageRefused, match="cannot be made from the template"):
        posts_of(message(), template={"a": 1j})


def test_a_template_gets_one_incident_and_a_document_many() -> None:
    plain = DestinationSpec(name="a", kind="webhook", secret="the-secret")

    assert limits_of(replace(plain, options={"template": {}})).largest == 1
    assert limits_of(plain) == kind_of("webhook").limits
    assert limits_of(plain).largest > 1
    assert limits_of(replace(plain, kind="slack")) == kind_of("slack").limits


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        (ADDRESS, Endpoint(address=ADDRESS)),
        (f'{{"url": "{ADDRESS}"}}', Endpoint(address=ADDRESS)),
        (f'{{"address": "{ADDRESS}"}}', Endpoint(address=ADDRESS)),
        (
            f'{{"url": "{ADDRESS}", "secret": "{SIGNING}"}}',
            Endpoint(address=ADDRESS, keys=signing_keys(SIGNING)),
        ),
        (
            f'{{"url": " {ADDRESS}", "authorization": "Bearer x "}}',
            Endpoint(address=ADDRESS, authorization="Bearer x"),
        ),
    ],
)
def test_the_secret_holds_where_it_goes_and_how_it_shows_who_sends_it(
    text: str, endpoint: Endpoint
) -> None:
    assert endpoint_of(Secret("the-secret", text)) == endpoint
    assert "s3cret" not in repr(endpoint)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"url": "https://s3cret", "room": "x"}', "it holds more"),
        ('{"url": "https://s3cret", "secret": 1}', "one of them is none"),
        ('{"url": "s3cret", "secret": "x"}', "it holds a text that is none"),
        ('{"url": "https://s3cret", "secret": "s3cret"}', "cannot sign"),
        ('{"url": "https://s3cret", "authorization": "s3cret\\r\\nA: b"}', "is no header"),
        ('{"a": "https://s3cret", "b": "x"}', "JSON with 2 values"),
        ("s3cret", "a text that is none"),
        ("[]", "a text that is none"),
    ],
)
def test_another_secret_is_refused_in_words_without_showing_it(text: str, words: str) -> None:
    with pytest.raises(SecretUnusable, match=words) as refused:
        endpoint_of(Secret("the-secret", text))

    assert "s3cret" not in str(refused.value)


def test_the_secret_is_read_when_something_is_sent() -> None:
    """A run that finds a broken secret still sends what waits for other destinations."""
    spec = DestinationSpec(name="a", kind="webhook", secret="the-secret")

    made = destination_of(spec, resources("no address"))

    with pytest.raises(SecretUnusable, match="must hold an address"):
        made.deliver(message())
