"""rotate_keys: replaces stream keys, on schedule and on demand."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from streamwarden import observability
from streamwarden.adapters.continuation import LambdaContinuation
from streamwarden.adapters.dynamodb.controls import DynamoControls
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.adapters.dynamodb.rotations import DynamoRotationLog
from streamwarden.adapters.ivs import IvsKeyControl, IvsStreamLookup
from streamwarden.adapters.secrets import SecretsManagerStore
from streamwarden.adapters.sqs import SqsInbox
from streamwarden.bootstrap import runtime
from streamwarden.bootstrap.outbox import outbox_of
from streamwarden.bootstrap.policy import policy_at
from streamwarden.domain.arn import Place, is_channel_arn
from streamwarden.domain.state.resource import OutcomeStatus
from streamwarden.services.ports import HasTime
from streamwarden.services.rotate import Rotated, Rotator
from streamwarden.services.rotation_runs import RotationRuns
from streamwarden.settings import RotateKeysSettings

# A request, how many seconds are left to work on it, and the ARN of the function that does.
type Rotate = Callable[[Mapping[str, Any], runtime.SecondsLeft, str], list[Rotated]]

# Generous: eight calls, each of which may be throttled for a while.
_SECONDS_FOR_ONE: Final = 60


class RotationsFailed(Exception):
    """Which channels, and why; what was begun is finished by the next run."""


@cache
def rotator(place: Place) -> Rotate:
    """Rotates the keys of one account and region."""
    settings = RotateKeysSettings.from_env(os.environ)
    sqs, dynamodb, ivs = runtime.client("sqs"), runtime.client("dynamodb"), runtime.client("ivs")
    policy = policy_at(settings.policy_path)
    service = Rotator(
        keys=IvsKeyControl(ivs),
        streams=IvsStreamLookup(ivs),
        secrets=SecretsManagerStore(runtime.client("secretsmanager"), settings.secret_prefix),
        log=DynamoRotationLog(dynamodb, settings.table_name, place),
        store=DynamoRecordStore(dynamodb, settings.table_name),
        controls=DynamoControls(dynamodb, settings.table_name),
        change_inbox=SqsInbox(sqs, settings.change_inbox_url),
        outbox=outbox_of(
            sqs, dynamodb, settings.table_name, policy.routing, settings.notification_queue_url
        ),
        policy=policy,
        max_mode=settings.max_mode,
        clock=runtime.now,
        finish_command=f"streamwarden keys finish --stack-name {settings.stack_name}",
    )
    runs = RotationRuns(
        rotator=service, index=DynamoFleetIndex(dynamodb, settings.table_name, place)
    )

    def rotate(
        request: Mapping[str, Any], left: runtime.SecondsLeft, own_arn: str
    ) -> list[Rotated]:
        continued: list[str] = []

        def go_on_after(channel_arn: str) -> None:
            LambdaContinuation(runtime.client("lambda"), own_arn).go_on({"after": channel_arn})
            continued.append(channel_arn)

        def has_time() -> bool:
            return left() > _SECONDS_FOR_ONE

        done = []
        for rotated in _rotations(runs, request, has_time, go_on_after):
            observability.record_rotation(rotated)
            done.append(rotated)
        observability.record_rotations(done)
        # What a run that goes on has not finished is tried again by the run after it.
        if "channel_arn" not in request and not continued:
            for channel_arn in runs.retire_secrets(has_time):
                observability.record_retired(channel_arn)
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


def _rotations(
    runs: RotationRuns,
    request: Mapping[str, Any],
    has_time: HasTime,
    go_on_after: Callable[[str], None],
) -> Iterator[Rotated]:
    """A request names a channel, or only what was begun; any other is that of the window.

    After a quarantine it names a channel, and asks only for a missing key.

    A run of the window that goes on names the channel after which it does.
    """
    if request.get("only") == "begun":
        yield from runs.finish_begun()
        return
    channel_arn = request.get("channel_arn")
    if channel_arn is None:
        due = runs.due(str(request.get("after", "")))
        observability.record_due(len(due))
        yield from runs.rotate_due(due, has_time, go_on_after)
        return
    if not is_channel_arn(str(channel_arn)):
        raise ValueError(f"channel_arn: expected the ARN of an IVS channel, found {channel_arn!r}")
    if request.get("only") == "missing":
        yield runs.rotator.make_missing_key(str(channel_arn))
        return
    yield runs.rotator.rotate(str(channel_arn), force=request.get("force") is True)
