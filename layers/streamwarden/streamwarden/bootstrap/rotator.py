"""rotate_keys: replaces stream keys, on schedule and on demand."""

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from streamwarden import observability
from streamwarden.adapters.dynamodb import (
    DynamoChannelStore,
    DynamoFleetIndex,
    DynamoRotationLog,
)
from streamwarden.adapters.ivs import IvsKeyControl, IvsStreamControl
from streamwarden.adapters.secrets import SecretsManagerStore
from streamwarden.adapters.sqs import SqsInbox, SqsOutbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import policy_at
from streamwarden.domain.arn import Place, is_channel_arn
from streamwarden.services.rotate import Rotated, Rotator
from streamwarden.settings import RotateKeysSettings


@cache
def rotator(place: Place) -> Callable[[Mapping[str, Any]], list[Rotated]]:
    """Rotates the keys of one account and region."""
    settings = RotateKeysSettings.from_env(os.environ)
    sqs, dynamodb, ivs = runtime.client("sqs"), runtime.client("dynamodb"), runtime.client("ivs")
    service = Rotator(
        keys=IvsKeyControl(ivs),
        streams=IvsStreamControl(ivs),
        secrets=SecretsManagerStore(runtime.client("secretsmanager"), settings.secret_prefix),
        log=DynamoRotationLog(dynamodb, settings.table_name, place),
        index=DynamoFleetIndex(dynamodb, settings.table_name, place),
        store=DynamoChannelStore(dynamodb, settings.table_name),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        outbox=SqsOutbox(
            sqs, None, settings.notification_queue_url, runtime.routes(settings.notification_routes)
        ),
        policy=policy_at(settings.policy_path),
        ceiling=settings.ceiling,
        clock=runtime.now,
    )

    def rotate(request: Mapping[str, Any]) -> list[Rotated]:
        done = []
        for rotated in _rotations(service, request):
            observability.record_rotation(rotated)
            done.append(rotated)
        observability.record_rotations(len(done))
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
