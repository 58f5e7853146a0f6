"""The observers: three queues of events and two of commands, one service."""

import os
from collections.abc import Sequence
from functools import cache

from streamwarden import observability
from streamwarden.adapters.batches import (
    ByResource,
    ReadMessage,
    Unprocessable,
    command_reader,
    input_reader,
)
from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.scheduler import SchedulerTimers
from streamwarden.adapters.sqs import DeadLetters, SourceQueue, SqsInbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.outbox import outbox_of
from streamwarden.bootstrap.policy import policy_at
from streamwarden.domain.arn import place_of
from streamwarden.domain.decision import Decision
from streamwarden.domain.events import StreamStateChange
from streamwarden.domain.inputs import BreakerTripped, Input, moment_of, name_of
from streamwarden.services.controls import Rechecks, RememberedControls
from streamwarden.services.errors import PermanentError
from streamwarden.services.observe import Observer
from streamwarden.settings import CommandSettings, ObserverSettings


@cache
def observer() -> runtime.BatchFunction:
    """The function of one inbox: of commands where the template says whose it takes."""
    if "TAKES" not in os.environ:
        settings = ObserverSettings.from_env(os.environ)
        return _function(settings, input_reader(place_of(settings.timer_target_arn)))
    taking = CommandSettings.from_env(os.environ)
    read = command_reader(taking.inbox, place_of(taking.timer_target_arn))
    return _function(taking, read, taking.stream_inbox_url)


def _function(
    settings: ObserverSettings, read: ReadMessage, recheck_url: str = ""
) -> runtime.BatchFunction:
    """`recheck_url` is the queue by which commands have channels decided again."""
    sqs, dynamodb = runtime.client("sqs"), runtime.client("dynamodb")
    policy = policy_at(settings.policy_path)
    controls = RememberedControls(DynamoControls(dynamodb, settings.table_name), runtime.now)
    dead_letters = DeadLetters(sqs, settings.dead_letter_queue_url)

    def dead_letter(text: str, reason: str) -> None:
        dead_letters.put(text, reason)
        observability.record_dead_letter("", reason)

    service = Observer(
        store=DynamoRecordStore(dynamodb, settings.table_name, settings.ledger_kept),
        controls=controls,
        timers=SchedulerTimers(
            runtime.client("scheduler"),
            settings.timer_group_name,
            settings.timer_target_arn,
            settings.timer_dead_letters_arn,
            settings.timer_role_arn,
            runtime.now,
        ),
        outbox=outbox_of(
            sqs,
            dynamodb,
            settings.table_name,
            policy.routing,
            settings.notification_queue_url,
            settings.action_queue_url,
            dead_letter,
        ),
        policy=policy,
        max_mode=settings.max_mode,
        clock=runtime.now,
        back_off=runtime.back_off,
        rechecks=Rechecks(
            index_of=lambda place: DynamoFleetIndex(dynamodb, settings.table_name, place),
            inbox=SqsInbox(sqs, recheck_url),
            clock=runtime.now,
        )
        if recheck_url
        else None,
        record=_record,
        begin_anew=observability.record_begun_anew,
    )
    batch = ByResource(
        queue=SourceQueue(sqs, settings.source_queue_url),
        dead_letters=dead_letters,
        clock=runtime.now,
        logger=observability.logger,
        read=read,
    )

    def subject_of(given: Input) -> str | None:
        try:
            return service.subject_of(given)
        except PermanentError as refusal:
            raise Unprocessable(str(refusal)) from refusal

    def observe(resource_arn: str, inputs: Sequence[Input]) -> None:
        service.observe(resource_arn, inputs)
        observability.record_stream_events(
            sum(isinstance(each, StreamStateChange) for each in inputs)
        )
        observability.record_tripped(
            [each.rule_id for each in inputs if isinstance(each, BreakerTripped)]
        )

    return runtime.counted(
        lambda event, has_time: batch.receive(
            event, has_time, subject_of, observe, skip=observability.record_skip
        )
    )


def _record(resource_arn: str, inputs: Sequence[Input], decision: Decision) -> None:
    newest = max(map(moment_of, inputs))
    observability.record_decision(resource_arn, [*map(name_of, inputs)], decision, newest)
