"""No call of AWS is begun that may outlast the invocation, in whichever thread."""

from contextvars import ContextVar
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from streamwarden import __version__
from streamwarden.bootstrap import runtime
from streamwarden.services.errors import TemporaryError


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client whose every call is answered with nothing."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    unlimited: ContextVar[runtime.SecondsLeft] = ContextVar("test", default=lambda: 900)
    monkeypatch.setattr(runtime, "_INVOCATION", unlimited)
    runtime.session.cache_clear()
    made = runtime.client("sqs")
    raw: Any = SimpleNamespace(stream=lambda: [b"{}"])
    made.meta.events.register_last(
        "before-send", lambda **_: AWSResponse("", 200, HTTPHeaders(), raw)
    )
    return made


def test_cloudtrail_names_the_software_that_calls(sqs: Any) -> None:
    headers: list[str] = []
    sqs.meta.events.register_first(
        "before-send", lambda request, **_: headers.append(request.headers["User-Agent"].decode())
    )

    sqs.list_queues()

    (header,) = headers
    assert header.startswith(f"Streamwarden/{__version__} ")


def of(seconds: float) -> Any:
    return SimpleNamespace(get_remaining_time_in_millis=lambda: int(seconds * 1000))


def test_a_call_is_made_while_it_has_time(sqs: Any) -> None:
    runtime.seconds_left(of(10))

    assert sqs.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_call_that_may_outlast_the_invocation_is_not_begun(sqs: Any) -> None:
    runtime.seconds_left(of(9))

    with pytest.raises(TemporaryError, match="9 seconds are left, and a call may take 10"):
        sqs.list_queues()


def test_work_in_the_background_is_under_way_before_it_is_asked_for() -> None:
    begun = Event()

    runtime.in_background(begun.set)

    assert begun.wait(timeout=60)


def test_work_that_nobody_asks_for_holds_up_no_other() -> None:
    is_over = Event()
    runtime.in_background(is_over.wait)
    try:
        assert runtime.in_background(lambda: "done")() == "done"
    finally:
        is_over.set()


def test_a_call_in_the_background_has_the_time_of_the_invocation(sqs: Any) -> None:
    runtime.seconds_left(of(9))

    result = runtime.in_background(sqs.list_queues)

    with pytest.raises(TemporaryError, match="9 seconds are left"):
        result()
