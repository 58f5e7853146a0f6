"""Services on this machine that answer, refuse, hang or hang up, and what follows from it."""

import logging
import socket
import traceback
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from streamwarden.adapters.destinations import destination_of
from streamwarden.adapters.destinations.slack import SlackDestination
from streamwarden.adapters.http_posts import HttpService, https_pool
from streamwarden.domain.notifications.routing import DestinationSpec
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
    Unanswered,
)
from streamwarden.services.ports import Destination
from tests.integration.loopback import CLOSE, HANG, Service, serving
from tests.unit.adapters.posting import NOON, message, resources

PATH = "/services/T0AB/s3cr3tT0ken"
PAGER_KEY = "0123456789abcdef0123456789ABCDEF"


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as made:
        yield made


def destination(kind: str, address: str) -> Destination:
    """One of every kind, whose secret or option leads to an address."""
    if kind == "pagerduty":
        spec = DestinationSpec(
            name="x", kind=kind, secret="the-secret", options={"address": address}
        )
        return destination_of(spec, resources(PAGER_KEY))
    spec = DestinationSpec(name="x", kind=kind, secret="the-secret")
    return destination_of(spec, resources(f"{address}{PATH}"))


KINDS = pytest.mark.parametrize("kind", ["slack", "teams", "pagerduty", "webhook"])


@KINDS
def test_a_message_is_taken_once(service: Service, kind: str) -> None:
    destination(kind, service.address).deliver(message())

    ((path, body),) = service.received
    assert path == ("/v2/enqueue" if kind == "pagerduty" else PATH)
    assert "no-marathons" in str(body)


@KINDS
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, Throttled),
        (503, Throttled),
        (500, TemporaryError),
        (400, MessageRefused),
        (404, PermanentError),
        (302, PermanentError),
        (CLOSE, Unanswered),
    ],
)
def test_an_answer_says_what_to_do_and_no_secret_is_told(
    service: Service,
    kind: str,
    status: int | str,
    error: type[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    service.answers = [status]
    service.headers = {"Retry-After": "7", "Location": f"{service.address}/elsewhere"}

    with pytest.raises(error) as caught:
        destination(kind, service.address).deliver(message())

    assert type(caught.value) is error
    assert len(service.received) == 1
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "s3cr3tT0ken" not in shown
    assert PAGER_KEY not in shown
    if isinstance(caught.value, Throttled):
        assert caught.value.retry_after.total_seconds() == 7


@KINDS
def test_a_service_that_refuses_the_connection_was_not_told(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(TemporaryError, match="cannot be reached") as caught:
        destination(kind, f"http://127.0.0.1:{port}").deliver(message())

    assert type(caught.value) is TemporaryError


def test_a_service_that_hangs_is_left_and_may_have_been_told(service: Service) -> None:
    service.answers = [HANG]
    impatient = HttpService(
        name="Slack", secret="s/chat", pool=https_pool(), clock=lambda: NOON, timeout_seconds=0.2
    )

    with pytest.raises(Unanswered, match="gave no answer"):
        SlackDestination(lambda: f"{service.address}{PATH}", impatient).deliver(message())

    assert len(service.received) == 1


def test_after_every_answer_the_next_message_is_taken(service: Service) -> None:
    """No connection of an earlier message is used again, whatever became of it."""
    service.answers = [500, CLOSE, 429, 200]
    slack = destination("slack", service.address)

    for _ in range(3):
        with pytest.raises(TemporaryError):
            slack.deliver(message())
    slack.deliver(replace(message(), id="other"))

    assert len(service.received) == 4


def test_a_proxy_of_the_environment_is_not_used(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    destination("webhook", service.address).deliver(message())

    assert len(service.received) == 1
