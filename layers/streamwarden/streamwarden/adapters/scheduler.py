"""One-shot timers with EventBridge Scheduler: one schedule per channel, deleted once it fired."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from msgspec import Struct

from streamwarden.adapters.aws_errors import code_of, translated
from streamwarden.domain.arn import parse_arn
from streamwarden.domain.inputs import LookAgain, envelope_of

if TYPE_CHECKING:
    from types_boto3_scheduler import EventBridgeSchedulerClient


class SchedulerTimers(Struct, frozen=True):
    """Timers over CreateSchedule and UpdateSchedule; `target_arn` is the stream inbox."""

    client: "EventBridgeSchedulerClient"
    group_name: str
    target_arn: str
    role_arn: str

    def set(self, channel_arn: str, at: datetime) -> None:
        schedule = self._schedule(channel_arn, at)
        with translated("scheduler:CreateSchedule"):
            try:
                self.client.create_schedule(**schedule)
                return
            except ClientError as error:
                if code_of(error) != "ConflictException":
                    raise
        with translated("scheduler:UpdateSchedule"):
            self.client.update_schedule(**schedule)

    def _schedule(self, channel_arn: str, at: datetime) -> Any:
        arn = parse_arn(channel_arn)
        return {
            "Name": f"{arn.region}-{arn.account}-{arn.resource_id}",
            "GroupName": self.group_name,
            "ScheduleExpression": f"at({_whole_second_after(at):%Y-%m-%dT%H:%M:%S})",
            "ScheduleExpressionTimezone": "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self.target_arn,
                "RoleArn": self.role_arn,
                "Input": json.dumps(envelope_of(LookAgain(channel_arn=channel_arn, time=at))),
            },
        }


def _whole_second_after(at: datetime) -> datetime:
    """Schedules have whole seconds; a timer must not fire before what it waits for."""
    rounded = at.astimezone(UTC).replace(microsecond=0)
    return rounded if rounded == at else rounded + timedelta(seconds=1)
