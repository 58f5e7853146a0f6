"""notify: tells people."""

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

import urllib3

from streamwarden import observability
from streamwarden.adapters.batches import InOrder, Unprocessable
from streamwarden.adapters.destinations import (
    TopicDestination,
    WebhookDestination,
    webhook_address,
)
from streamwarden.adapters.sqs import DeadLetters, Message, read_notification
from streamwarden.bootstrap import runtime
from streamwarden.services.errors import PermanentError
from streamwarden.services.notify import Notifier
from streamwarden.services.ports import Destination
from streamwarden.settings import NotifySettings

# A webhook that moved must not need a new deployment: its address is read again after 5 minutes.
_ADDRESS_KEPT_SECONDS: Final = 300


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    service = Notifier(_destinations(settings))
    batch = InOrder(
        DeadLetters(runtime.client("sqs"), settings.dead_letter_queue_url),
        int(settings.max_receives),
        observability.logger,
    )

    def deliver(message: Message) -> None:
        notification = runtime.read(read_notification, message)
        route = message.group or ""
        try:
            service.deliver(route, notification)
        except PermanentError as refusal:
            # Asking again would only hold back everything else on the route.
            raise Unprocessable(str(refusal)) from refusal
        observability.record_delivery(route, notification)

    return runtime.counted(lambda event: batch.receive(event, deliver))


def _destinations(settings: NotifySettings) -> Mapping[str, Destination]:
    destinations: dict[str, Destination] = {
        "sns": TopicDestination(runtime.client("sns"), settings.topic_arn)
    }
    if settings.webhook_secret_arn:
        secrets = runtime.client("secretsmanager")
        destinations["webhook"] = WebhookDestination(
            _kept(lambda: webhook_address(secrets, settings.webhook_secret_arn)),
            urllib3.PoolManager(),
        )
    return destinations


def _kept(read: Callable[[], str]) -> Callable[[], str]:
    kept: list[tuple[float, str]] = []

    def address() -> str:
        moment = runtime.now().timestamp()
        if not kept or moment - kept[0][0] > _ADDRESS_KEPT_SECONDS:
            kept[:] = [(moment, read())]
        return kept[0][1]

    return address
