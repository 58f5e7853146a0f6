"""A stack that is turned to observe leaves no channel without a key unnoticed."""

from collections.abc import Callable

import pytest

from streamwarden_cli.local.access import administrator_environment
from streamwarden_cli.local.deployment import Mode
from streamwarden_cli.main import main
from tests.stack.account import Account, eventually
from tests.stack.roles import used
from tests.stack.rotations import rotate, secret_key_value


def test_an_operator_finishes_what_a_stack_began_before_it_was_turned_to_observe(
    account: Account,
    turn_to: Callable[[Mode], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    channel = account.channel("half-way")
    account.control.fail_next("CreateStreamKey", "PendingVerification", "Interrupted by the test")
    assert rotate(account, channel)["status"] == "failed"

    turn_to("observe")
    account.invoke(account.outputs.rotate_keys_function_name, {"only": "begun"})

    (notification,) = eventually(lambda: account.notifications(channel, "on-demand"))
    assert notification.subject.startswith("[critical] ")
    command = f"streamwarden keys finish --stack-name streamwarden {channel}"
    assert command in notification.text
    assert account.client("ivs").list_stream_keys(channelArn=channel)["streamKeys"] == []

    environment = administrator_environment(account.local.endpoint, home=account.state_dir)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(command.split()[1:]) == 0
    output = capsys.readouterr().out
    new = account.key_value(channel)
    assert output.startswith("done: the new key is in secret streamwarden/stream-keys/")
    assert new not in output
    assert secret_key_value(account, channel) == new
    assert main(command.split()[1:]) == 3

    account.invoke(account.outputs.rotate_keys_function_name, {"only": "begun"})
    eventually(lambda: len(account.notifications(channel, "on-demand")) == 2)
    _, resolved = account.notifications(channel, "on-demand")
    assert "stream key replaced" in resolved.subject
    assert "dynamodb:BatchGetItem" in used(account)["RotateKeysRole"]
