"""`streamwarden ledger` reads what the real handlers wrote, and finds what was done to it."""

import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, Final

import pytest

from streamwarden_cli.aws import AwsAccount
from streamwarden_cli.commands import ledger
from streamwarden_cli.exit_codes import ExitCode
from streamwarden_cli.main import main
from streamwarden_cli.shipped import CHECKOUT
from tests.integration.driver import ACCOUNT, REGION, Stack, arn_of

STUDIO: Final = arn_of("studio")
PAGE: Final = (CHECKOUT / "docs" / "command.md").read_text(encoding="utf-8")
STACK: Final = {
    "StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/streamwarden/1",
    "Outputs": [{"OutputKey": "TableName", "OutputValue": "Table"}],
}

type Command = Callable[..., tuple[ExitCode, str]]


@pytest.fixture
def command(
    stack: Stack, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    def client(_: AwsAccount, service: str, config: object = None) -> Any:
        """CloudFormation is the one service of these tests that moto does not bring."""
        if service == "cloudformation":
            return SimpleNamespace(
                describe_stacks=lambda StackName: {"Stacks": [STACK]},  # noqa: N803
                meta=SimpleNamespace(endpoint_url="https://cloudformation.amazonaws.com"),
            )
        return stack.client(service)

    monkeypatch.setattr(AwsAccount, "client", client)
    monkeypatch.setattr(ledger, "_now", lambda: stack.now)

    def run(*words: str) -> tuple[ExitCode, str]:
        code = main(["ledger", *words, "--region", REGION])
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def marathon(stack: Stack) -> Stack:
    """A stream that was stopped."""
    stack.go_live(stack.channel("studio"))
    stack.later(hours=4)
    stack.observe_events()
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    stack.observe_events()
    return stack


def key_of(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"ledger/{STUDIO}"}, "sk": {"S": f"{number:012}"}}


def delete(stack: Stack) -> None:
    stack.client("dynamodb").delete_item(TableName="Table", Key=key_of(2))


def alter(stack: Stack) -> None:
    table = stack.client("dynamodb")
    item = table.get_item(TableName="Table", Key=key_of(2))["Item"]
    table.put_item(TableName="Table", Item={**item, "entry": {"S": f"{item['entry']['S']} "}})


def test_a_ledger_tells_what_was_done_and_why(marathon: Stack, command: Command) -> None:
    code, text = command(STUDIO)

    assert code is ExitCode.DONE
    assert text.startswith(f"{STUDIO}: 3 entries (UTC)\n#1  2026-03-14 16:00:00  enforce, policy ")
    expected = (
        r"breach of no-marathons \(enforce\) opened, stream (st-.*)\n"
        r" +on the air for 4h.*\n"
        r" +facts: lasted 4h, on_air_at 2026-03-14 12:00:00\n"
        r" +parameters: limit 4h\n"
        r" +stop requested for no-marathons \(enforce\), stream \1\n"
        r"(?:.*\n)* +stop done for no-marathons \(enforce\), stream \1\n"
        r"(?:.*\n)* +breach of no-marathons \(enforce\) resolved, stream \1\n"
    )
    assert re.search(expected, text)
    assert "because of Stream Start (" in text
    assert max(map(len, text.splitlines())) <= 100


# What is in them has the words of rules, policies and tags.
_FREE = {"facts", "parameters", "conditions"}


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = [each for name, each in value.items() if name not in _FREE]
    for each in value:
        if isinstance(each, dict | list):
            yield from _names(each)


@pytest.mark.parametrize("words", [(STUDIO,), ("verify", STUDIO), ("verify", "--all")])
def test_the_page_describes_every_field(
    marathon: Stack, command: Command, words: tuple[str, ...]
) -> None:
    _, text = command(*words, "--json")

    assert {name for name in _names(json.loads(text)) if f"`{name}`" not in PAGE} == set()


def test_only_entries_of_a_time_are_printed(marathon: Stack, command: Command) -> None:
    code, text = command(STUDIO, "--since", "2026-03-14T16:00:01Z")

    assert (code, text) == (ExitCode.NOTHING, f"{STUDIO}: there is no entry\n")


def test_a_whole_ledger_is_verified(marathon: Stack, command: Command) -> None:
    assert command("verify", STUDIO) == (ExitCode.DONE, f"{STUDIO}: whole, entries 1 to 3\n")
    assert command("verify", "--all") == (ExitCode.DONE, "1 ledger: 1 whole\n")


@pytest.mark.parametrize("tamper", [alter, delete])
def test_what_was_altered_or_is_missing_is_found(
    marathon: Stack, command: Command, tamper: Callable[[Stack], None]
) -> None:
    tamper(marathon)

    code, text = command("verify", "--all")

    assert code is ExitCode.FAILED
    assert f"{STUDIO}: not whole\n    entry 2: " in text
    assert text.endswith("1 ledger: 0 whole\n")


def test_a_resource_without_a_ledger_is_nothing(marathon: Stack, command: Command) -> None:
    other = arn_of("harbour")

    assert command("verify", other) == (ExitCode.NOTHING, f"{other}: there is no entry\n")


def test_a_channel_may_be_given_by_its_name(marathon: Stack, command: Command) -> None:
    assert command("verify", "studio")[0] is ExitCode.DONE
    assert command("verify", "no-such")[0] is ExitCode.FAILED


@pytest.mark.parametrize(
    "words", [("verify",), ("verify", "x", "--all"), ("x", "y"), ("x", "--all")]
)
def test_what_is_asked_for_must_be_clear(command: Command, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as exited:
        command(*words)

    assert exited.value.code == ExitCode.WRONG_USAGE
