"""StreamEvents, RecordingEvents and ResourceChanges: three queues, one service."""

import os
from collections.abc import Sequence
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import ByResource
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.scheduler import SchedulerTimers
from streamwarden.adapters.sqs import DeadLetters, SourceQueue, SqsOutbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import policy_at
from streamwarden.domain.arn import place_of
from streamwarden.domain.inputs import Input
from streamwarden.services.observe import Observer
from streamwarden.settings import ObserverSettings


@cache
def observer() -> runtime.BatchFunction:
    settings = ObserverSettings.from_env(os.environ)
    sqs = runtime.client("sqs")
    service = Observer(
        store=DynamoRecordStore(runtime.client("dynamodb"), settings.table_name),
        timers=SchedulerTimers(
            runtime.client("scheduler"),
            settings.timer_group_name,
            settings.timer_target_arn,
            settings.timer_role_arn,
            runtime.now,
        ),
        outbox=SqsOutbox(
            sqs,
            settings.action_queue_url,
            settings.notification_queue_url,
            tuple(settings.targets),
        ),
        policy=policy_at(settings.policy_path),
        max_mode=settings.max_mode,
        clock=runtime.now,
        back_off=runtime.back_off,
    )
    batch = ByResource(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=DeadLetters(sqs, settings.dead_letter_queue_url),
        clock=runtime.now,
        logger=observability.logger,
        home=place_of(settings.timer_target_arn),
    )

    def observe(resource_arn: str, inputs: Sequence[Input]) -> None:
        decision = service.observe(resource_arn, inputs)
        observability.record_decision(resource_arn, len(inputs), decision)

    return runtime.counted(
        lambda event, has_time: batch.receive(
            event, has_time, service.subject_of, observe, skip=observability.record_skip
        )
    )
