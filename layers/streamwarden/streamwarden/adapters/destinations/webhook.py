"""A webhook that understands Slack's JSON. Its address is a secret, in Secrets Manager."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import urllib3
from msgspec import Struct

from streamwarden.adapters.aws_errors import translated
from streamwarden.adapters.destinations import Clients
from streamwarden.adapters.notification_text import format_headline, format_message
from streamwarden.domain.redaction import redacted_struct
from streamwarden.domain.verdicts import Notification
from streamwarden.services.errors import PermanentError, TemporaryError
from streamwarden.services.ports import Clock, Destination

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

_TIMEOUT_SECONDS: Final = 5.0
# A webhook that moved must not need a new deployment: its address is read again after 5 minutes.
_ADDRESS_KEPT_SECONDS: Final = 300


class WebhookDestination(Struct, frozen=True):
    """Destination over a Slack-compatible incoming webhook; `address` gives the secret URL."""

    address: Callable[[], str]
    pool: urllib3.PoolManager

    def deliver(self, notification: Notification) -> None:
        redacted = redacted_struct(notification)
        body = json.dumps({"text": f"*{format_headline(redacted)}*\n{format_message(redacted)}"})
        try:
            answer = self.pool.request(
                "POST",
                self.address(),
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=urllib3.Timeout(total=_TIMEOUT_SECONDS),
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            # Not the error's text: it holds the address, which is a secret.
            raise TemporaryError(
                f"the webhook cannot be reached ({type(error).__name__})"
            ) from None
        _judge(answer.status)


def destination(target: str, clients: Clients, clock: Clock) -> Destination:
    """`target` is the ARN of the secret."""
    secrets = clients("secretsmanager")
    address = _kept(lambda: _webhook_address(secrets, target), clock)
    return WebhookDestination(address, urllib3.PoolManager())


def _webhook_address(client: "SecretsManagerClient", secret_arn: str) -> str:
    """The webhook's URL, which the secret holds. Raises TemporaryError, PermanentError."""
    with translated("secretsmanager:GetSecretValue"):
        secret = client.get_secret_value(SecretId=secret_arn)
    if "SecretString" not in secret:
        raise _no_address("bytes")
    address = _only_value(secret["SecretString"].strip())
    if not _is_address(address):
        raise _no_address("a text that is none" if address else "nothing")
    return address


def _only_value(text: str) -> str:
    """The text itself, or the value of a JSON object with one: the console makes such secrets."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    if not isinstance(document, dict):
        return text
    if len(document) != 1:
        raise _no_address(f"JSON with {len(document)} values")
    (value,) = document.values()
    if not isinstance(value, str):
        raise _no_address("JSON whose value is no text")
    return value.strip()


def _is_address(text: str) -> bool:
    try:
        url = urllib3.util.parse_url(text)
    except urllib3.exceptions.LocationParseError:
        return False
    return url.scheme in ("http", "https") and bool(url.host)


def _no_address(found: str) -> PermanentError:
    """Without what was found, which may be a part of the address."""
    return PermanentError(
        "the secret of the webhook must hold its address (https://…), alone or as the one value of"
        f" a JSON object; it holds {found}"
    )


def _judge(status: int) -> None:
    if status == 429 or status >= 500:
        raise TemporaryError(f"the webhook answered {status}")
    if status >= 300:
        raise PermanentError(f"the webhook answered {status}; check its address in the secret")


def _kept(read: Callable[[], str], clock: Clock) -> Callable[[], str]:
    kept: list[tuple[float, str]] = []

    def address() -> str:
        moment = clock().timestamp()
        if not kept or moment - kept[0][0] > _ADDRESS_KEPT_SECONDS:
            kept[:] = [(moment, read())]
        return kept[0][1]

    return address
