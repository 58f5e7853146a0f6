"""One-shot timers with EventBridge Scheduler: one schedule per channel, deleted once it fired."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.arn import Arn, parse_arn
from streamwarden.domain.inputs import Recheck, envelope_of
from streamwarden.domain.redaction import without_stream_keys
from streamwarden.services.errors import TemporaryError
from streamwarden.services.ports import Clock

if TYPE_CHECKING:
    from types_boto3_scheduler import EventBridgeSchedulerClient

_ATTEMPTS: Final = 3
_DIGEST_LENGTH: Final = 32
_SOONEST: Final = timedelta(seconds=2)


class SchedulerTimers(Struct, frozen=True):
    """Timers over CreateSchedule and UpdateSchedule; `target_arn` is the stream inbox.

    What cannot be delivered there for a day goes to the queue of `dead_letters_arn`.
    """

    client: "EventBridgeSchedulerClient"
    group_name: str
    target_arn: str
    dead_letters_arn: str
    role_arn: str
    clock: Clock

    def set(self, resource_arn: str, at: datetime) -> None:
        schedule = self._schedule(without_stream_keys(resource_arn), at)
        for _ in range(_ATTEMPTS):
            if self._created(schedule) or self._updated(schedule):
                return
        raise TemporaryError("scheduler:UpdateSchedule: the schedule is being changed by others")

    def _created(self, schedule: Any) -> bool:
        with translated("scheduler:CreateSchedule"):
            try:
                self.client.create_schedule(**schedule)
            except ClientError as error:
                if code_of(error) == "ConflictException":
                    return False
                raise
        return True

    def _updated(self, schedule: Any) -> bool:
        """A schedule that just fired is gone by now; one that others change conflicts."""
        with translated("scheduler:UpdateSchedule"):
            try:
                self.client.update_schedule(**schedule)
            except ClientError as error:
                if code_of(error) in ("ConflictException", "ResourceNotFoundException"):
                    return False
                raise
        return True

    def _possible(self, at: datetime) -> datetime:
        """Scheduler refuses a moment in the past, and deciding and asking take time."""
        return _whole_second_after(max(at, self.clock() + _SOONEST))

    def _schedule(self, resource_arn: str, at: datetime) -> Any:
        arn = parse_arn(resource_arn)
        return {
            "Name": _name(arn),
            "GroupName": self.group_name,
            "ScheduleExpression": f"at({self._possible(at):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self.target_arn,
                "RoleArn": self.role_arn,
                "DeadLetterConfig": {"Arn": self.dead_letters_arn},
                "Input": json.dumps(envelope_of(Recheck(resource_arn=resource_arn, time=at))),
            },
        }


def _name(arn: Arn) -> str:
    """At most 64 letters, digits and `-_.` (Scheduler API Reference, CreateSchedule).

    Ids are those of one type only, and some types have long names: what is no channel goes by a
    digest, behind a dot, which no id of a channel has.
    """
    place = f"{arn.region}-{arn.account}"
    if arn.resource_type == "channel":
        return f"{place}-{arn.resource_id}"
    return f"{place}.{sha256(str(arn).encode()).hexdigest()[:_DIGEST_LENGTH]}"


def _whole_second_after(at: datetime) -> datetime:
    """Schedules have whole seconds; a timer must not fire before what it waits for."""
    rounded = at.astimezone(UTC).replace(microsecond=0)
    return rounded if rounded == at else rounded + timedelta(seconds=1)
