"""enforce: carries out what was decided."""

import os
from functools import cache, partial
from typing import Any, Final

from streamwarden import observability
from streamwarden.adapters.batches import InOrder, Unprocessable
from streamwarden.adapters.continuation import LambdaRotations
from streamwarden.adapters.dynamodb.controls import DynamoBreakers
from streamwarden.adapters.dynamodb.requests import DynamoActionLookup
from streamwarden.adapters.ivs import (
    IvsChannelLookup,
    IvsClients,
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

# IVS takes five calls a second of each operation (quotas), and two invocations run at once
# (template.yaml). A stop that is throttled waits in the queue for as long as it is old: the last of
# 1,000 would wait for minutes. The first calls keep no pace, so that a single stop is made at once.
CALLS_A_SECOND: Final = 2.3
CALLS_AT_ONCE: Final = 2


def _calling(api: str) -> Any:
    return runtime.rate_limited(runtime.client(api), CALLS_A_SECOND, CALLS_AT_ONCE)


@cache
def enforcer() -> runtime.BatchFunction:
    settings = EnforceSettings.from_env(os.environ)
    sqs = runtime.client("sqs")
    ivs = _calling("ivs")
    dynamodb = runtime.client("dynamodb")
    service = Enforcer(
        lookup=DynamoActionLookup(dynamodb, settings.table_name),
        breakers=DynamoBreakers(dynamodb, settings.table_name),
        tags=IvsTags(ivs),
        streams=IvsStreamLookup(ivs),
        keys=IvsKeyControl(ivs),
        channels=IvsChannelLookup(ivs),
        operations=IvsOperations(IvsClients(ivs, cache(partial(_calling, "ivs-realtime")))),
        rotations=LambdaRotations(lambda: runtime.client("lambda"), settings.rotate_keys_arn),
        outcomes=SqsInbox(sqs, settings.outcome_queue_url),
        max_mode=settings.max_mode,
        clock=runtime.now,
        back_off=runtime.back_off,
        in_background=runtime.in_background,
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
        observability.record_outcome(action, outcome, runtime.now())

    return runtime.counted(lambda event, has_time: batch.receive(event, has_time, carry_out))
