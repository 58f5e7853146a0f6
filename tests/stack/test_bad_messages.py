"""A message that can never succeed is put aside with its reason; its neighbours are not held up."""

import json
from datetime import timedelta
from typing import Any

import pytest

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from tests.stack.account import Account, eventually, now


@pytest.fixture
def channel(account: Account) -> str:
    arn = account.channel("good-neighbour")
    eventually(lambda: account.is_recorded(arn))
    return arn


def test_bad_messages_are_dead_lettered_with_the_reason_and_the_good_one_is_processed(
    account: Account, channel: str
) -> None:
    key_value = account.key_value(channel)
    good = _stream_start(channel)
    without_stream = {"event_name": "Stream Start", "channel_name": "x", "note": key_value}
    malformed = {**good, "detail": without_stream}
    account.control.mirror(good)
    bodies = ("not JSON", json.dumps(malformed), json.dumps(good))
    account.client("sqs").send_message_batch(
        QueueUrl=account.outputs.stream_inbox_url,
        Entries=[{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)],
    )

    eventually(lambda: account.is_recorded_live(channel))
    dead_letters = [
        *eventually(lambda: _dead_letters_of(account, "not JSON")),
        *eventually(lambda: _dead_letters_of(account, channel)),
    ]
    assert [_reason(each).partition(":")[0] for each in dead_letters] == ["Unprocessable"] * 2
    assert "the message is not JSON" in _reason(dead_letters[0])
    assert "stream_id" in _reason(dead_letters[1])
    assert key_value not in json.dumps(dead_letters), "what is put aside is redacted"


@pytest.mark.parametrize(
    ("queue", "missing", "fifo"),
    [
        (
            "action_queue_url",
            "id",
            {"MessageGroupId": "tests", "MessageDeduplicationId": "unreadable"},
        ),
        ("notification_queue_url", "destination", {}),
    ],
)
def test_a_request_that_nobody_can_read_is_dead_lettered_with_the_reason(
    account: Account, queue: str, missing: str, fifo: dict[str, str]
) -> None:
    sqs: Any = account.client("sqs")
    sqs.send_message(
        QueueUrl=getattr(account.outputs, queue),
        MessageBody=f'{{"unreadable": "{queue}"}}',
        **fifo,
    )

    (dead_letter,) = eventually(lambda: _dead_letters_of(account, queue))
    assert f"Object missing required field `{missing}`" in _reason(dead_letter)


def _stream_start(channel_arn: str) -> dict[str, object]:
    return {
        "version": "0",
        "id": "7e2f5c1a-0000-4000-8000-000000000001",
        "detail-type": "IVS Stream State Change",
        "source": "aws.ivs",
        "account": ACCOUNT_ID,
        "region": REGION,
        "time": f"{now() - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
        "resources": [channel_arn],
        "detail": {
            "event_name": "Stream Start",
            "channel_name": "good-neighbour",
            "stream_id": "st-GoodNeighbour0000000000",
        },
    }


def _dead_letters_of(account: Account, text: str) -> list[dict[str, object]]:
    return [each for each in account.dead_lettered() if text in str(each["Body"])]


def _reason(message: dict[str, object]) -> str:
    attributes = message["MessageAttributes"]
    assert isinstance(attributes, dict)
    return str(attributes["reason"]["StringValue"])
