"""The outbox of the functions that decide."""

from typing import Any

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.outbox import DeadLetter, StackOutbox
from streamwarden.adapters.sqs import SqsActions, SqsWakes
from streamwarden.bootstrap import runtime
from streamwarden.domain.notifications.routing import Routing
from streamwarden.services.notify import Notifier


def outbox_of(
    sqs: Any,
    dynamodb: Any,
    table_name: str,
    routing: Routing,
    notification_queue_url: str,
    action_queue_url: str | None = None,
    dead_letter: DeadLetter | None = None,
) -> StackOutbox:
    """Clients are those of the function, which uses them for more."""
    return StackOutbox(
        SqsActions(sqs, action_queue_url) if action_queue_url is not None else None,
        Notifier(
            DynamoDeliveries(dynamodb, table_name, runtime.now),
            routing,
            SqsWakes(sqs, notification_queue_url),
            runtime.now,
        ),
        dead_letter,
    )
