"""notify: tells people."""

import os
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import InOrder, Unprocessable
from streamwarden.adapters.destinations import destination_at
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveryLog
from streamwarden.adapters.sqs import DeadLetters, Message, SourceQueue, read_notification
from streamwarden.bootstrap import runtime
from streamwarden.services.errors import PermanentError
from streamwarden.services.notify import Notifier
from streamwarden.settings import NotifySettings


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    sqs = runtime.client("sqs")
    service = Notifier(
        {
            route: destination_at(route, target, runtime.client, runtime.now)
            for route, target in settings.targets.items()
        },
        DynamoDeliveryLog(runtime.client("dynamodb"), settings.table_name),
        runtime.now,
    )
    batch = InOrder(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=DeadLetters(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        logger=observability.logger,
    )

    def deliver(message: Message) -> None:
        notification = runtime.read(read_notification, message)
        route = message.group or ""
        try:
            delivery = service.deliver(route, notification)
        except PermanentError as refusal:
            # Asking again would only hold back everything else on the route.
            raise Unprocessable(str(refusal)) from refusal
        if delivery.is_new:
            observability.record_delivery(route, notification, delivery.obstacle)

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, deliver))
