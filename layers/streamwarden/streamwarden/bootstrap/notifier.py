"""notify: sends what waits for a destination."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from streamwarden import observability
from streamwarden.adapters.batches import InOrder
from streamwarden.adapters.destinations import Resources, destination_of, limits_of
from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.sqs import (
    DeadLetters,
    Message,
    SourceQueue,
    SqsInbox,
    SqsUndelivered,
    SqsWakes,
    read_wake,
)
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy_outline import routing_at
from streamwarden.domain.arn import place_of
from streamwarden.domain.notifications.routing import Routing
from streamwarden.domain.policy_outline import decided_under
from streamwarden.domain.state.controls import AccountControls
from streamwarden.services.deliver import Deliverer
from streamwarden.services.first_look import CountJudged, FirstLook, JudgedByType
from streamwarden.services.waiting_list import Outlet
from streamwarden.settings import NotifySettings

if TYPE_CHECKING:
    from streamwarden.adapters.destination_secrets import DestinationSecrets

# Others wait meanwhile: a destination that is told slowly goes on in another run.
_RUN_FOR: Final = timedelta(seconds=5)

# The endpoint that functions have on a local AWS.
_LOCAL: Final = ("http://127.0.0.1:", "http://localhost:")

type Outlets = Callable[[str], Outlet | None]


@cache
def notifier() -> runtime.BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    sqs, dynamodb = runtime.client("sqs"), runtime.client("dynamodb")
    outline = routing_at(settings.policy_path)
    routing = outline.routing
    service = Deliverer(
        deliveries=DynamoDeliveries(dynamodb, settings.table_name, runtime.now),
        outlets=outlets_of(settings, routing),
        routing=routing,
        controls=DynamoControls(dynamodb, settings.table_name),
        judged=_counting(settings, outline.digest),
        wakes=SqsWakes(sqs, settings.notification_queue_url),
        undelivered=SqsUndelivered(sqs, settings.dead_letter_queue_url),
        inbox=SqsInbox(sqs, settings.change_inbox_url),
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
        returned = wake.notification
        if returned is not None and not service.revive(wake.destination, returned.id):
            observability.record_not_revived(wake.destination)
        service.run(wake.destination, lambda: runtime.now() < ends_at)

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, deliver))


def _counting(settings: NotifySettings, digest: str) -> CountJudged:
    """What the deployed policy has judged in the account and region of the stack."""

    def judged(controls: AccountControls) -> JudgedByType:
        place = place_of(settings.topic_arn)
        index = DynamoFleetIndex(runtime.client("dynamodb"), settings.table_name, place)
        return FirstLook(index, decided_under(digest, settings.max_mode)).judged(controls)

    return judged


def outlets_of(settings: NotifySettings, routing: Routing) -> Outlets:
    """The destinations of the policy, each made when it is asked for first."""
    secrets = cache(lambda: _secrets(settings))
    resources = Resources(
        clients=cache(client_of_destination),
        secrets=lambda name: secrets()(name),
        secret_prefix=settings.destination_secrets,
        clock=runtime.now,
        stack_name=settings.stack_name,
        topic_arn=settings.topic_arn,
        is_local=os.environ.get("AWS_ENDPOINT_URL", "").startswith(_LOCAL),
    )

    @cache
    def outlet(name: str) -> Outlet | None:
        spec = routing.destination(name)
        if spec is None:
            return None
        return Outlet(destination_of(spec, resources), limits_of(spec))

    return outlet


def client_of_destination(service: str, read_seconds: float = runtime.READ_SECONDS) -> Any:
    """One that asks once: one that asks again by itself says what the last answer was, and not that
    an earlier request may have been taken.
    """
    return runtime.client(service, attempts=1, read_seconds=read_seconds)


def _secrets(settings: NotifySettings) -> "DestinationSecrets":
    # An SNS topic has no secret, and each import makes a cold start slower.
    from streamwarden.adapters.destination_secrets import DestinationSecrets

    client = runtime.client("secretsmanager")
    return DestinationSecrets(client, settings.destination_secrets, runtime.now)
