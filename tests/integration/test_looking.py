"""The commands that look at a stack read what the real handlers have stored and logged."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest

from streamwarden.domain.redaction import REDACTED
from streamwarden_cli.commands import open as open_command
from streamwarden_cli.commands import watch
from streamwarden_cli.main import main
from streamwarden_cli.operate import command
from streamwarden_cli.operate import policy as operate_policy
from streamwarden_cli.operate.doctor import reach
from streamwarden_cli.operate.doctor.examined import Examined
from streamwarden_cli.operate.doctor.finding import Health
from streamwarden_cli.operate.steering import targets
from testbed import template
from testbed.key_wrappings import KEY
from tests.integration.conftest import POLICY, Deploy
from tests.integration.deployed_stack import deployed
from tests.integration.driver import Stack, arn_of

type Look = Callable[..., Any]

UNPAGED: Final = """
version: 1
destinations:
  pager: {kind: pagerduty, secret: pager}
rules:
  - id: owned
    kind: required_tags
    mode: notify
    severity: critical
    params: {tags: {team: {}}}
"""


@pytest.fixture
def look(stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Look:
    """Runs a command against the stack with `--json`, and reads its answer."""
    deployed(stack, monkeypatch)

    def looked(*words: str) -> Any:
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return looked


@pytest.fixture
def policy(tmp_path: Path) -> str:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY)
    return str(file)


@pytest.fixture
def marathon(stack: Stack) -> str:
    """A channel that is stopped for being on the air for too long."""
    live = stack.go_live(stack.channel("marathon", tags={"team": "news"}))
    stack.observe_events()
    stack.later(hours=5)
    stack.sweep()
    return live.channel_arn


def test_status_counts_what_is_open_and_what_waits(stack: Stack, marathon: str, look: Look) -> None:
    found = look("status")

    assert found["stack"]["name"] == "streamwarden"
    assert found["fleet"] == {"channels": 1, "live_streams": 1, "open_breaches": 1}
    (incident,) = found["incidents"]
    assert (incident["rule"], incident["severity"]) == ("no-marathons", "high")
    queues = {each["queue"]: each["waiting"] for each in found["queues"]}
    assert (queues["ActionQueue"], queues["StreamInbox"]) == (1, 0)
    assert len(queues) == len(template.of_type("AWS::SQS::Queue"))
    assert found["sweep"]["last"]["channels"] == 1
    assert found["sweep"]["last"]["finished_at"] == "2026-03-14T17:00:00Z"
    assert found["deployed"]["policy"]
    assert found["deployed"]["outdated"] == 0


def test_what_was_done_is_said_of_what_is_open(stack: Stack, marathon: str, look: Look) -> None:
    (before,) = look("open")["open"]
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    (after,) = look("open")["open"]

    requested = "stop requested at 2026-03-14 17:00:00, no outcome yet"
    assert before["done"] == f"{requested}; decided again in 5m"
    assert after["done"].startswith("stop done at 2026-03-14 17:00:00: stopped stream st-")


def test_where_a_notification_waits_is_said_by_every_view(
    deploy: Deploy,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """The secret of the pager is missing, so what is critical is not sent."""
    stack = deploy(UNPAGED)
    found = deployed(stack, monkeypatch)
    (tmp_path / "unpaged.yaml").write_text(UNPAGED)

    def look(*words: str) -> Any:
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    stack.channel("studio")
    stack.sweep()
    (sound,) = reach.destinations(Examined(found, stack.now))
    stack.notify("pager")
    (opened,) = look("open")["open"]
    (failing,) = look("status")["destinations"]
    why = ("why", "studio", "--policy", str(tmp_path / "unpaged.yaml"))
    (waiting,) = look(*why, "--rule", "owned")["waiting"]
    (checked,) = reach.destinations(Examined(found, stack.now))

    assert sound.health is Health.FINE
    assert opened["done"].startswith("waits for pager: not taken in ")
    assert (failing["destination"], failing["waiting"]) == ("pager", 1)
    assert (waiting["destination"], waiting["rule"]) == ("pager", "owned")
    assert look(*why, "--rule", "quarantine")["waiting"] == []
    assert checked.health is Health.PROBLEM
    assert checked.remedy == "streamwarden notify test pager --stack streamwarden"
    for each in (opened["done"], failing["reason"], waiting["reason"], checked.text):
        assert "streamwarden/destinations/pager" in each


def test_a_verdict_is_explained_by_name(
    stack: Stack, marathon: str, policy: str, look: Look
) -> None:
    found = look("why", "marathon", "--policy", policy)

    verdicts = {each["rule"]: each for each in found["verdicts"]}
    assert verdicts["no-marathons"]["verdict"] == "breach"
    assert verdicts["no-marathons"]["reason"] == "on the air for 5h; 4h is allowed"
    assert [each["what"] for each in found["done"]] == ["opened", "requested"]


def test_only_what_is_asked_for_is_explained(
    stack: Stack, marathon: str, policy: str, look: Look
) -> None:
    asked = look("why", "marathon", "--policy", policy, "--rule", "no-marathons")
    other = look("why", "marathon", "--policy", policy, "--rule", "quarantine")

    assert {each["rule"] for each in asked["verdicts"] + asked["done"]} == {"no-marathons"}
    assert [other[part] for part in ("verdicts", "incidents", "done")] == [[], [], []]


KNOWN: Final = SimpleNamespace(policy=SimpleNamespace(rules=[SimpleNamespace(id="no-marathons")]))


@pytest.mark.usefixtures("look", "marathon")
@pytest.mark.parametrize(
    "words", [["why", "marathon"], ["why", "marathon", "--at", "1h"], ["open"], ["breaker", "show"]]
)
def test_a_rule_that_is_misspelt_is_not_taken_for_one_of_which_there_is_nothing_to_say(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (open_command, operate_policy, targets):
        monkeypatch.setattr(module, "deployed_policy", lambda _: KNOWN)

    assert main([*words, "--rule", "no-marathon"]) == 1
    assert capsys.readouterr().err.endswith("no-marathon'; did you mean 'no-marathons'?\n")


def test_a_rule_of_before_is_one_while_something_is_open_of_it(marathon: str, look: Look) -> None:
    """The policy is not read for it; here it could not be."""
    (opened,) = look("open", "--rule", "no-marathons")["open"]

    assert opened["rule"] == "no-marathons"


@pytest.mark.usefixtures("look", "marathon")
def test_where_the_policy_cannot_be_read_nobody_says_that_there_is_no_such_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["open", "--rule", "no-marathon"]) == 0

    warning = "warning: whether there is a rule 'no-marathon' is not known: the deployed policy"
    assert capsys.readouterr().err.startswith(warning)


def test_how_it_stood_then_is_what_was_decided_by_then(marathon: str, look: Look) -> None:
    then, now = (look("why", marathon, "--at", ago)["stood"] for ago in ("1h", "1s"))

    assert then == []
    assert now == []  # nothing was decided before this very moment
    (stood,) = look("why", marathon, "--at", "2026-03-14T17:00:00Z")["stood"]
    assert (stood["rule"], stood["in_breach"]) == ("no-marathons", True)


def test_what_is_known_and_what_happened_is_said(marathon: str, look: Look) -> None:
    known, notified = look("channel", "marathon"), look("history", marathon)["history"]

    assert known["resource"]["name"] == "marathon"
    assert known["live"]["is_on_air"]
    assert known["tags"] == {"team": {"value": "news", "author": None}}
    assert [each["text"] for each in notified if each["what"] == "session"] == [
        "encoder connected",
        "on the air",
    ]


def test_a_review_counts_what_would_be_done(
    stack: Stack, marathon: str, policy: str, look: Look
) -> None:
    (rule, *others) = (
        each for each in look("review", "--policy", policy)["rules"] if each["in_breach"]
    )

    assert (rule["rule"], rule["actions"], others) == ("no-marathons", {"stop": 1}, [])
    assert rule["worst"][0]["name"] == "marathon"


def test_a_report_has_what_the_records_and_the_ledgers_say(
    stack: Stack, marathon: str, policy: str, look: Look, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    page, tables = tmp_path / "report.html", tmp_path / "tables"

    assert main(["report", "-o", str(page), "--csv", str(tables), "--policy", policy]) == 0

    assert capsys.readouterr().out.splitlines()[0] == str(page)
    assert "<title>Streamwarden: Stack streamwarden in account" in page.read_text()
    (stop,) = csv.DictReader((tables / "stops.csv").read_text().splitlines())
    assert (stop["channel"], stop["rule"], stop["outcome"]) == ("marathon", "no-marathons", "done")
    assert stop["reason"] == "on the air for 5h; 4h is allowed"
    steps = csv.DictReader((tables / "incident-steps.csv").read_text().splitlines())
    assert [each["what"] for each in steps] == ["opened", "requested", "finished"]


def test_of_what_is_over_a_report_reads_no_more_than_it_lists(
    stack: Stack, marathon: str, policy: str, look: Look, tmp_path: Path
) -> None:
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    stack.observe_events()
    stack.later(hours=2)
    stack.sweep()

    for since, listed in (("3h", 1), ("1h", 0)):
        page = str(tmp_path / "report.html")
        words = ["report", "-o", page, "--csv", str(tmp_path), "--since", since]
        assert main([*words, "--policy", policy]) == 0
        assert len((tmp_path / "stops.csv").read_text().splitlines()) == 1 + listed


def test_a_report_goes_to_standard_output_and_says_where_it_cannot_be_written(
    stack: Stack, marathon: str, policy: str, look: Look, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert main(["report", "-o", "-", "--policy", policy]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")

    nowhere = tmp_path / "nowhere" / "report.html"
    assert main(["report", "-o", str(nowhere), "--policy", policy]) == 1
    assert str(nowhere) in capsys.readouterr().err


@pytest.mark.parametrize("words", [["why", "marathon"], ["review"], ["report"]])
def test_where_the_deployed_policy_cannot_be_read_a_file_is_asked_for(
    words: list[str], marathon: str, look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 1
    assert "give it with --policy FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("marathn", "did you mean 'marathon'"),
        (arn_of("nobody"), "the stack streamwarden has no record of it"),
    ],
)
def test_what_is_not_known_is_refused_in_words(
    given: str, message: str, marathon: str, look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["channel", given]) == 1
    assert message in capsys.readouterr().err


def test_a_missing_permission_is_said_in_the_words_of_aws(
    stack: Stack, marathon: str, look: Look, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.client("dynamodb").delete_table(TableName="Table")

    assert main(["status"]) == 1
    assert "dynamodb:" in capsys.readouterr().err


def test_what_the_functions_log_is_watched_with_names(
    stack: Stack, marathon: str, look: Look, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    stack.pump("Enforce")
    # CloudWatch Logs refuses what is older than two weeks.
    began, looks = datetime.now(UTC), count(1)  # noqa: TID251
    put_logs(stack, "/aws/lambda/streamwarden/stream-events", began)
    monkeypatch.setattr(command, "now", lambda: began)
    monkeypatch.setattr(watch, "time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(watch, "now", lambda: began + timedelta(seconds=3 * next(looks)))

    assert main(["watch", "--since", "6h", "--for", "9s", "--json"]) == 0
    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]

    notified = [(each["what"], each["name"], each["rule"]) for each in lines if each["rule"]]
    assert notified == [
        ("requested", "marathon", "no-marathons"),
        ("breach", "marathon", "no-marathons"),
        ("finished", "marathon", "no-marathons"),
    ]


def put_logs(stack: Stack, group: str, now: datetime) -> None:
    """What the functions wrote, in CloudWatch Logs, as if they wrote it now."""
    logs = stack.client("logs")
    logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName="one")
    at = int(now.timestamp() * 1000)
    events = [{"timestamp": at, "message": json.dumps(line)} for line in stack.logs()]
    logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


def test_no_key_is_shown_that_somebody_wrote_into_a_name(stack: Stack, look: Look) -> None:
    stack.channel("studio", tags={"note": KEY})

    assert look("channel", arn_of("studio"))["tags"]["note"]["value"] == REDACTED


def test_what_is_over_is_told_from_the_ledger(stack: Stack, marathon: str, look: Look) -> None:
    stack.pump("Enforce")
    stack.pump("StreamEvents")
    stack.observe_events()
    ended_at = stack.now
    stack.later(hours=1)
    stack.sweep()

    notified = look("history", marathon)["history"]
    (stood,) = look("why", marathon, "--at", ended_at.isoformat())["stood"]

    assert [each["what"] for each in notified if each["rule"] == "no-marathons"] == [
        "opened",
        "requested",
        "finished",
        "resolved",
    ]
    assert any(each["text"].startswith("stop done: stopped stream") for each in notified)
    assert (stood["rule"], stood["in_breach"]) == ("no-marathons", False)
