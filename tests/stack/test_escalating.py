"""Before a stream is stopped, people are told and the stream is warned, where the stack may act."""

from tests.stack.account import Account, eventually
from tests.stack.channels import Channels
from tests.stack.roles import role_of

_ACTING = ("PutMetadata", "StopStream")


def test_a_stream_is_warned_before_its_limit_and_at_it_and_then_stopped(
    account: Account, channels: Channels
) -> None:
    eventually(lambda: account.live_stream(channels.talk) is None)

    account.settle()
    done = [
        call
        for call in account.calls()
        if call["operation"] in _ACTING and channels.talk in str(call["params"])
    ]
    assert [call["operation"] for call in done] == ["PutMetadata", "PutMetadata", "StopStream"]
    assert {call["outcome"] for call in done} == {"ok"}
    enforcer = account.outputs.enforce_role_arn.rpartition("/")[2]
    assert {role_of(call["caller_arn"]) for call in done} == {enforcer}


def test_people_are_notified_of_each_step_once(account: Account, channels: Channels) -> None:
    eventually(lambda: "resolved" in account.statuses(channels.talk, "talks"))

    account.settle()
    warning, opened, escalated, resolved = account.notifications(channels.talk, "talks")
    assert [each["status"] for each in (warning, opened, escalated, resolved)] == [
        "warning",
        "opened",
        "escalated",
        "resolved",
    ]
    assert "this stream will have been on the air for 20s in" in warning.text
    assert "Streamwarden puts a warning into the stream." in opened.text
    assert "Step 2 of 2: Streamwarden stops the stream." in escalated.text
    assert "the channel is not on the air" in resolved.text
