"""Each role is denied what its function has no business with, by IAM itself.

That it is granted nothing it does not use is seen when all tests have run: test_what_is_left.py.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from streamwarden.adapters.dynamodb.deliveries import DynamoDeliveries
from streamwarden.adapters.dynamodb.fleet import DynamoFleetIndex
from streamwarden.domain.arn import Place
from streamwarden.domain.state.controls import NO_CONTROLS
from streamwarden.domain.verdicts import NotificationStatus
from streamwarden.services.first_look import FirstLook
from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from testbed.notified_world import news
from tests.stack.account import Account, now
from tests.stack.roles import client_of_role, client_with

type Call = Callable[[Any, Account], object]

_CHANNEL = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/NoSuchChanel"
_NAME = {"pk": {"S": "destinations"}, "sk": {"S": "topic"}}
_OBSERVERS = ("StreamEventsRole", "RecordingEventsRole", "ResourceChangesRole")


def _stop(ivs: Any, _: Account) -> None:
    ivs.stop_stream(channelArn=_CHANNEL)


def _look(ivs: Any, _: Account) -> None:
    ivs.get_stream(channelArn=_CHANNEL)


def _delete_protected_key(ivs: Any, account: Account) -> None:
    administrator = account.client("ivs")
    channel = account.channel("protected-key")
    (key,) = administrator.list_stream_keys(channelArn=channel)["streamKeys"]
    administrator.tag_resource(resourceArn=key["arn"], tags={"streamwarden:protected": "true"})
    ivs.delete_stream_key(arn=key["arn"])


def _read_key(ivs: Any, _: Account) -> None:
    ivs.get_stream_key(arn=_CHANNEL.replace("channel", "stream-key"))


def _list_buckets(s3: Any, _: Account) -> None:
    s3.list_buckets()


def _delete(dynamodb: Any, account: Account) -> None:
    dynamodb.delete_item(
        TableName=account.outputs.table_name, Key={"pk": {"S": "x"}, "sk": {"S": "x"}}
    )


def _write(dynamodb: Any, account: Account) -> None:
    item = {"pk": {"S": "x"}, "sk": {"S": "x"}}
    dynamodb.put_item(TableName=account.outputs.table_name, Item=item)


def _change(dynamodb: Any, account: Account) -> None:
    dynamodb.update_item(
        TableName=account.outputs.table_name, Key={"pk": {"S": "x"}, "sk": {"S": "x"}}
    )


_ENTRY = {"pk": {"S": f"ledger/{_CHANNEL}"}, "sk": {"S": "000000000001"}}


def _add_entry(dynamodb: Any, account: Account) -> None:
    dynamodb.put_item(TableName=account.outputs.table_name, Item=_ENTRY)


def _change_entry(dynamodb: Any, account: Account) -> None:
    dynamodb.update_item(TableName=account.outputs.table_name, Key=_ENTRY)


def _delete_entry(dynamodb: Any, account: Account) -> None:
    dynamodb.delete_item(TableName=account.outputs.table_name, Key=_ENTRY)


def _delete_entry_beside_a_record(dynamodb: Any, account: Account) -> None:
    table, record = account.outputs.table_name, {"pk": {"S": "x"}, "sk": {"S": "x"}}
    dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": table, "Item": record}},
            {"Delete": {"TableName": table, "Key": _ENTRY}},
        ]
    )


def _read_record(dynamodb: Any, account: Account) -> None:
    key = {"pk": {"S": _CHANNEL}, "sk": {"S": "record"}}
    dynamodb.get_item(TableName=account.outputs.table_name, Key=key)


def _read_waiting(dynamodb: Any, account: Account) -> None:
    dynamodb.query(
        TableName=account.outputs.table_name,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "destination/topic"}},
    )


def _delete_name(dynamodb: Any, account: Account) -> None:
    dynamodb.delete_item(TableName=account.outputs.table_name, Key=_NAME)


def _delete_name_in_a_batch(dynamodb: Any, account: Account) -> None:
    writes = [{"DeleteRequest": {"Key": _NAME}}]
    dynamodb.batch_write_item(RequestItems={account.outputs.table_name: writes})


def _read_names_in_a_batch(dynamodb: Any, account: Account) -> None:
    dynamodb.batch_get_item(RequestItems={account.outputs.table_name: {"Keys": [_NAME]}})


def _request_action(sqs: Any, account: Account) -> None:
    sqs.send_message(
        QueueUrl=account.outputs.action_queue_url,
        MessageBody="x",
        MessageGroupId="x",
        MessageDeduplicationId="x",
    )


def _report_an_event(sqs: Any, account: Account) -> None:
    """Outcomes of actions have this inbox, whose observers wait for nothing."""
    sqs.send_message(QueueUrl=account.outputs.stream_inbox_url, MessageBody="x")


def _publish(sns: Any, account: Account) -> None:
    sns.publish(TopicArn=account.outputs.topic_arn, Message="x")


def _read_secret(secretsmanager: Any, account: Account) -> None:
    secretsmanager.get_secret_value(SecretId=f"{account.outputs.secret_prefix}x")


_DENIED: list[tuple[str, str, Call]] = [
    *((role, "ivs", _stop) for role in _OBSERVERS),
    *((role, "ivs", _look) for role in _OBSERVERS),
    *((role, "s3", _list_buckets) for role in _OBSERVERS),
    *((role, "sns", _publish) for role in _OBSERVERS),
    *((role, "dynamodb", _change_entry) for role in _OBSERVERS),
    *((role, "dynamodb", _delete_entry) for role in _OBSERVERS),
    *((role, "dynamodb", _delete_entry_beside_a_record) for role in _OBSERVERS),
    ("EnforceRole", "dynamodb", _write),
    ("EnforceRole", "ivs", _delete_protected_key),
    ("EnforceRole", "ivs", _read_key),
    ("EnforceRole", "sqs", _request_action),
    ("NotifyRole", "dynamodb", _read_record),
    ("NotifyRole", "dynamodb", _write),
    ("NotifyRole", "dynamodb", _delete),
    ("NotifyRole", "dynamodb", _delete_name),
    ("NotifyRole", "dynamodb", _delete_name_in_a_batch),
    ("NotifyRole", "dynamodb", _read_names_in_a_batch),
    ("NotifyRole", "ivs", _stop),
    ("NotifyRole", "secretsmanager", _read_secret),
    ("NotifyRole", "sqs", _request_action),
    ("NotifyRole", "sqs", _report_an_event),
    ("SweepRole", "ivs", _stop),
    ("SweepRole", "ivs", _look),
    ("SweepRole", "ivs", _read_key),
    ("SweepRole", "dynamodb", _change),
    ("SweepRole", "dynamodb", _read_waiting),
    ("SweepRole", "sqs", _request_action),
    ("RotateKeysRole", "ivs", _stop),
    ("RotateKeysRole", "dynamodb", _add_entry),
    ("RotateKeysRole", "dynamodb", _delete_entry),
    ("RotateKeysRole", "dynamodb", _read_names_in_a_batch),
    ("RotateKeysRole", "secretsmanager", _read_secret),
    ("RotateKeysRole", "sqs", _request_action),
]


@pytest.mark.parametrize(("role", "service", "call"), _DENIED)
def test_role_is_denied(account: Account, role: str, service: str, call: Call) -> None:
    client = client_of_role(account, role, service)

    with pytest.raises(ClientError) as refused:
        call(client, account)
    assert "is not authorized to perform" in str(refused.value)


def test_notify_reads_and_writes_what_was_delivered(account: Account) -> None:
    dynamodb, table = client_of_role(account, "NotifyRole", "dynamodb"), account.outputs.table_name
    item = {"pk": {"S": "delivered/sns/x"}, "sk": {"S": "delivered"}}

    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key=item)["Item"] == item


@pytest.mark.parametrize("role", [*_OBSERVERS, "SweepRole", "RotateKeysRole", "NotifyRole"])
def test_who_hands_over_or_wakes_knows_all_destinations_by_name(
    account: Account, role: str
) -> None:
    table = account.outputs.table_name
    ended = news(1, NotificationStatus.RESOLVED)
    DynamoDeliveries(account.client("dynamodb"), table, now).add("elsewhere", ended, None)

    names = DynamoDeliveries(client_of_role(account, role, "dynamodb"), table, now).destinations()

    assert "elsewhere" in names


def test_notify_has_the_end_of_a_baseline_wait_and_counts_what_is_judged(account: Account) -> None:
    dynamodb, table = client_of_role(account, "NotifyRole", "dynamodb"), account.outputs.table_name
    ended = news(1, NotificationStatus.RESOLVED)
    deliveries = DynamoDeliveries(dynamodb, table, now)

    deliveries.add("nowhere", ended, None)
    counted = FirstLook(DynamoFleetIndex(dynamodb, table, Place(ACCOUNT_ID, REGION)), "").judged(
        NO_CONTROLS
    )

    assert [each.notification for each in deliveries.waiting("nowhere")] == [ended]
    assert all(each.unjudged for each in counted.values())


_SOURCES = {
    "StreamEventsRole": "stream_inbox_url",
    "RecordingEventsRole": "recording_inbox_url",
    "ResourceChangesRole": "change_inbox_url",
    "EnforceRole": "action_queue_url",
    "NotifyRole": "notification_queue_url",
}


@pytest.mark.parametrize("role", _SOURCES)
@pytest.mark.parametrize("queue", _SOURCES.values())
def test_function_postpones_messages_of_its_own_queue_only(
    account: Account, role: str, queue: str
) -> None:
    sqs, url = client_of_role(account, role, "sqs"), getattr(account.outputs, queue)
    entry = {"Id": "0", "ReceiptHandle": "none", "VisibilityTimeout": 5}

    if _SOURCES[role] == queue:
        answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=[entry])
        assert answer["Failed"][0]["Code"] == "ReceiptHandleIsInvalid"
    else:
        with pytest.raises(ClientError, match="is not authorized to perform"):
            sqs.change_message_visibility_batch(QueueUrl=url, Entries=[entry])


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [("RotateKeysRole", "rotate_keys", "sweep"), ("SweepRole", "sweep", "rotate_keys")],
)
def test_function_that_continues_invokes_itself_and_no_other(
    account: Account, role: str, own: str, other: str
) -> None:
    functions = client_of_role(account, role, "lambda")
    names = account.outputs
    own, other = (getattr(names, f"{each}_function_name") for each in (own, other))
    request = {"InvocationType": "Event", "Payload": json.dumps({"only": "begun"})}

    assert functions.invoke(FunctionName=own, **request)["StatusCode"] == 202
    with pytest.raises(ClientError, match="is not authorized to perform"):
        functions.invoke(FunctionName=other, **request)


@pytest.fixture
def stranger(account: Account) -> Iterator[Any]:
    """A queue client of a role that has nothing to do with the stack, and may send to any queue."""
    iam, name = account.client("iam"), "stranger"
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT_ID}, "Action": "sts:AssumeRole"}
    sends = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=_document(sends))
    yield client_with(account, arn, "sqs")
    iam.delete_role_policy(RoleName=name, PolicyName=name)
    iam.delete_role(RoleName=name)


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_stranger_sends_to_no_queue_of_the_stack_although_its_own_policy_allows_it(
    account: Account, stranger: Any
) -> None:
    """Who may give commands, the account's own policies say, and not the queues."""
    found = account.client("sqs").list_queues(QueueNamePrefix="streamwarden-")["QueueUrls"]
    commands = {account.outputs.operator_inbox_url, account.outputs.administrator_inbox_url}
    urls = set(found) - commands
    assert len(urls) == 14

    for url in urls:
        fifo = {"MessageGroupId": "x", "MessageDeduplicationId": "x"} if "fifo" in url else {}
        with pytest.raises(ClientError, match="AccessDenied"):
            stranger.send_message(QueueUrl=url, MessageBody="x", **fifo)

    own = stranger.create_queue(QueueName="of-the-stranger")["QueueUrl"]
    stranger.send_message(QueueUrl=own, MessageBody="x")


@pytest.mark.parametrize("role", ["TimerRole", "SweepScheduleRole", "RotateKeysScheduleRole"])
def test_role_of_the_scheduler_is_lent_to_nobody_else(account: Account, role: str) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole"):
        client_of_role(account, role, "sqs")
