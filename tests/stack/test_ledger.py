"""The deployed observers write ledgers; `ledger verify` finds what somebody does to one."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamwarden.domain.inputs import ResourceListed, envelope_of
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.local.access import ACCOUNT_ID, REGION, administrator_environment
from streamwarden_cli.main import main
from tests.stack.account import IN_ORDER, Account, Item, eventually, now

type Command = Callable[..., tuple[ExitCode, str]]


@pytest.fixture
def command(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    environment = administrator_environment(account.local.endpoint, home=account.state_dir)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> tuple[ExitCode, str]:
        code = main(["ledger", *words])
        return code, capsys.readouterr().out

    return run


def ledger(account: Account, resource_arn: str) -> list[Item]:
    return account.items(f"ledger/{resource_arn}")


@pytest.fixture
def tampering(account: Account) -> Iterator[Callable[[str, int, Item | None], None]]:
    """Replaces an entry by another item, or by none, for one test."""
    before: list[Item] = []
    table: Any = account.client("dynamodb")
    name = account.outputs.table_name

    def tamper(resource_arn: str, number: int, item: Item | None) -> None:
        entry = ledger(account, resource_arn)[number - 1]
        before.append(entry)
        if item is None:
            table.delete_item(TableName=name, Key={key: entry[key] for key in ("pk", "sk")})
        else:
            table.put_item(TableName=name, Item={**entry, **item})

    yield tamper
    for each in before:
        table.put_item(TableName=name, Item=each)


def test_what_is_altered_or_deleted_is_found(
    account: Account,
    command: Command,
    tampering: Callable[[str, int, Item | None], None],
) -> None:
    studio, harbour = account.channel("ledger-a", tags={}), account.channel("ledger-b", tags={})
    for channel in (studio, harbour):
        # The tag that was missing is requested, and then set; both may be seen at once.
        eventually(lambda channel=channel: len(ledger(account, channel)) >= 2)  # type: ignore[misc]
        eventually(lambda channel=channel: not account.breaches(channel))  # type: ignore[misc]
    account.settle()

    code, notified = command(studio)
    assert code is ExitCode.DONE
    assert "breach of owned (enforce) opened" in notified
    assert "tag requested for owned (enforce)" in notified
    assert "tag done for owned (enforce)" in notified
    assert "breach of owned (enforce) resolved" in notified
    assert command("verify", "ledger-a")[0] is ExitCode.DONE, "by the name of the channel"

    (second,) = [each for each in ledger(account, studio) if int(each["sk"]["S"]) == 2]
    forged = second["entry"]["S"].replace('"owned"', '"other"')
    assert forged != second["entry"]["S"]
    tampering(studio, 2, {"entry": {"S": forged}})
    tampering(harbour, 2, None)

    code, notified = command("verify", "--all")
    assert code is ExitCode.FAILED
    altered = "entry 2: the entry was altered: it does not have its hash any more"
    assert f"{studio}: not whole\n    {altered}\n" in notified
    assert f"{harbour}: not whole\n    entry 2: entry 2 is missing, and must be there\n" in notified
    assert notified.count("not whole") == 2


@pytest.mark.parametrize("inbox", ["stream_inbox_url", "recording_inbox_url", "change_inbox_url"])
def test_each_observer_begins_the_ledger_of_what_it_never_saw(account: Account, inbox: str) -> None:
    """Its record may have expired, and its ledger not, so the observer looks for one."""
    channel = f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/Never{inbox.partition('_')[0]}"
    listed = ResourceListed(
        resource_arn=channel, time=now(), settings={"insecureIngest": True}, tags=IN_ORDER
    )

    account.client("sqs").send_message(
        QueueUrl=getattr(account.outputs, inbox), MessageBody=json.dumps(envelope_of(listed))
    )

    entry, *_ = eventually(lambda: ledger(account, channel))
    assert "tls-only" in entry["entry"]["S"]


def test_the_ledger_says_that_people_were_notified(account: Account, command: Command) -> None:
    """By the function notify, whose role may send to the change inbox, and an observer."""
    channel = account.channel("ledger-c", tags={})

    def entry_of_message() -> str | None:
        _, text = command(channel)
        return text if "to topic: sent" in text else None

    text = eventually(entry_of_message)
    assert "notification of owned (opened) to topic: sent" in text
    assert "in a message of its own" in text
    assert command("verify", channel)[0] is ExitCode.DONE
