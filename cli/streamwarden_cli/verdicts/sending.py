"""Puts verdicts on the event bus of a deployed stack, with the operator's own permissions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from streamwarden.domain.redaction import redacted
from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.keys.stack import outputs_of


class NotSent(Exception):
    """EventBridge did not take the verdict; says why."""


@dataclass(frozen=True, slots=True)
class VerdictBus:
    """The event bus of one stack that is for verdicts alone."""

    events: Any
    name: str

    @classmethod
    def of_stack(cls, account: AwsAccount, stack_name: str) -> Self:
        """Raises RotationNotAsked, ClientError, BotoCoreError."""
        (name,) = outputs_of(account, stack_name, "VerdictBusName")
        return cls(account.client("events"), name)

    def put(self, envelope: Mapping[str, Any]) -> str:
        """The id of the event. Raises NotSent, ClientError, BotoCoreError."""
        (answer,) = self.events.put_events(Entries=[entry_of(envelope, self.name)])["Entries"]
        if "EventId" not in answer:
            message = f"{answer['ErrorCode']}: {answer.get('ErrorMessage', '')}"
            raise NotSent(f"events:PutEvents: {message}")
        return str(answer["EventId"])


def entry_of(envelope: Mapping[str, Any], bus_name: str) -> dict[str, Any]:
    """The event of a verdict as PutEvents takes it, without stream keys."""
    event = redacted(envelope)
    return {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Resources": event["resources"],
        "Detail": json.dumps(event["detail"]),
        "Time": datetime.fromisoformat(event["time"]),
        "EventBusName": bus_name,
    }
