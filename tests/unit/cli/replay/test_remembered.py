"""What the record of a stack says of a channel counts for the rules from the first step on."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from streamwarden_cli.local.access import ACCOUNT_ID, REGION
from streamwarden_cli.main import main


class Case(NamedTuple):
    """A rule, what a scenario has beside its `record`, and what is expected of the rule."""

    rule: str
    record: str
    scenario: str
    expect: str


_CONFIGURATION: Final = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/abc"
CASES: Final = {
    "a budget that is nearly used up": Case(
        "{kind: broadcast_budget, params: {limit: 4h, period: day}, actions: [stop]}",
        "{streamSessions: [{startTime: 07:00, endTime: 09:00}, "
        "{startTime: 10:00, endTime: 11:50}]}",
        "channels: {name: hall, RECORD}\nsteps: [{at: 12:00, do: go-live}]\nuntil: 12:20",
        "{verdict: breach, reason: used 4h of 4h today, actions: [stop]}",
    ),
    "a budget that another channel of the tag has used up": Case(
        "{kind: broadcast_budget, params: {limit: 4h, period: week, tag: client}, actions: [stop]}",
        "{streamSessions: [{startTime: 08:00, endTime: 12:00}]}",
        "channels: [{name: hall, tags: {client: acme}}, {name: yard, tags: {client: acme}, RECORD}]"
        "\nsteps: [{at: 12:00, do: go-live}]\nuntil: 12:20",
        "{reason: client 'acme' has used 4h, actions: [stop]}",
    ),
    "a key that was made long ago": Case(
        "{kind: stream_key_age, params: {limit: 30d}, actions: [rotate_key]}",
        "{streamKeys: [{createdAt: 2025-11-01 09:00}]}",
        "channels: {name: hall, RECORD}\nfrom: 03:00\nuntil: 05:00",
        "{reason: 30d is allowed, actions: [rotate_key]}",
    ),
    "a key of a channel that was first seen long ago": Case(
        "{kind: stream_key_age, params: {limit: 30d}, mode: observe}",
        "{firstSeenAt: 2025-11-01 09:00}",
        "channels: {name: hall, RECORD}\nuntil: 12:00",
        "{verdict: breach, reason: the stream key is 65d 3h old}",
    ),
    "a channel that is out of use": Case(
        "{kind: orphans, mode: observe, params: {on: [channel], unused: 90d}}",
        "{firstSeenAt: 2025-01-01 09:00, lastOnAirAt: 2025-08-01 09:00}",
        "channels: {name: hall, RECORD}\nuntil: 12:00",
        "{verdict: breach, reason: last on the air 157d}",
    ),
    "an exemption": Case(
        "{kind: max_duration, params: {limit: 1h}, actions: [stop]}",
        "{exemptions: [{rule: rule, until: 2026-01-06 09:00, reason: the finals}]}",
        "channels: {name: hall, live: {startTime: 10:00}, RECORD}\nuntil: 12:00",
        "{verdict: exempt, actions: []}",
    ),
    "a protection by command, as long as it lasts": Case(
        "{kind: max_duration, params: {limit: 1h}, actions: [stop]}",
        "{protection: {reason: the finals, until: 12:30}}",
        "channels: {name: hall, live: {startTime: 10:00}, RECORD}\nfrom: 12:00\nuntil: 12:40",
        "{reason: on the air for 2h 30m, actions: [stop]}",
    ),
    "a quarantine, and its end": Case(
        "{kind: max_duration, mode: observe, params: {limit: 1h}}",
        "{streamKeys: [], quarantine: {since: 09:00, until: 13:00, reason: x, rule: rule, "
        "actedAt: 09:00}}",
        "channels: {name: hall, RECORD}\nsteps:\n- {at: 12:00, do: go-live, refused: true}\n"
        "- {at: 13:30, do: go-live}\nuntil: 15:00",
        "{verdict: breach, reason: on the air for 1h 30m}",
    ),
    "streams that count as repeated": Case(
        "{kind: max_duration, params: {limit: 1h}, actions: [stop], on_repeat: {times: 3, "
        "within: 7d, do: [quarantine: {for: [1d]}]}}",
        "{repetitions: [{rule: rule, stream: aaaaaa, at: 2026-01-03 09:00}, "
        "{rule: rule, stream: bbbbbb, at: 2026-01-04 09:00}]}",
        "channels: {name: hall, live: {startTime: 10:00}, RECORD}\nuntil: 12:00",
        "{actions: [quarantine: {for: [1d]}]}",
    ),
    "a step after a breach that opened before": Case(
        "{kind: required_tags, params: {tags: {team: {}}}, steps: [{after: 2h, do: [stop]}]}",
        "{breaches: [{rule: rule, since: 10:00, openedAt: 10:30, severity: medium, "
        "mode: enforce}]}",
        "channels: {name: hall, live: {startTime: 10:00}, RECORD}\nfrom: 12:00\nuntil: 12:40",
        "{verdict: breach, actions: [stop], notifications: [escalated]}",
    ),
    "a rule that has been broken for as long as it asks": Case(
        "{kind: required_tags, mode: notify, for: 3d, params: {tags: {team: {}}}}",
        "{breaches: [{rule: rule, since: 2026-01-02 09:00}]}",
        "channels: {name: hall, RECORD}\nuntil: 12:00",
        "{verdict: breach, notifications: [opened]}",
    ),
    "a stream that is recorded": Case(
        "{kind: not_recording, mode: observe, params: {limit: 1m}}",
        "{firstSeenAt: 2025-01-01 09:00, recordings: [{recordingSessionId: r-1, "
        "streamIds: [st-1], startTime: 11:00}]}",
        f"channels: {{name: hall, recordingConfigurationArn: {_CONFIGURATION!r}, "
        "live: {startTime: 11:00}, RECORD}\nuntil: 12:00",
        "{verdict: compliant}",
    ),
}  # fmt: skip

type Test = Callable[[Case, str], int]


@pytest.fixture
def played(tmp_path: Path) -> Test:
    """What `policy test` says of a case with this record, or without one."""

    def play(case: Case, record: str) -> int:
        rule = case.rule.replace("{", "{id: rule, ", 1)
        if "mode: " not in rule:
            rule = rule.replace("{", "{mode: enforce, ", 1)
        (tmp_path / "policy.yaml").write_text(f"version: 1\nrules: [{rule}]\n")
        scenario = case.scenario.replace(", RECORD", record)
        (tmp_path / "policy.tests.yaml").write_text(
            f"{scenario}\nexpect: {{rule: {case.expect}}}\n"
        )
        return main(["policy", "test", str(tmp_path / "policy.yaml")])

    return play


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_has_been_counts_and_is_not_there_by_itself(case: Case, played: Test) -> None:
    assert played(case, f", record: {case.record}") == 0
    assert played(case, "") == 1


def test_an_incident_that_was_open_before_is_in_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES["a step after a breach that opened before"]
    policy, file = tmp_path / "policy.yaml", tmp_path / "s.yaml"
    rule = case.rule.replace("{", "{id: rule, mode: enforce, ", 1)
    policy.write_text(f"version: 1\nrules: [{rule}]\n")
    file.write_text(case.scenario.replace(", RECORD", f", record: {case.record}"))

    assert main(["replay", str(file), "--policy", str(policy)]) == 0

    out = capsys.readouterr().out
    assert "Would have done: stop 1." in out
    assert re.search(r"10:30:00 +hall +rule +stop at 12:30:00: tag 'team' is missing; still", out)


def test_older_events_are_played_with_what_had_been_by_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a record says of later is not true yet: here, a budget that was used up since."""
    policy, fleet, events = (tmp_path / name for name in ("p.yaml", "f.yaml", "e.json"))
    policy.write_text(
        "version: 1\nrules: [{id: hours, kind: broadcast_budget, mode: enforce, "
        "params: {limit: 4h, period: day}, actions: [stop]}]\n"
    )
    record = CASES["a budget that is nearly used up"].record
    fleet.write_text(f"channels: {{name: hall, record: {record}}}\nuntil: 12:00\n")
    event = {
        "source": "aws.ivs",
        "detail-type": "IVS Stream State Change",
        "account": ACCOUNT_ID,
        "region": REGION,
        "resources": [f"arn:aws:ivs:{REGION}:{ACCOUNT_ID}:channel/hall"],
    }
    names = {"06:00": "Stream Start", "06:10": "Stream End"}
    played = [
        {
            **event,
            "id": name,
            "time": f"2026-01-05T{at}:00Z",
            "detail": {"event_name": name, "channel_name": "hall", "stream_id": "st-2"},
        }
        for at, name in names.items()
    ]
    events.write_text(json.dumps(played))
    words = ["replay", str(events), "--fleet", str(fleet), "--policy", str(policy), "--until", "1h"]

    assert main(words) == 0
    assert " 0 incidents, " in capsys.readouterr().out


def test_what_is_open_of_a_rule_that_is_gone_is_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, file = tmp_path / "policy.yaml", tmp_path / "s.yaml"
    policy.write_text("version: 1\nrules: [{id: tls, kind: insecure_ingest, mode: notify}]\n")
    breach = "{rule: gone, since: 10:00, openedAt: 10:00, mode: enforce}"
    file.write_text(f"channels: {{name: hall, record: {{breaches: [{breach}]}}}}\nuntil: 12:00\n")

    assert main(["replay", str(file), "--policy", str(policy)]) == 0
    assert "Would have done: nothing." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("{streamSessions: [{startTime: 11:00, endTime: 10:00}]}", "it ended before it started"),
        (
            "{streamSessions: [{startTime: 11:00, endTime: 12:01}]}",
            "12:01:00 is after the scenario",
        ),
        (
            "{quarantine: {since: 10:00, until: 09:00, reason: x}}",
            "record.quarantine: `until` is not after `since`, 2026-01-05 10:00:00; give a later",
        ),
        ("{streamKeys: [{value: sk_x}]}", "record.streamKeys[0].value: unknown"),
        ("{airtime: 5h}", "record.airtime: unknown"),
        ("{firstSeenAt: yesterday}", "record.firstSeenAt: expected a time such as"),
        ("{streamKeys: [{}, {}]}", "record.streamKeys"),
        ("yes", "record"),
    ],
)
def test_what_no_record_says_is_refused_at_its_place(
    record: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(f"channels:\n- name: hall\n  record: {record}\nuntil: 12:00\n")

    assert main(["replay", str(file)]) == 1
    found = capsys.readouterr().err
    assert re.match(rf"{re.escape(str(file))}:[23]:\d+: channels\[0\]", found), found
    assert message in found
