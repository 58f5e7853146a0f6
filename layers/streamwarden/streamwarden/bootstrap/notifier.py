"""notify: hands notifications to their destinations."""

import os
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import InOrder
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.sqs import (
    DeadLetters,
    Message,
    SourceQueue,
    SqsWakes,
    read_notification,
)
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import routing_at
from streamwarden.services.notify import Notifier
from streamwarden.settings import NotifySettings


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    sqs = runtime.client("sqs")
    service = Notifier(
        DynamoDeliveries(runtime.client("dynamodb"), settings.table_name, runtime.now),
        routing_at(settings.policy_path),
        SqsWakes(sqs, settings.delivery_queue_url),
        runtime.now,
    )
    batch = InOrder(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=DeadLetters(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        logger=observability.logger,
    )

    def take(message: Message) -> None:
        notification = runtime.read(read_notification, message)
        observability.record_taken(notification, service.take(notification))

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, take))
