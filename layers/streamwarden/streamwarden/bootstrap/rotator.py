"""rotate_keys: replaces stream keys, on schedule and on demand."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from streamwarden import observability
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog
from streamwarden.adapters.ivs import IvsKeyControl, IvsStreamLookup
from streamwarden.adapters.secrets import SecretsManagerStore
from streamwarden.adapters.sqs import SqsInbox, SqsOutbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.policy import policy_at
from streamwarden.domain.arn import Place, is_channel_arn
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.services.rotate import Rotated, Rotator
from streamwarden.settings import RotateKeysSettings

# A request, and how many seconds are left to work on it.
type Rotate = Callable[[Mapping[str, Any], Callable[[], float]], list[Rotated]]

# Generous: eight calls, each of which may be throttled for a while.
_SECONDS_FOR_ONE: Final = 60


class RotationsFailed(Exception):
    """Which channels, and why; what was begun is finished by the next run."""


@cache
def rotator(place: Place) -> Rotate:
    """Rotates the keys of one account and region."""
    settings = RotateKeysSettings.from_env(os.environ)
    sqs, dynamodb, ivs = runtime.client("sqs"), runtime.client("dynamodb"), runtime.client("ivs")
    service = Rotator(
        keys=IvsKeyControl(ivs),
        streams=IvsStreamLookup(ivs),
        secrets=SecretsManagerStore(runtime.client("secretsmanager"), settings.secret_prefix),
        log=DynamoRotationLog(dynamodb, settings.table_name, place),
        index=DynamoFleetIndex(dynamodb, settings.table_name, place),
        store=DynamoRecordStore(dynamodb, settings.table_name),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        outbox=SqsOutbox(sqs, None, settings.notification_queue_url, tuple(settings.targets)),
        policy=policy_at(settings.policy_path),
        max_mode=settings.max_mode,
        clock=runtime.now,
        finish_command=f"streamwarden keys finish --stack-name {settings.stack_name}",
    )

    def rotate(request: Mapping[str, Any], seconds_left: Callable[[], float]) -> list[Rotated]:
        done = []
        for rotated in _rotations(service, request):
            observability.record_rotation(rotated)
            done.append(rotated)
            if seconds_left() < _SECONDS_FOR_ONE:
                break
        observability.record_rotations(done)
        if "channel_arn" not in request:
            _raise_if_failed(done)
        return done

    return rotate


def _raise_if_failed(done: Sequence[Rotated]) -> None:
    """A scheduled run that left a key half replaced is retried by Lambda, then dead-lettered."""
    failed = [each for each in done if each.outcome.status is OutcomeStatus.FAILED]
    if failed:
        raise RotationsFailed(
            "; ".join(f"{each.channel_arn}: {each.outcome.reason}" for each in failed)
        )


def _rotations(service: Rotator, request: Mapping[str, Any]) -> Iterator[Rotated]:
    """A request names a channel, or only what was begun; any other is that of the window."""
    if request.get("only") == "begun":
        yield from service.finish_begun()
        return
    channel_arn = request.get("channel_arn")
    if channel_arn is None:
        yield from service.rotate_due()
        return
    if not is_channel_arn(str(channel_arn)):
        raise ValueError(f"channel_arn: expected the ARN of an IVS channel, found {channel_arn!r}")
    yield service.rotate(str(channel_arn), force=request.get("force") is True)
