"""Actions that a record holds, and what became of them."""

from copy import replace
from typing import Any

import msgspec

from streamwarden.adapters.dynamodb.records import DynamoRecordStore
from streamwarden.domain.verdicts import Action
from streamwarden.services.requests import request_of
from tests.integration.driver import Stack


def request(stack: Stack, given: dict[str, Any]) -> None:
    """Have the record hold the action, as if an observer had decided it."""
    asked = msgspec.convert(given, Action)
    store = DynamoRecordStore(stack.client("dynamodb"), "Table")
    before = store.load(asked.resource_arn)
    requested = {**before.requested, asked.id: request_of(asked)}
    store.save(replace(before, requested=requested), before)


def carry_out(stack: Stack, given: dict[str, Any], **options: Any) -> list[str]:
    request(stack, given)
    return stack.deliver("Enforce", given, group=given["resource_arn"], **options)


def outcomes(stack: Stack) -> list[tuple[str, str]]:
    """The outcomes that the observers will hear of, status and reason."""
    found = [each.body["detail"]["outcome"] for each in stack.take("StreamInbox")]
    return [(each["status"], each["reason"]) for each in found]
