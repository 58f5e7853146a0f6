"""What an error of AWS says of the request: refused, not made, or made and not answered."""

from typing import Any, Final

import pytest
from botocore import exceptions

from streamwarden.adapters.aws_errors import translated
from streamwarden.services.errors import PermanentError, TemporaryError, Unanswered

DENIED: Final = exceptions.ClientError(
    {"Error": {"Code": "AccessDenied", "Message": "no"}}, "Publish"
)
URL: Final = "https://sns.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.ReadTimeoutError(endpoint_url=URL), Unanswered),
        (exceptions.ConnectionClosedError(endpoint_url=URL), Unanswered),
        (exceptions.SSLError(endpoint_url=URL, error=Exception("bad record mac")), Unanswered),
        (exceptions.HTTPClientError(error=Exception("IncompleteRead")), Unanswered),
        (exceptions.ProxyConnectionError(proxy_url=URL), TemporaryError),
        (exceptions.ConnectTimeoutError(endpoint_url=URL), TemporaryError),
        (exceptions.EndpointConnectionError(endpoint_url=URL), TemporaryError),
    ],
)
def test_only_what_was_sent_may_have_been_carried_out(
    error: Exception, kind: type[TemporaryError]
) -> None:
    with pytest.raises(TemporaryError, match="sns:Publish: ") as caught, translated("sns:Publish"):
        raise error

    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("RequestTimeout", 400),
        ("RequestTimeoutException", 400),
        ("PriorRequestNotComplete", 400),
        ("SlowDown", 400),
        ("BandwidthLimitExceeded", 400),
        ("Unknown", 408),
    ],
)
def test_what_botocore_would_try_again_may_succeed_later(code: str, status: int) -> None:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    with pytest.raises(TemporaryError), translated("sns:Publish"):
        raise exceptions.ClientError(answer, "Publish")


@pytest.mark.parametrize(
    ("remedies", "said"),
    [({}, "no"), ({"AccessDenied": "allow it"}, "no; allow it"), ({"NotFound": "make it"}, "no")],
)
def test_an_error_says_what_to_do_where_that_is_known(remedies: dict[str, str], said: str) -> None:
    with pytest.raises(PermanentError) as caught, translated("sns:Publish", remedies):
        raise DENIED

    assert str(caught.value) == f"sns:Publish: AccessDenied: {said}"
