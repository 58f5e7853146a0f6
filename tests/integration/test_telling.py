"""Notices go out once per destination, and a destination that is away delays no other."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from streamwarden.domain.inputs import ResourceListed, envelope_of
from streamwarden.domain.verdicts import Notification, NotificationStatus, Severity
from tests.integration.driver import NOON, Stack, arn_of

PATH = "/services/T0/B0/s3cret"
KEY = "sk_eu-west-1_aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789ab"


@dataclass
class Webhook:
    """A chat service on this machine that answers as it is told."""

    address: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.received.append(json.loads(body))
            self.send_response(hook.answers.pop(0) if hook.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.address = f"http://127.0.0.1:{server.server_port}{PATH}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield hook
        server.shutdown()
        thread.join()


@pytest.fixture
def notifying(deploy: Any, webhook: Webhook) -> Stack:
    """A stack that tells the webhook as well."""
    stack: Stack = deploy()
    secrets = stack.client("secretsmanager")
    arn = secrets.create_secret(Name="hook", SecretString=f"{webhook.address}\n")["ARN"]
    stack.refs["WebhookSecretArn"] = arn
    return stack


def notification(**changes: Any) -> dict[str, Any]:
    given = Notification(
        id="n-1",
        rule_id="no-marathons",
        severity=Severity.HIGH,
        status=NotificationStatus.OPENED,
        resource_arn=arn_of("studio"),
        resource_name="Studio Zwölf",
        stream_id="st-1",
        title="Studio Zwölf: no-marathons breach",
        text="on the air for 5h; 4h is allowed.",
        at=NOON,
    )
    return {**msgspec.to_builtins(given), **changes}


def notify_about(
    stack: Stack, route: str, given: dict[str, Any], age: timedelta = timedelta(0)
) -> list[str]:
    return stack.deliver("Notify", given, group=route, age=age)


def test_the_topic_is_notified_once(stack: Stack) -> None:
    published = _listen(stack)

    assert notify_about(stack, "sns", notification()) == []

    (message,) = published()
    assert message["Subject"] == "[high] Studio Zw?lf: no-marathons breach"
    assert message["MessageAttributes"]["severity"]["Value"] == "high"
    assert message["MessageAttributes"]["rule"]["Value"] == "no-marathons"
    assert "channel: Studio Zwölf (arn:aws:ivs:" in message["Message"]
    assert "at: 2026-03-14 12:00:00 UTC" in message["Message"]


def test_what_the_queue_forgot_is_not_notified_again(stack: Stack) -> None:
    """A FIFO queue takes a message again after five minutes: a crash sends it again then."""
    published = _listen(stack)
    notify_about(stack, "sns", notification())
    stack.later(minutes=6)

    assert notify_about(stack, "sns", notification()) == []

    assert len(published()) == 1
    (item,) = [each for each in stack.items() if each["pk"]["S"].startswith("delivered/")]
    assert int(item["expires_at"]["N"]) == (NOON + timedelta(days=14)).timestamp()


def test_a_long_subject_is_cut(stack: Stack) -> None:
    published = _listen(stack)

    notify_about(stack, "sns", notification(title="a\nb" * 100))

    (message,) = published()
    assert len(message["Subject"]) == 100
    assert "\n" not in message["Subject"]


def test_the_webhook_is_told_in_slacks_json(notifying: Stack, webhook: Webhook) -> None:
    assert notify_about(notifying, "webhook", notification()) == []

    (body,) = webhook.received
    assert body["text"].startswith("*[high] Studio Zwölf: no-marathons breach*\non the air for 5h")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_webhook_that_is_busy_is_notified_again(
    notifying: Stack, webhook: Webhook, status: int
) -> None:
    webhook.answers.append(status)

    assert len(notify_about(notifying, "webhook", notification())) == 1
    assert notify_about(notifying, "webhook", notification()) == []

    assert len(webhook.received) == 2


def test_a_webhook_that_does_not_exist_ends_in_the_deads(
    notifying: Stack, webhook: Webhook
) -> None:
    webhook.answers += [404]

    assert notify_about(notifying, "webhook", notification()) == []

    (dead,) = notifying.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"] == (
        "Unprocessable: the webhook answered 404; check its address in the secret"
    )
    assert dead.group == "webhook"


def test_a_redirect_is_not_followed(notifying: Stack, webhook: Webhook) -> None:
    webhook.answers.append(302)

    notify_about(notifying, "webhook", notification())

    assert len(webhook.received) == 1


def test_a_webhook_that_is_away_delays_only_itself(notifying: Stack, webhook: Webhook) -> None:
    webhook.answers += [500, 500]
    published = _listen(notifying)
    waiting, fine = notification(id="n-1"), notification(id="n-2")

    again = notifying.deliver_grouped(
        "Notify", [(waiting, "webhook"), (fine, "sns"), (fine, "webhook")]
    )

    assert [json.loads(body)["id"] for body in again] == ["n-1", "n-2"]
    assert len(webhook.received) == 1
    assert len(published()) == 1


def test_what_waits_behind_a_notification_that_fails_is_not_deaded_for_it(
    notifying: Stack, webhook: Webhook
) -> None:
    """SQS counts a receive for each that waits, every time."""
    ten = [(notification(id=f"n-{at}"), "webhook") for at in range(10)]
    webhook.answers += [500, 500]

    assert len(notifying.deliver_grouped("Notify", ten, timedelta(hours=23))) == 10
    assert notifying.take("NotificationQueueDeadLetters") == []
    assert notifying.deliver_grouped("Notify", ten, timedelta(hours=24)) == []

    (dead,) = notifying.take("NotificationQueueDeadLetters")
    assert dead.body["id"] == "n-0"
    assert len(webhook.received) == 1 + 10


def test_a_webhook_that_nobody_answers_never_shows_its_address(notifying: Stack) -> None:
    secrets = notifying.client("secretsmanager")
    secrets.put_secret_value(SecretId="hook", SecretString=f"http://127.0.0.1:9{PATH}")

    assert len(notify_about(notifying, "webhook", notification())) == 1
    assert notify_about(notifying, "webhook", notification(), age=timedelta(days=1)) == []

    (dead,) = notifying.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"].startswith("TemporaryError: the webhook cannot be reached (")
    assert "s3cret" not in f"{notifying.output.getvalue()} {dead}"


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        ({"SecretString": "not an address s3cret"}, "a text that is none"),
        ({"SecretString": "http://"}, "a text that is none"),
        ({"SecretString": f"ftp://127.0.0.1{PATH}"}, "a text that is none"),
        ({"SecretString": f"https://127.0.0.1:x{PATH}"}, "a text that is none"),
        ({"SecretString": '{"url": "s3cret"}'}, "a text that is none"),
        ({"SecretString": '{"url": "https://s3cret", "room": "x"}'}, "JSON with 2 values"),
        ({"SecretString": "{}"}, "JSON with 0 values"),
        ({"SecretString": '{"url": 1}'}, "JSON whose value is no text"),
        ({"SecretString": '["https://s3cret"]'}, "a text that is none"),
        ({"SecretString": " "}, "nothing"),
        ({"SecretBinary": b"https://s3cret"}, "bytes"),
    ],
)
def test_a_secret_that_holds_no_address_is_refused_at_once_in_words(
    notifying: Stack, secret: dict[str, Any], found: str
) -> None:
    notifying.client("secretsmanager").put_secret_value(SecretId="hook", **secret)

    assert notify_about(notifying, "webhook", notification()) == []

    (dead,) = notifying.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"] == (
        "Unprocessable: the secret of the webhook must hold its address (https://…), alone or as"
        f" the one value of a JSON object; it holds {found}"
    )
    assert "s3cret" not in f"{notifying.output.getvalue()} {dead}"


@pytest.mark.parametrize("form", ["{address}", " {address}\n", '{{"url": "{address}"}}'])
def test_the_secret_holds_the_address_alone_or_as_the_console_makes_it(
    notifying: Stack, webhook: Webhook, form: str
) -> None:
    secret = form.format(address=webhook.address)
    notifying.client("secretsmanager").put_secret_value(SecretId="hook", SecretString=secret)

    assert notify_about(notifying, "webhook", notification()) == []

    assert len(webhook.received) == 1


def test_a_new_address_is_taken_after_five_minutes(notifying: Stack, webhook: Webhook) -> None:
    secrets = notifying.client("secretsmanager")
    secrets.put_secret_value(SecretId="hook", SecretString=f"http://127.0.0.1:9{PATH}")
    assert len(notify_about(notifying, "webhook", notification())) == 1
    secrets.put_secret_value(SecretId="hook", SecretString=webhook.address)
    notifying.now += timedelta(minutes=6)

    assert notify_about(notifying, "webhook", notification()) == []


def test_an_unknown_route_ends_in_the_deads(stack: Stack) -> None:
    assert notify_about(stack, "pager", notification()) == []

    (dead,) = stack.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"] == "Unprocessable: no destination is set up for route 'pager'"


def test_what_is_no_notice_is_dead_lettered_at_once(stack: Stack) -> None:
    assert notify_about(stack, "sns", {"title": 4}) == []

    (dead,) = stack.take("NotificationQueueDeadLetters")
    assert dead.attributes["reason"].startswith("Unprocessable: ")


def test_no_destination_hears_a_stream_key(notifying: Stack, webhook: Webhook) -> None:
    published = _listen(notifying)
    leaking = notification(title=f"{KEY} leaked", text=f"the key is {KEY}")

    notifying.deliver_grouped("Notify", [(leaking, "sns"), (leaking, "webhook")])

    assert len(published()) == len(webhook.received) == 1
    assert "aBcDeFgHiJkL" not in f"{published()} {webhook.received} {notifying.output.getvalue()}"


def _listen(stack: Stack) -> Any:
    """Subscribes a queue to the topic; gives what was published so far."""
    sqs, sns = stack.client("sqs"), stack.client("sns")
    stack.refs["ear"] = sqs.create_queue(QueueName="ear")["QueueUrl"]
    endpoint = "arn:aws:sqs:eu-west-1:123456789012:ear"
    sns.subscribe(TopicArn=stack.refs["AlertTopic"], Protocol="sqs", Endpoint=endpoint)
    received: list[Any] = []

    def published() -> list[Any]:
        received.extend(each.body for each in stack.take("ear"))
        return received

    return published


def test_incidents_that_follow_each_other_within_a_second_are_all_told(deploy: Any) -> None:
    stack = deploy("version: 1\nrules:\n  - {id: tls, kind: insecure_ingest, mode: notify}\n")
    studio = stack.channel("studio")
    stack.take("NotificationQueue")

    for is_insecure in (True, False, True, False):
        stack.later(milliseconds=100)
        listed = ResourceListed(
            resource_arn=studio,
            time=stack.now,
            settings={"name": "studio", "insecureIngest": is_insecure},
            tags={},
        )
        assert stack.deliver("StreamEvents", envelope_of(listed)) == []

    notified = [each.body["status"] for each in stack.take("NotificationQueue")]
    assert notified == ["opened", "resolved", "opened", "resolved"]
