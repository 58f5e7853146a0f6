"""Looked at last, by its name: what the tests of this folder left behind.

No stream key's value may be anywhere but in IVS and Secrets Manager, and no role may have been
granted what nothing used.
"""

from collections.abc import Callable
from typing import Final

import pytest

from tests.stack.account import Account, eventually
from tests.stack.leaks import key_values, leaks
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
# Asked where an incident goes on. Of recordings none does in these tests. Of a rotation one does in
# `disruptive/test_rotating_turned_off.py`, which says that the role used it.
_ASKED_WHERE_AN_INCIDENT_GOES_ON: Final = {"dynamodb:BatchGetItem"}


def test_no_stream_key_is_anywhere_it_should_not_be(account: Account) -> None:
    values = key_values(account)

    assert len(values) > 10
    assert leaks(account, values) == []


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

    eventually(lambda: place in leaks(account, {_PLANTED}))


def test_every_role_used_all_that_it_is_granted(account: Account) -> None:
    """That it needs no more is shown by all other tests, which ran with IAM enforced."""
    needed = used(account)
    unused = {
        role: actions - needed[role] - _ASKED_BY_AWS_ALONE
        for role, actions in granted(account).items()
        if role not in _ASSUMED_BY_AWS_ALONE | _GIVEN_FEW_COMMANDS
    }

    unused["RotateKeysRole"] -= _ASKED_OF_ROTATION_BY_AWS_ALONE
    for role in ("RecordingEventsRole", "RotateKeysRole"):
        unused[role] -= _ASKED_WHERE_AN_INCIDENT_GOES_ON
    assert {role: actions for role, actions in unused.items() if actions} == {}
