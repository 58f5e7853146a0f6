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
        notice = redacted_struct(notification)
        body = json.dumps({"text": f"*{format_headline(notice)}*\n{format_message(notice)}"})
        try:
            answer = self.pool.request(
                "POST",
                self.address(),
                body=body,
                headers={"Content-Type": "application/json"},
                timeout=_TIMEOUT_SECONDS,
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
    """The webhook's URL, which is the whole secret. Raises TryAgain, Refused."""
    with translated("secretsmanager:GetSecretValue"):
        return client.get_secret_value(SecretId=secret_arn)["SecretString"].strip()


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
