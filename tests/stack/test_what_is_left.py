"""Looked at last, by its name: what all tests before left behind in both accounts.

No stream key's value may be anywhere but in IVS and Secrets Manager, and no role may have been
granted what nothing used.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import pytest

from streamwarden_cli.local.server import log_path
from tests.stack.account import Account, eventually
from tests.stack.roles import granted, used

_PLANTED: Final = "sk_eu-west-1_planted00000_00000000000000000000000000000"

# Granted because AWS needs it, where the local AWS asks nobody: it polls queues, writes logs,
# traces and encrypts by itself, and does not check who lends a role.
_ASKED_BY_AWS_ALONE: Final = {
    "iam:PassRole",
    "kms:Decrypt",
    "kms:GenerateDataKey",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
# Granted for the tags of a new key; the simulator checks CreateStreamKey alone.
_ASKED_OF_ROTATION_BY_AWS_ALONE: Final = {"ivs:TagResource"}
# Roles that the local AWS does not assume: it delivers what schedules send by itself.
_ASSUMED_BY_AWS_ALONE: Final = {"TimerRole", "SweepScheduleRole", "RotateKeysScheduleRole"}

# They share the policy of the observers, which use all of it, and few commands are given here.
_GIVEN_FEW_COMMANDS: Final = {"OperatorCommandsRole", "AdministratorCommandsRole"}
# No incident of a recording goes on in these tests; those of streams and settings do.
_ASKED_WHERE_AN_INCIDENT_GOES_ON: Final = {"dynamodb:BatchGetItem"}


def test_no_stream_key_is_anywhere_it_should_not_be(
    account: Account, watched_account: Account
) -> None:
    values = _key_values(account) | _key_values(watched_account)

    assert len(values) > 10
    assert _leaks(account, values) == []
    assert _leaks(watched_account, values) == []


def _plant_in_log(account: Account) -> None:
    logs, group = account.client("logs"), "/aws/lambda/streamwarden/sweep"
    stream = logs.describe_log_streams(logGroupName=group)["logStreams"][0]["logStreamName"]
    event = {"timestamp": 1_800_000_000_000, "message": f"planted {_PLANTED}"}
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])


def _plant_in_table(account: Account) -> None:
    item = {"pk": {"S": "planted"}, "sk": {"S": "planted"}, "document": {"S": _PLANTED}}
    account.client("dynamodb").put_item(TableName=account.outputs.table_name, Item=item)


def _plant_in_queue(account: Account) -> None:
    url = account.outputs.sweep_dead_letters_url
    account.client("sqs").send_message(QueueUrl=url, MessageBody=f"planted {_PLANTED}")


def _plant_in_notification(account: Account) -> None:
    topic = account.outputs.topic_arn
    account.client("sns").publish(TopicArn=topic, Subject="planted", Message=_PLANTED)


@pytest.mark.parametrize(
    ("place", "plant"),
    [
        ("log", _plant_in_log),
        ("table", _plant_in_table),
        ("dead letters", _plant_in_queue),
        ("notification", _plant_in_notification),
    ],
)
def test_a_planted_key_is_found(
    account: Account, place: str, plant: Callable[[Account], None]
) -> None:
    plant(account)

    eventually(lambda: place in _leaks(account, {_PLANTED}))


def test_every_role_used_all_that_it_is_granted(account: Account) -> None:
    """That it needs no more is shown by all other tests, which ran with IAM enforced."""
    needed = used(account)
    unused = {
        role: actions - needed[role] - _ASKED_BY_AWS_ALONE
        for role, actions in granted(account).items()
        if role not in _ASSUMED_BY_AWS_ALONE | _GIVEN_FEW_COMMANDS
    }

    unused["RotateKeysRole"] -= _ASKED_OF_ROTATION_BY_AWS_ALONE
    unused["RecordingEventsRole"] -= _ASKED_WHERE_AN_INCIDENT_GOES_ON
    assert {role: actions for role, actions in unused.items() if actions} == {}


def _key_values(account: Account) -> set[str]:
    """All that were ever seen, and those of every channel there is now."""
    ivs = account.client("ivs")
    for channel in account.control.state():
        for arn in channel["streamKeyArns"]:
            account.key_values.add(ivs.get_stream_key(arn=arn)["streamKey"]["value"])
    return account.key_values


def _leaks(account: Account, values: set[str]) -> list[str]:
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
