"""SQS says who sent a message. The author of a command is taken from it."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from streamwarden_cli.local.access import ACCOUNT_ID
from tests.stack.identities import allow, role, user
from tests.stack.simulated_aws import SimulatedAws

_SENDS: Final = allow("sqs:SendMessage", "*")


@pytest.fixture(scope="module")
def queue(simulated: SimulatedAws) -> Iterator[str]:
    sqs = simulated.client("sqs")
    url = str(sqs.create_queue(QueueName="senders")["QueueUrl"])
    yield url
    sqs.delete_queue(QueueUrl=url)


def _sender_of_next(simulated: SimulatedAws, queue: str) -> str:
    (received,) = simulated.client("sqs").receive_message(
        QueueUrl=queue, MessageSystemAttributeNames=["SenderId"], WaitTimeSeconds=5
    )["Messages"]
    simulated.client("sqs").delete_message(QueueUrl=queue, ReceiptHandle=received["ReceiptHandle"])
    return str(received["Attributes"]["SenderId"])


def test_the_sender_is_the_user(simulated: SimulatedAws, queue: str) -> None:
    ana = user(simulated, "ana", _SENDS)

    ana.client("sqs").send_message(QueueUrl=queue, MessageBody="x")

    said = simulated.client("iam").get_user(UserName="ana")["User"]["UserId"]
    assert said.startswith("AIDA")
    assert _sender_of_next(simulated, queue) == said


def test_the_sender_is_the_role_with_its_session(simulated: SimulatedAws, queue: str) -> None:
    on_call = role(simulated, "on-call", _SENDS, session="monday")

    entry: dict[str, Any] = {"Id": "0", "MessageBody": "x"}
    on_call.client("sqs").send_message_batch(QueueUrl=queue, Entries=[entry])

    said = simulated.client("iam").get_role(RoleName="on-call")["Role"]["RoleId"]
    assert said.startswith("AROA")
    assert _sender_of_next(simulated, queue) == f"{said}:monday"


def test_the_sender_is_the_account_where_its_root_sends(
    simulated: SimulatedAws, queue: str
) -> None:
    simulated.client("sqs").send_message(QueueUrl=queue, MessageBody="x")

    assert _sender_of_next(simulated, queue) == ACCOUNT_ID
