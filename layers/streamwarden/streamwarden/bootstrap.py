"""The composition root: settings in, ready functions out. The only place that makes AWS clients.

Clients are made with botocore alone: `import boto3` also loads its S3 transfer machinery, which
nothing here uses and every cold start would pay for.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import botocore.session
import urllib3
from botocore.config import Config

from streamwarden import observability
from streamwarden.adapters.batches import ByChannel, InOrder, Unprocessable
from streamwarden.adapters.destinations import (
    TopicDestination,
    WebhookDestination,
    webhook_address,
)
from streamwarden.adapters.dynamodb import DynamoChannelStore, DynamoFleetIndex, DynamoRotationLog
from streamwarden.adapters.ivs import IvsFleetListing, IvsKeyControl, IvsStreamControl
from streamwarden.adapters.scheduler import SchedulerTimers
from streamwarden.adapters.secrets import SecretsManagerStore
from streamwarden.adapters.sqs import (
    DeadLetters,
    Message,
    SqsInbox,
    SqsOutbox,
    read_action,
    read_notice,
)
from streamwarden.domain.arn import Place, is_channel_arn
from streamwarden.domain.policy import Policy, load_policy
from streamwarden.services.enforce import Enforcer
from streamwarden.services.notify import Notifier
from streamwarden.services.observe import Observer
from streamwarden.services.ports import Destination
from streamwarden.services.rotate import Rotated, Rotator
from streamwarden.services.sweep import Sweeper, SweepReport
from streamwarden.settings import (
    EnforceSettings,
    NotifySettings,
    ObserverSettings,
    RotateKeysSettings,
    SweepSettings,
)

type BatchFunction = Callable[[Mapping[str, Any]], dict[str, Any]]

# Short, because SQS and the scheduler retry better than a waiting function does.
_CLIENT_CONFIG: Final = Config(
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)
# A webhook that moved must not need a new deployment: its address is read again after 5 minutes.
_ADDRESS_KEPT_SECONDS: Final = 300


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the composition root reads the clock for all


@cache
def observer() -> BatchFunction:
    """stream_events, recording_events and resource_changes: three queues, one service."""
    settings = ObserverSettings.from_env(os.environ)
    sqs = _client("sqs")
    service = Observer(
        store=DynamoChannelStore(_client("dynamodb"), settings.table_name),
        timers=SchedulerTimers(
            _client("scheduler"),
            settings.timer_group_name,
            settings.timer_target_arn,
            settings.timer_role_arn,
        ),
        outbox=SqsOutbox(
            sqs,
            settings.action_queue_url,
            settings.notification_queue_url,
            _routes(settings.notification_routes),
        ),
        policy=_policy(settings.policy_path),
        ceiling=settings.ceiling,
        clock=now,
    )
    batch = ByChannel(
        DeadLetters(sqs, settings.dead_letter_queue_url),
        int(settings.max_receives),
        observability.logger,
    )

    def observe(channel_arn: str, inputs: Any) -> None:
        decision = service.observe(channel_arn, inputs)
        observability.record_decision(channel_arn, len(inputs), decision)

    return lambda event: batch.receive(event, observe, observability.record_skip)


@cache
def enforcer() -> BatchFunction:
    settings = EnforceSettings.from_env(os.environ)
    sqs = _client("sqs")
    service = Enforcer(
        control=IvsStreamControl(_client("ivs")),
        outcomes=SqsInbox(sqs, settings.outcome_queue_url),
        ceiling=settings.ceiling,
        clock=now,
    )
    batch = InOrder(
        DeadLetters(sqs, settings.dead_letter_queue_url),
        int(settings.max_receives),
        observability.logger,
    )

    def carry_out(message: Message) -> None:
        action = _read(read_action, message)
        observability.record_outcome(action, service.carry_out(action))

    return lambda event: batch.receive(event, carry_out)


@cache
def notifier() -> BatchFunction:
    settings = NotifySettings.from_env(os.environ)
    service = Notifier(_destinations(settings))
    batch = InOrder(
        DeadLetters(_client("sqs"), settings.dead_letter_queue_url),
        int(settings.max_receives),
        observability.logger,
    )

    def deliver(message: Message) -> None:
        notice = _read(read_notice, message)
        route = message.group or ""
        service.deliver(route, notice)
        observability.record_delivery(route, notice)

    return lambda event: batch.receive(event, deliver)


@cache
def sweeper(place: Place) -> Callable[[], SweepReport]:
    """Sweeps one account and region."""
    settings = SweepSettings.from_env(os.environ)
    sqs = _client("sqs")
    service = Sweeper(
        listing=IvsFleetListing(_client("ivs")),
        index=DynamoFleetIndex(_client("dynamodb"), settings.table_name, place),
        stream_inbox=SqsInbox(sqs, settings.stream_inbox_url),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        clock=now,
    )

    def sweep() -> SweepReport:
        report = service.sweep()
        observability.record_sweep(report)
        return report

    return sweep


@cache
def rotator(place: Place) -> Callable[[Mapping[str, Any]], list[Rotated]]:
    """Rotates the keys of one account and region."""
    settings = RotateKeysSettings.from_env(os.environ)
    sqs, dynamodb, ivs = _client("sqs"), _client("dynamodb"), _client("ivs")
    service = Rotator(
        keys=IvsKeyControl(ivs),
        streams=IvsStreamControl(ivs),
        secrets=SecretsManagerStore(_client("secretsmanager"), settings.secret_prefix),
        log=DynamoRotationLog(dynamodb, settings.table_name, place),
        index=DynamoFleetIndex(dynamodb, settings.table_name, place),
        store=DynamoChannelStore(dynamodb, settings.table_name),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        outbox=SqsOutbox(
            sqs, None, settings.notification_queue_url, _routes(settings.notification_routes)
        ),
        policy=_policy(settings.policy_path),
        ceiling=settings.ceiling,
        clock=now,
    )

    def rotate(request: Mapping[str, Any]) -> list[Rotated]:
        done = []
        for rotated in _rotations(service, request):
            observability.record_rotation(rotated)
            done.append(rotated)
        return done

    return rotate


def _rotations(service: Rotator, request: Mapping[str, Any]) -> Iterator[Rotated]:
    """A request that names a channel rotates that one; any other is the schedule's."""
    channel_arn = request.get("channel_arn")
    if channel_arn is None:
        yield from service.rotate_due()
        return
    if not is_channel_arn(str(channel_arn)):
        raise ValueError(f"channel_arn: expected the ARN of an IVS channel, found {channel_arn!r}")
    yield service.rotate(str(channel_arn), force=request.get("force") is True)


def _destinations(settings: NotifySettings) -> Mapping[str, Destination]:
    destinations: dict[str, Destination] = {
        "sns": TopicDestination(_client("sns"), settings.topic_arn)
    }
    if settings.webhook_secret_arn:
        secrets = _client("secretsmanager")
        destinations["webhook"] = WebhookDestination(
            _kept(lambda: webhook_address(secrets, settings.webhook_secret_arn)),
            urllib3.PoolManager(),
        )
    return destinations


def _kept(read: Callable[[], str]) -> Callable[[], str]:
    kept: list[tuple[float, str]] = []

    def address() -> str:
        moment = now().timestamp()
        if not kept or moment - kept[0][0] > _ADDRESS_KEPT_SECONDS:
            kept[:] = [(moment, read())]
        return kept[0][1]

    return address


def _read[T](read: Callable[[str], T], message: Message) -> T:
    try:
        return read(message.body)
    except ValueError as error:
        raise Unprocessable(str(error)) from error


def _policy(path: str) -> Policy:
    return load_policy(Path(path).read_bytes())


def _routes(text: str) -> tuple[str, ...]:
    return tuple(route.strip() for route in text.split(",") if route.strip())


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _client(service: str) -> Any:
    return _session().create_client(service, config=_CLIENT_CONFIG)
