"""A session is made under MFA if it is asked for with a device and a code of it."""

import pytest

from ivs_simulator.local_aws.mfa import has_code

DEVICE = ["arn:aws:iam::210987654321:mfa/olga"]


@pytest.mark.parametrize(
    ("request_of_session", "expected"),
    [
        ({"SerialNumber": DEVICE, "TokenCode": ["123456"]}, True),
        ({"SerialNumber": DEVICE}, False),
        ({"TokenCode": ["123456"]}, False),
        ({"SerialNumber": DEVICE, "TokenCode": ["12345"]}, False),
        ({"SerialNumber": DEVICE, "TokenCode": ["secret"]}, False),
        ({}, False),
    ],
)
def test_a_code_of_a_device_is_mfa(
    request_of_session: dict[str, list[str]], expected: bool
) -> None:
    assert has_code(request_of_session) is expected
