"""Where values of stream keys are that should be in IVS and Secrets Manager alone."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from streamwarden_cli.local.server import log_path
from tests.stack.account import Account


def key_values(account: Account) -> set[str]:
    """All that were ever seen, and those of every channel there is now."""
    ivs = account.client("ivs")
    for channel in account.control.state():
        for arn in channel["streamKeyArns"]:
            account.key_values.add(ivs.get_stream_key(arn=arn)["streamKey"]["value"])
    return account.key_values


def leaks(account: Account, values: set[str]) -> list[str]:
    """The places that hold one of the values."""
    found = {place for place, text in _everything(account) if any(each in text for each in values)}
    return sorted(found)


def _everything(account: Account) -> Iterator[tuple[str, str]]:
    """All that the stack has written anywhere but in IVS and Secrets Manager."""
    yield "log", log_path(account.state_dir).read_text(errors="replace")
    yield from (("log", message) for message in _log_messages(account))
    yield from (("table", json.dumps(item)) for item in _table_items(account))
    yield from (("dead letters", json.dumps(message)) for message in account.dead_lettered())
    yield from (("notification", each.subject + each.text) for each in account.all_notifications())
    for url in account.working_queue_urls:
        answer = account.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        yield "queue", json.dumps(answer.get("Messages", []))
    yield from (("schedule", given) for given in _schedule_inputs(account))


def _schedule_inputs(account: Account) -> Iterator[str]:
    """A timer that fires meanwhile is gone by then."""
    scheduler = account.client("scheduler")
    for each in scheduler.list_schedules()["Schedules"]:
        with suppress(scheduler.exceptions.ResourceNotFoundException):
            schedule = scheduler.get_schedule(GroupName=each["GroupName"], Name=each["Name"])
            yield schedule["Target"].get("Input", "")


def _log_messages(account: Account) -> Iterator[str]:
    logs = account.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        ):
            yield from (event["message"] for event in page["events"])


def _table_items(account: Account) -> Iterator[dict[str, Any]]:
    pages = account.client("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=account.outputs.table_name):
        yield from page["Items"]
