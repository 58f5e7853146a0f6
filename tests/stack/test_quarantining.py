"""An encoder that comes back two seconds after every stop is off the air within a minute."""

import json
import time
from typing import Any

import pytest

from streamwarden.domain.commands import (
    AnyCommand,
    QuarantineChannel,
    ReleaseChannel,
    StopStream,
    envelope_of_command,
)
from streamwarden.domain.state.controls import Sender
from tests.stack.account import IN_ORDER, Account, eventually, now

_WITHIN_SECONDS = 60
_NOBODY = Sender(id="")  # SQS says who sent a command


@pytest.fixture(scope="module")
def stubborn(account: Account) -> str:
    """A channel whose encoder does not give up, once it is off the air for good."""
    channel = account.channel("stubborn-show", tags={**IN_ORDER, "show": "stubborn"})
    eventually(lambda: account.is_recorded(channel))
    began_at = time.monotonic()
    account.control.go_live(channel, reconnects=True)
    eventually(lambda: not _has_key(account, channel))
    eventually(lambda: account.live_stream(channel) is None)
    account.settle()
    assert time.monotonic() - began_at < _WITHIN_SECONDS
    return channel


def test_it_is_quarantined_with_three_notifications(account: Account, stubborn: str) -> None:
    streams = account.client("ivs").list_stream_sessions(channelArn=stubborn)["streamSessions"]
    calls = account.calls_on(stubborn)

    assert account.live_stream(stubborn) is None
    # The quarantine is more severe than the rule, so it may be told first.
    notified = ["escalated", "opened", "repeated"]
    eventually(lambda: sorted(account.statuses(stubborn, "stubborn-shows")) == notified)
    assert calls.count("StopStream") == len(streams) <= 4  # one may come on before the key is gone
    assert calls.count("ListStreamKeys") <= 2
    news = account.notifications(stubborn, "stubborn-shows")
    (quarantined,) = [each for each in news if "quarantined until" in each.subject]
    assert f"streamwarden release {stubborn}" in quarantined.text


def test_a_release_makes_a_key_and_publishes_it(account: Account, stubborn: str) -> None:
    _order(account, ReleaseChannel, stubborn)

    eventually(lambda: _has_key(account, stubborn))
    secrets, name = account.client("secretsmanager"), stubborn.rpartition("/")[2]
    secret_id = account.outputs.secret_prefix + name
    value = account.key_value(stubborn)
    published = eventually(lambda: _secret(secrets, secret_id))
    assert json.loads(published)["streamKey"] == value
    eventually(lambda: "resolved" in account.statuses(stubborn, "stubborn-shows"))


def test_operators_quarantine_a_channel_and_stop_a_stream(account: Account) -> None:
    channel = account.channel("ordered-show")
    eventually(lambda: account.is_recorded(channel))
    account.control.go_live(channel)
    eventually(lambda: account.is_recorded_live(channel))
    time.sleep(1)  # SQS says when a command was sent, and IVS knows whole seconds

    _order(account, StopStream, channel)
    eventually(lambda: account.live_stream(channel) is None)
    _order(account, QuarantineChannel, channel)
    eventually(lambda: not _has_key(account, channel))

    eventually(lambda: account.notifications(channel, "quarantine"))
    (stop,) = account.notifications(channel, "stop")
    assert "has ordered to stop" in stop.text


def _has_key(account: Account, channel: str) -> bool:
    return bool(account.client("ivs").list_stream_keys(channelArn=channel)["streamKeys"])


def _secret(secrets: Any, secret_id: str) -> str:
    try:
        return str(secrets.get_secret_value(SecretId=secret_id)["SecretString"])
    except secrets.exceptions.ResourceNotFoundException:
        return ""


def _order(account: Account, kind: type[AnyCommand], channel: str) -> None:
    command: Any = kind
    order = command(resource_arn=channel, time=now(), author=_NOBODY, reason="a stack test")
    account.client("sqs").send_message(
        QueueUrl=account.outputs.operator_inbox_url,
        MessageBody=json.dumps(envelope_of_command(order)),
    )
