"""What an error of AWS says of the request: refused, not made, or made and not answered."""

from typing import Final

import pytest
from botocore import exceptions

from streamwarden.adapters.aws_errors import translated
from streamwarden.services.errors import TemporaryError, Unanswered

URL: Final = "https://sns.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (exceptions.ReadTimeoutError(endpoint_url=URL), Unanswered),
        (exceptions.ConnectionClosedError(endpoint_url=URL), Unanswered),
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
