"""enforce: carries out what was decided."""

import os
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import InOrder, Unprocessable
from streamwarden.adapters.continuation import LambdaRotations
from streamwarden.adapters.dynamodb.controls import DynamoBreakers, DynamoControls
from streamwarden.adapters.dynamodb.requests import DynamoRequests
from streamwarden.adapters.ivs import (
    IvsChannelLookup,
    IvsKeyControl,
    IvsOperations,
    IvsStreamLookup,
    IvsTags,
)
from streamwarden.adapters.sqs import DeadLetters, Message, SourceQueue, SqsInbox, read_action
from streamwarden.bootstrap import runtime
from streamwarden.services.enforce import Enforcer
from streamwarden.services.errors import PermanentError
from streamwarden.settings import EnforceSettings


@cache
def enforcer() -> runtime.BatchFunction:
    settings = EnforceSettings.from_env(os.environ)
    sqs = runtime.client("sqs")
    ivs, dynamodb = runtime.client("ivs"), runtime.client("dynamodb")
    service = Enforcer(
        requests=DynamoRequests(dynamodb, settings.table_name),
        controls=DynamoControls(dynamodb, settings.table_name),
        breakers=DynamoBreakers(dynamodb, settings.table_name),
        tags=IvsTags(ivs),
        streams=IvsStreamLookup(ivs),
        keys=IvsKeyControl(ivs),
        channels=IvsChannelLookup(ivs),
        operations=IvsOperations(ivs),
        rotations=LambdaRotations(lambda: runtime.client("lambda"), settings.rotate_keys_arn),
        outcomes=SqsInbox(sqs, settings.outcome_queue_url),
        max_mode=settings.max_mode,
        clock=runtime.now,
        back_off=runtime.back_off,
    )
    batch = InOrder(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=DeadLetters(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        logger=observability.logger,
    )

    def carry_out(message: Message) -> None:
        action = runtime.read(read_action, message)
        try:
            outcome = service.carry_out(action)
        except PermanentError as refusal:
            # Asking again would only hold back everything else on the resource.
            raise Unprocessable(str(refusal)) from refusal
        observability.record_outcome(action, outcome)

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, carry_out))
