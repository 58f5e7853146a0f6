"""notify: sends what waits for a destination."""

import os
from datetime import timedelta
from functools import cache
from typing import Final

from streamwarden import observability
from streamwarden.adapters.batches import InOrder
from streamwarden.adapters.destination_secrets import DestinationSecrets
from streamwarden.adapters.destinations import Resources, destination_of, limits_of
from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.sqs import (
    DeadLetters,
    Message,
    SourceQueue,
    SqsUndelivered,
    SqsWakes,
    read_wake,
)
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import routing_at
from streamwarden.services.deliver import Deliverer, Outlet
from streamwarden.settings import NotifySettings

# Others wait meanwhile: a destination that is told slowly goes on in another run.
_RUN_FOR: Final = timedelta(seconds=5)


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    sqs, dynamodb = runtime.client("sqs"), runtime.client("dynamodb")
    routing = routing_at(settings.policy_path)
    secrets = cache(lambda: _secrets(settings))
    resources = Resources(
        clients=cache(runtime.client),
        secrets=lambda name: secrets()(name),
        clock=runtime.now,
        stack_name=settings.stack_name,
        topic_arn=settings.topic_arn,
    )

    @cache
    def outlet(name: str) -> Outlet | None:
        spec = routing.destination(name)
        if spec is None:
            return None
        return Outlet(destination_of(spec, resources), limits_of(spec))

    service = Deliverer(
        deliveries=DynamoDeliveries(dynamodb, settings.table_name, runtime.now),
        outlets=outlet,
        routing=routing,
        controls=DynamoControls(dynamodb, settings.table_name),
        wakes=SqsWakes(sqs, settings.notification_queue_url),
        undelivered=SqsUndelivered(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        pause=runtime.pause,
        record=observability.record_delivery,
    )
    # Each batch holds one message, so that destinations do not wait for each other.
    batch = InOrder(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=DeadLetters(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        logger=observability.logger,
    )

    def deliver(message: Message) -> None:
        ends_at = runtime.now() + _RUN_FOR
        wake = runtime.read(read_wake, message)
        if wake.notification is not None:
            service.revive(wake.destination, wake.notification)
        service.run(wake.destination, lambda: runtime.now() < ends_at)

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, deliver))


def _secrets(settings: NotifySettings) -> DestinationSecrets:
    client = runtime.client("secretsmanager")
    return DestinationSecrets(client, settings.destination_secrets, runtime.now)
