"""A verdict that an operator puts on the event bus of the stack ends a stream; nothing else does.

The local AWS keeps the policy of an event bus, but asks nobody by it: who may send is compared with
the template in tests/unit/project/test_template.py.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from streamwarden.domain.inputs import StreamNotListed, envelope_of
from streamwarden_cli.local.access import administrator_environment
from streamwarden_cli.main import main
from tests.stack.account import Account, eventually, now


@pytest.fixture(autouse=True)
def as_administrator(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = administrator_environment(account.local.endpoint, home=account.state_dir)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_a_stream_that_an_operator_judges_is_stopped_and_its_viewers_are_revoked(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = account.channel("judged", authorized=True)
    account.control.go_live(channel)
    eventually(lambda: account.is_recorded_live(channel))
    said = ["--label", "Violence", "--confidence", "0.95", "--evidence", "https://a.example/1"]

    exit_code = main(["verdict", channel, *said, "--viewer", "ann@2"])

    output = capsys.readouterr()
    assert (exit_code, output.err) == (0, "")
    assert output.out.startswith("sent: operator says 'Violence' of ")
    assert "decided: judged: opened; judged: requested " in output.out
    eventually(lambda: account.live_stream(channel) is None)
    eventually(lambda: account.statuses(channel, "judged"))
    opened = account.notifications(channel, "judged")[0]
    assert "operator says 'Violence' with confidence 0.95: https://a.example/1" in opened.text
    calls = account.calls_on(channel)
    assert {"BatchStartViewerSessionRevocation", "StopStream"} <= {*calls}


def test_a_scenario_with_a_verdict_is_played_and_its_stream_is_stopped(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    channel = account.channel("tried")
    file = tmp_path / "tried.yaml"
    file.write_text(
        "steps:\n"
        f"  - {{at: 12:00, do: go-live, channel: {channel!r}}}\n"
        f"  - {{at: +2s, do: verdict, channel: {channel!r}, label: Violence, confidence: 0.95}}\n"
    )

    exit_code = main(["sim", "play", str(file), "--state-dir", str(account.state_dir)])

    output = capsys.readouterr()
    assert (exit_code, output.err) == (0, "")
    assert output.out.endswith("verdict: moderation says 'Violence'\n")
    eventually(lambda: account.live_stream(channel) is None)
    eventually(lambda: account.statuses(channel, "judged"))
    assert "StopStream" in account.calls_on(channel)


def test_what_is_no_verdict_does_not_pass_the_bus(account: Account) -> None:
    channel = account.channel("slandered")
    live = account.control.go_live(channel)
    eventually(lambda: account.is_recorded_live(channel))
    before = list(account.dead_lettered())
    gone = envelope_of(StreamNotListed(resource_arn=channel, time=now()))

    for source in ("streamwarden", "external-verdict", "aws.ivs"):
        _put(account, source, gone)

    account.settle()
    assert account.dead_lettered() == before
    assert account.is_recorded_live(channel)
    assert account.live_stream(channel) == live.stream_id


def _put(account: Account, source: str, envelope: dict[str, Any]) -> None:
    entry = {
        "Source": source,
        "DetailType": envelope["detail-type"],
        "Resources": envelope["resources"],
        "Detail": json.dumps(envelope["detail"]),
        "EventBusName": account.outputs.verdict_bus_name,
    }
    account.client("events").put_events(Entries=[entry])
