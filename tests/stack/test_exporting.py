"""A fleet is exported with what the deployed stack remembers, and a comparison counts with it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from streamwarden_cli.local.access import ACCOUNT_ID, REGION, administrator_environment
from streamwarden_cli.main import main
from tests.stack.account import IN_ORDER, Account, eventually, now


@pytest.fixture(autouse=True)
def as_administrator(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = administrator_environment(account.local.endpoint, home=account.state_dir)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_a_stream_of_hours_ago_and_a_key_of_weeks_ago_are_exported_and_counted(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = {**IN_ORDER, "show": "counted"}
    counted, other = (account.channel(f"counted-{each}", tags=tags) for each in ("one", "two"))
    for event in ended_stream(counted, now() - timedelta(hours=3), now() - timedelta(hours=1)):
        account.deliver(event)
    for channel in (counted, other):
        account.control.go_live(channel)
        eventually(lambda channel=channel: account.is_recorded_live(channel))  # type: ignore[misc]
    account.settle()
    fleet = tmp_path / "fleet.yaml"

    assert main(["fleet", "export", "--stack-name", "streamwarden", "-o", str(fleet)]) == 0

    exported = {each["arn"]: each for each in yaml.safe_load(fleet.read_text())["channels"]}
    record = exported[counted]["record"]
    (session,) = record["streamSessions"]
    length = moment(session["endTime"]) - moment(session["startTime"])
    assert timedelta(hours=2) <= length <= timedelta(hours=2, minutes=10)
    assert record["streamKeys"]
    assert "streamSessions" not in exported[other]["record"]

    found = diff(fleet, tmp_path, capsys)

    assert (found["newly_acted_on"], found["understated"]) == ([counted], {})


def diff(fleet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What a budget of two hours and a half a day would do within an hour, and one of 23 not."""
    files = {"old": "23h", "new": "150m"}
    for name, limit in files.items():
        rule = (
            "{id: hours, kind: broadcast_budget, mode: enforce, match: {tags: {show: counted}}, "
            f"params: {{limit: {limit}, period: day, zone: {zone_in_the_afternoon()}}}, "
            "actions: [stop]}"
        )
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\nrules: [{rule}]\n")
    old, new = (str(tmp_path / f"{name}.yaml") for name in files)
    capsys.readouterr()
    words = ["policy", "diff", old, new, "--fleet", str(fleet), "--until", "1h", "--json"]
    assert main(words) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def zone_in_the_afternoon() -> str:
    """Where it is between 16 and 17 o'clock, so that the hours before and after are of one day."""
    offset = 16 - now().hour
    offset = offset - 24 if offset > 12 else offset
    return f"Etc/GMT{-offset:+d}"  # the sign of POSIX


def ended_stream(channel: str, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    for name, at in (("Stream Start", start), ("Stream End", end)):
        yield {
            "version": "0",
            "id": f"{name} of {channel.rpartition('/')[2]}",
            "detail-type": "IVS Stream State Change",
            "source": "aws.ivs",
            "account": ACCOUNT_ID,
            "region": REGION,
            "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "resources": [channel],
            "detail": {"event_name": name, "channel_name": "", "stream_id": "st-before"},
        }


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
