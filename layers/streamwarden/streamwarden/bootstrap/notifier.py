"""notify: tells people."""

import os
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import InOrder, Unprocessable
from streamwarden.adapters.destinations import destination_at
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveryLog
from streamwarden.adapters.sqs import DeadLetters, Message, read_notification
from streamwarden.bootstrap import runtime
from streamwarden.services.errors import PermanentError
from streamwarden.services.notify import Notifier
from streamwarden.settings import NotifySettings


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    service = Notifier(
        {
            route: destination_at(route, target, runtime.client, runtime.now)
            for route, target in settings.targets.items()
        },
        DynamoDeliveryLog(runtime.client("dynamodb"), settings.table_name),
        runtime.now,
    )
    batch = InOrder(
        DeadLetters(runtime.client("sqs"), settings.dead_letter_queue_url),
        int(settings.max_receives),
        observability.logger,
    )

    def deliver(message: Message) -> None:
        notification = runtime.read(read_notification, message)
        route = message.group or ""
        try:
            is_new = service.deliver(route, notification)
        except PermanentError as refusal:
            # Asking again would only hold back everything else on the route.
            raise Unprocessable(str(refusal)) from refusal
        if is_new:
            observability.record_delivery(route, notification)

    return runtime.counted(lambda event: batch.receive(event, deliver))
