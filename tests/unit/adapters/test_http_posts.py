"""What the answer to a POST means, and what no error says of it."""

import traceback
from datetime import timedelta
from ssl import SSLCertVerificationError
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from streamwarden.adapters.http_posts import is_https_or_loopback
from streamwarden.services.errors import (
    MessageRefused,
    PermanentError,
    TemporaryError,
    Throttled,
    Unanswered,
)
from tests.unit.adapters.posting import STREAM_KEY, Pool, answer, service

ADDRESS = "https://hooks.example.com/services/T0AB/B0CD/s3cr3tT%2Fken?sig=0therS3cret"
CONNECTION = HTTPSConnection("hooks.example.com")


def error_of(found: Any, secrets: tuple[str, ...] = ()) -> Exception:
    with pytest.raises((TemporaryError, PermanentError)) as caught:
        service(Pool([found])).post(ADDRESS, b"{}", secrets=secrets)
    return caught.value


def test_a_post_is_sent_once_and_goes_nowhere_else() -> None:
    pool = Pool()

    service(pool).post(ADDRESS, b"{}", {"X-Room": "ops"})

    (post,) = pool.posts
    assert (post["method"], post["url"], post["body"]) == ("POST", ADDRESS, b"{}")
    assert post["headers"] == {"Content-Type": "application/json", "X-Room": "ops"}
    assert (post["retries"], post["redirect"]) == (False, False)
    assert (post["timeout"].connect_timeout, post["timeout"].total) == (2.0, 5.0)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_is_taken_raises_nothing(status: int) -> None:
    service(Pool([answer(status)])).post(ADDRESS, b"{}")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, MessageRefused),
        (413, MessageRefused),
        (422, MessageRefused),
        (401, PermanentError),
        (403, PermanentError),
        (404, PermanentError),
        (410, PermanentError),
        (301, PermanentError),
        (307, PermanentError),
        (408, TemporaryError),
        (425, TemporaryError),
        (500, TemporaryError),
        (502, TemporaryError),
        (503, TemporaryError),
        (429, Throttled),
    ],
)
def test_a_status_says_whether_the_same_message_may_be_taken_later(
    status: int, kind: type[Exception]
) -> None:
    assert type(error_of(answer(status))) is kind


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("30", timedelta(seconds=30)),
        (" 1 ", timedelta(seconds=1)),
        ("Sat, 14 Mar 2026 12:00:45 GMT", timedelta(seconds=45)),
        ("Sat, 14 Mar 2026 11:00:00 GMT", timedelta(0)),
        ("9" * 400, timedelta(days=3)),
        ("Sat, 14 Mar 9999 12:00:45 GMT", timedelta(days=3)),
        ("soon", timedelta(0)),
        ("-5", timedelta(0)),
        ("Sat, 99 Foo 2026", timedelta(0)),
        ("0 Jan 10000000000 0:0", timedelta(0)),
    ],
)
def test_a_service_says_when_to_come_again(status: int, asked: str, wait: timedelta) -> None:
    error = error_of(answer(status, headers={"Retry-After": asked}))

    assert isinstance(error, Throttled)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "error",
    [
        NewConnectionError(CONNECTION, "refused"),
        NameResolutionError("hooks.example.com", CONNECTION, OSError("unknown")),  # type: ignore[arg-type]
        ConnectTimeoutError(CONNECTION, "timed out"),
        SSLError(SSLCertVerificationError("expired")),
    ],
)
def test_what_was_never_sent_is_not_unanswered(error: HTTPError) -> None:
    assert type(error_of(error)) is TemporaryError


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(None, ADDRESS, "timed out"),  # type: ignore[arg-type]
        ProtocolError("Connection aborted.", ConnectionResetError()),
        SSLError("bad record"),
        ConnectionResetError(),
    ],
)
def test_nobody_knows_whether_it_was_taken(error: Exception) -> None:
    assert type(error_of(error)) is Unanswered


def test_nobody_knows_whether_it_was_taken_where_the_whole_post_takes_too_long() -> None:
    """Each address, and each part of an answer, has a time-out of its own."""
    pool = _Endless()
    endless: Any = pool

    with pytest.raises(Unanswered, match="no whole answer within 0 seconds"):
        replace(service(Pool()), pool=endless, deadline_seconds=0).post(ADDRESS, b"{}")
    pool.is_over.set()


class _Endless:
    """A pool whose service answers a byte now and then."""

    def __init__(self) -> None:
        self.is_over = Event()

    def request(self, method: str, url: str, **given: Any) -> Any:
        self.is_over.wait()
        return answer(200)


def test_the_words_of_a_refusal_are_quoted_in_brief() -> None:
    refusal = error_of(answer(404, "no_service\r\n\x00"))

    assert str(refusal) == (
        "the service answered 404: no_service; "
        "check the secret streamwarden/destinations/the-secret"
    )
    assert len(str(error_of(answer(400, "x" * 5_000)))) < 300


def test_a_page_is_not_quoted() -> None:
    page = answer(404, "<html>", headers={"Content-Type": "text/html; charset=utf-8"})

    assert "<html>" not in str(error_of(page))


@pytest.mark.parametrize(
    "found",
    [
        answer(404, f"cannot POST {ADDRESS}"),
        answer(500, "no route for /services/t0ab/b0cd/S3CR3TT%2FKEN"),
        answer(429, "no route for s3cr3tT/ken"),
        answer(400, "sig=0therS3cret is over"),
        answer(400, "the key 4b1dKey is unknown"),
        answer(401, "bearer b34rerT0ken"),
        answer(401, "who is b34rerT0ken?"),
        answer(400, f"what is {STREAM_KEY}?"),
        ReadTimeoutError(None, ADDRESS, f"{ADDRESS} timed out"),  # type: ignore[arg-type]
        NewConnectionError(CONNECTION, f"{ADDRESS} is away"),
    ],
)
def test_no_error_holds_a_secret(found: Any) -> None:
    error = error_of(found, secrets=("4b1dKey", "Bearer b34rerT0ken"))

    shown = "".join(traceback.format_exception(error)) + repr(error.__context__)
    for secret in ("s3cr3tt", "b0cd", "0thers3cret", "4b1dkey", "b34rert0ken", "mNoPqRsT"):
        assert secret.lower() not in shown.lower()


@pytest.mark.parametrize(
    ("address", "is_taken"),
    [
        ("https://hooks.slack.com/services/T0/B0/x", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://127.8.9.1/x", True),
        ("http://[::1]:8080/x", True),
        ("http://localhost:8080", True),
        ("http://hooks.slack.com/services/T0/B0/x", False),
        ("http://127.0.0.1.example.com/x", False),
        ("http://localhost.example.com/x", False),
        ("http://127.0.0.1@example.com/x", False),
        ("https://user:word@example.com/x", False),
        ("https://example.com/a b", False),
        ("https://example.com/ä", False),
        ("https://example.com/\n", False),
        ("https://", False),
        ("https://example.com:x", False),
        ("ftp://127.0.0.1/x", False),
        ("hooks.slack.com", False),
        ("", False),
    ],
)
def test_a_secret_is_sent_by_https_or_to_this_machine(address: str, is_taken: bool) -> None:
    assert is_https_or_loopback(address) is is_taken
