"""Puts a verdict on the event bus of a deployed stack, with the operator's own permissions."""

import json
from datetime import datetime
from typing import Any

from streamwarden.domain.events import VERDICT_SOURCE
from streamwarden.domain.redaction import redacted
from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.keys.stack import outputs_of
from streamwarden_cli.verdicts.event import DETAIL_TYPE, Statement


class NotSent(Exception):
    """EventBridge did not take the verdict; says why."""


def send(
    statement: Statement, channel_arn: str, *, at: datetime, stack_name: str, account: AwsAccount
) -> str:
    """The id of the event. Raises NotSent, RotationNotAsked, ClientError, BotoCoreError."""
    (bus_name,) = outputs_of(account, stack_name, "VerdictBusName")
    entry = entry_of(statement, channel_arn, at, bus_name)
    (answer,) = account.client("events").put_events(Entries=[entry])["Entries"]
    if "EventId" not in answer:
        raise NotSent(f"events:PutEvents: {answer['ErrorCode']}: {answer.get('ErrorMessage', '')}")
    return str(answer["EventId"])


def entry_of(statement: Statement, channel_arn: str, at: datetime, bus_name: str) -> dict[str, Any]:
    """As PutEvents takes it, without stream keys."""
    return {
        "Source": VERDICT_SOURCE,
        "DetailType": DETAIL_TYPE,
        "Resources": [channel_arn],
        "Detail": json.dumps(redacted(statement.detail())),
        "Time": at,
        "EventBusName": bus_name,
    }
