"""Each command that looks at a stack, against the deployed one, after a stream was stopped."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from streamwarden_cli.local.access import ADMINISTRATOR_KEY_ID, ADMINISTRATOR_SECRET, REGION
from streamwarden_cli.main import main
from tests.stack.account import IN_ORDER, Account, eventually

NAME: Final = "late-show"
RULE: Final = "closed-shows"

type Look = Callable[..., Any]


@pytest.fixture(scope="module")
def late_show(account: Account) -> str:
    """A channel whose encoder came at a forbidden hour and was stopped; it stays in breach until
    the end is known, and its incident is resolved then."""
    channel = account.channel(NAME, tags={**IN_ORDER, "show": "closed"}, insecureIngest=True)
    eventually(lambda: account.is_recorded(channel))
    account.control.go_live(channel)
    eventually(lambda: "StopStream" in account.calls_on(channel))
    eventually(lambda: account.live_stream(channel) is None)
    account.settle()
    account.sweep()
    return channel


@pytest.fixture
def look(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Look:
    """Runs a command as an operator does, and reads its answer: one document, or one a line."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ADMINISTRATOR_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ADMINISTRATOR_SECRET)
    where = ("--endpoint-url", account.local.endpoint, "--region", REGION)

    def looked(*words: str) -> Any:
        assert main([*words, *where, "--json"]) == 0
        text = capsys.readouterr().out
        if words[0] == "watch":
            return [json.loads(line) for line in text.splitlines()]
        return json.loads(text)

    return looked


def test_status_says_how_the_stack_is(late_show: str, look: Look) -> None:
    found = look("status")

    assert found["stack"] == {
        "name": "streamwarden",
        "account": late_show.split(":")[4],
        "region": REGION,
        "is_local": True,
    }
    assert found["deployed"]["mode"] == "enforce"
    assert found["sweep"]["last"]["channels"] >= 1
    assert found["fleet"]["channels"] >= 1
    assert "tls-only" in {each["rule"] for each in found["incidents"]}
    assert {each["queue"] for each in found["queues"]} >= {"StreamInbox", "SweepDeadLetters"}


def test_what_is_open_is_listed(late_show: str, look: Look) -> None:
    def done() -> str:
        opened = {each["rule"]: each for each in look("open")["open"] if each["name"] == NAME}
        return str(opened["tls-only"]["done"])

    eventually(lambda: done().startswith("sent to topic "))


def test_a_channel_is_known_by_its_name(late_show: str, look: Look) -> None:
    known = look("channel", NAME)

    assert known["resource"]["arn"] == late_show
    assert known["resource"]["settings"]["insecureIngest"] is True
    assert len(known["sessions"]) == 1


def test_why_decides_by_the_deployed_policy(late_show: str, look: Look) -> None:
    verdicts = {each["rule"]: each for each in look("why", NAME)["verdicts"]}

    assert verdicts["tls-only"]["verdict"] == "breach"
    assert verdicts["tls-only"]["reason"] == "the channel allows insecure ingest (RTMP without TLS)"


def test_the_history_has_the_stream_that_was_stopped(late_show: str, look: Look) -> None:
    texts = [each["text"] for each in look("history", late_show)["history"]]

    assert "on the air" in texts
    assert any(each.startswith("ended") for each in texts)


def test_a_review_names_who_is_in_breach(late_show: str, look: Look) -> None:
    rules = {each["rule"]: each for each in look("review")["rules"]}

    assert rules["tls-only"]["in_breach"] >= 1
    assert rules["tls-only"]["worst"]


def test_a_report_lists_the_stop(
    late_show: str, account: Account, look: Look, tmp_path: Path
) -> None:
    where = ("--endpoint-url", account.local.endpoint, "--region", REGION)
    page = tmp_path / "report.html"

    assert main(["report", "-o", str(page), "--csv", str(tmp_path), *where]) == 0

    stops = [*csv.DictReader((tmp_path / "stops.csv").read_text().splitlines())]
    assert [(each["rule"], each["outcome"]) for each in stops if each["channel"] == NAME] == [
        (RULE, "done")
    ]
    assert NAME in page.read_text()


def test_what_happened_is_watched(late_show: str, look: Look) -> None:
    lines = look("watch", "--since", "30m", "--for", "1s")

    about = [each["what"] for each in lines if (each["name"], each["rule"]) == (NAME, RULE)]
    assert {"requested", "breach", "finished", "resolved"} <= {*about}
