"""A stack in mode observe records and notifies of the same breaches, and cannot touch IVS."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stack.account import IN_ORDER, Account, eventually, now
from tests.stack.roles import client_of_role


@pytest.fixture(scope="module")
def marathon(watched_account: Account) -> str:
    """A channel whose stream has been over its limit since long ago."""
    channel = watched_account.channel("marathon", tags={**IN_ORDER, "show": "short"})
    eventually(lambda: watched_account.is_recorded(channel))
    watched_account.control.go_live(channel, started_at=now() - timedelta(hours=1))
    return channel


def test_a_breach_is_recorded_and_notified_and_the_stream_stays_on_the_air(
    watched_account: Account, marathon: str
) -> None:
    (notification,) = eventually(lambda: watched_account.notifications(marathon, "short-shows"))

    watched_account.settle()
    assert "mode enforce stops the stream" in notification.text
    assert watched_account.breaches(marathon)["short-shows"]["mode"] == "notify"
    assert watched_account.live_stream(marathon) is not None
    assert watched_account.calls_on(marathon) == []


def test_no_step_of_a_rule_warns_or_stops_the_stream(watched_account: Account) -> None:
    channel = watched_account.channel("long-talk", tags={**IN_ORDER, "show": "talk"})
    eventually(lambda: watched_account.is_recorded(channel))

    watched_account.control.go_live(channel, started_at=now() - timedelta(hours=1))

    notification, *_ = eventually(lambda: watched_account.notifications(channel, "talks"))
    assert "mode enforce puts a warning into the stream" in notification.text
    eventually(lambda: watched_account.statuses(channel, "talks") == ["opened", "escalated"])
    watched_account.settle()
    assert watched_account.calls_on(channel) == []


def test_no_key_is_replaced(watched_account: Account) -> None:
    channel = watched_account.channel("old-key", age=timedelta(days=45))
    before = watched_account.key_value(channel)
    eventually(lambda: watched_account.breaches(channel).get("fresh-keys"))

    rotate_keys = watched_account.outputs.rotate_keys_function_name
    assert watched_account.invoke(rotate_keys, {}) == {"rotations": []}
    (asked,) = watched_account.invoke(rotate_keys, {"channel_arn": channel})["rotations"]
    assert asked["outcome"]["reason"] == "the stack only observes"
    assert watched_account.key_value(channel) == before


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        ("EnforceRole", "stop_stream"),
        ("EnforceRole", "put_metadata"),
        ("EnforceRole", "tag_resource"),
        ("RotateKeysRole", "delete_stream_key"),
        ("RotateKeysRole", "create_stream_key"),
        ("RotateKeysRole", "get_stream_key"),
    ],
)
def test_iam_denies_what_an_enforcing_stack_may_do(
    watched_account: Account, account: Account, marathon: str, role: str, operation: str
) -> None:
    arguments = _arguments(operation, watched_account, marathon)

    assert _answer(watched_account, role, operation, arguments) == "AccessDeniedException"
    assert _answer(account, role, operation, arguments) != "AccessDeniedException"


def _arguments(operation: str, account: Account, channel_arn: str) -> dict[str, Any]:
    """What is asked for in the watched account is there; in the other one it is not."""
    keys = account.client("ivs").list_stream_keys(channelArn=channel_arn)["streamKeys"]
    match operation:
        case "stop_stream" | "create_stream_key":
            return {"channelArn": channel_arn}
        case "put_metadata":
            return {"channelArn": channel_arn, "metadata": "{}"}
        case "tag_resource":
            return {"resourceArn": channel_arn, "tags": {"team": "none"}}
        case _:
            return {"arn": keys[0]["arn"]}


def _answer(account: Account, role: str, operation: str, arguments: dict[str, Any]) -> str:
    ivs = client_of_role(account, role, "ivs")
    try:
        getattr(ivs, operation)(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"
