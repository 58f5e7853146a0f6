"""Signatures that any receiver of Standard Webhooks can check."""

from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks

from streamwarden.adapters.standard_webhooks import headers_of, signing_keys

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_c3RyZWFtd2FyZGVuLXN0cmVhbXdhcmRlbi0xMjM0"
BODY = '{"title": "Zwölf"}'.encode()


def now() -> datetime:
    """The verifier takes what is a few minutes old at most, by its own clock."""
    return datetime.now(UTC)  # noqa: TID251


@pytest.mark.parametrize("secret", [SECRET, f"{OTHER} {SECRET}", f"{SECRET} {OTHER}"])
def test_the_published_verifier_takes_what_is_signed(secret: str) -> None:
    headers = headers_of("5f1c", BODY, signing_keys(secret), now())

    verified = standardwebhooks.Webhook(SECRET).verify(BODY, dict(headers))

    assert verified == {"title": "Zwölf"}


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_a_signature_is_of_one_message_at_one_time(name: str) -> None:
    headers = headers_of("1773", BODY, signing_keys(SECRET), now() - timedelta(seconds=5))
    other = str(int(headers[name]) + 1)

    with pytest.raises(standardwebhooks.WebhookVerificationError, match="No matching signature"):
        standardwebhooks.Webhook(SECRET).verify(BODY, {**headers, name: other})


def test_without_a_key_a_message_has_its_id_and_no_signature() -> None:
    moment = datetime(2026, 3, 14, 12, tzinfo=UTC)

    assert headers_of("5f1c", BODY, (), moment) == {
        "webhook-id": "5f1c",
        "webhook-timestamp": "1773489600",
    }


@pytest.mark.parametrize(
    "secret",
    ["", "s3cret", "whsec_", "whsec_s3cret!", "whsec_c2hvcnQ=", SECRET.removeprefix("whsec_")],
)
def test_what_is_no_signing_secret_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match="signing secret") as refused:
        signing_keys(secret)

    assert "s3cret" not in str(refused.value)
