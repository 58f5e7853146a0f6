"""Stream keys are replaced by age and on demand; whatever interrupts it, one key is left."""

from datetime import timedelta
from typing import Final

import pytest

from streamwarden_cli.local.access import administrator_environment
from streamwarden_cli.main import main
from tests.stack.account import Account, Notification, eventually
from tests.stack.rotations import rotate, rotate_due, secret_key_value

_OLD: Final = timedelta(days=45)


def test_a_key_too_old_is_replaced_in_the_rotation_window(account: Account) -> None:
    channel = _with_old_key(account, "old-key")
    old = account.key_value(channel)

    outcome = rotate_due(account)[channel]

    assert outcome["status"] == "done"
    assert secret_key_value(account, channel) == account.key_value(channel) != old
    assert account.is_refused(old)
    eventually(lambda: "fresh-keys" not in account.breaches(channel))
    (replaced,) = eventually(lambda: _notified(account, channel, "stream key replaced"))
    assert replaced["rule"] == "fresh-keys"


def test_a_channel_in_use_keeps_its_key(account: Account) -> None:
    channel = _with_old_key(account, "old-key-live")
    old = account.key_value(channel)
    account.control.go_live(channel)
    eventually(lambda: account.is_recorded_live(channel))

    assert "the channel is live" in rotate_due(account)[channel]["reason"]
    assert account.key_value(channel) == old

    account.control.leave(channel)
    eventually(lambda: account.live_stream(channel) is None)
    assert "a few minutes ago" in rotate_due(account)[channel]["reason"]
    assert account.key_value(channel) == old


def test_an_operator_replaces_a_young_key_by_command(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = account.channel("young-key")
    old = account.key_value(channel)
    environment = administrator_environment(account.local.endpoint, home=account.state_dir)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    exit_code = main(["keys", "rotate", channel])

    output = capsys.readouterr()
    new = account.key_value(channel)
    assert (exit_code, output.err) == (0, "")
    assert output.out.startswith("done: the new key is in secret streamwarden/stream-keys/")
    assert secret_key_value(account, channel) == new != old
    assert account.is_refused(old)
    assert new not in output.out


def test_the_secret_of_a_deleted_channel_goes_and_can_be_restored(account: Account) -> None:
    channel = account.channel("deleted-with-secret")
    assert rotate(account, channel)["status"] == "done"
    account.client("ivs").delete_channel(arn=channel)
    secret_id = account.outputs.secret_prefix + channel.rpartition("/")[2]
    secrets = account.client("secretsmanager")

    def is_deleted() -> bool:
        rotate_due(account)
        return "DeletedDate" in secrets.describe_secret(SecretId=secret_id)

    eventually(is_deleted)


@pytest.mark.parametrize("operation", ["DeleteStreamKey", "CreateStreamKey", "GetStreamKey"])
def test_a_rotation_that_is_interrupted_is_finished_by_the_next_window(
    account: Account, operation: str
) -> None:
    channel = account.channel(f"interrupted-{operation}")
    old = account.key_value(channel)
    account.control.fail_next(operation, "PendingVerification", "Interrupted by the test")

    assert rotate(account, channel)["status"] == "failed"
    assert rotate_due(account)[channel]["status"] == "done"
    assert secret_key_value(account, channel) == account.key_value(channel) != old
    assert account.is_refused(old)
    assert channel not in rotate_due(account), "it is finished for good"


def test_a_failing_ivs_is_asked_again_within_one_run(account: Account) -> None:
    channel = account.channel("flickering")
    account.control.fail_next("CreateStreamKey", "InternalServerException", "Flickers", times=2)

    assert rotate(account, channel)["status"] == "done"
    assert secret_key_value(account, channel) == account.key_value(channel)


def _with_old_key(account: Account, name: str) -> str:
    channel = account.channel(name, age=_OLD)
    eventually(lambda: "fresh-keys" in account.breaches(channel))
    return channel


def _notified(account: Account, channel: str, words: str) -> list[Notification]:
    """What people were told of the key's rule in these words."""
    notified = account.notifications(channel, "fresh-keys")
    return [each for each in notified if words in each.subject]
