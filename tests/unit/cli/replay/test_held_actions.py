"""A replay shows what a breaker holds back, and `policy diff` what each policy wants."""

import json
from pathlib import Path

import pytest

from streamwarden_cli.main import main
from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

RULES = """\
version: 1
rules:
  - id: four-hours
    kind: max_duration
    mode: enforce
    params: {limit: %s}
    actions: [stop]
"""


@pytest.fixture
def fleet(write: Write) -> Path:
    """Sixty streams, on the air for five hours."""
    live = {"startTime": "2026-03-01T05:00:00Z"}
    channels = [
        {"arn": raw.arn_of(f"chan{n:04}"), "name": f"c{n}", "live": {"streamId": f"st-{n}", **live}}
        for n in range(60)
    ]
    return write("fleet.yaml", json.dumps({"channels": channels}))


@pytest.fixture
def noise(write: Write) -> Path:
    return write("noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created")])


def test_one_wrong_rule_stops_a_fifth_of_the_streams_and_says_what_is_held(
    replay: Replay, write: Write, fleet: Path, noise: Path
) -> None:
    policy = write("policy.yaml", RULES % "4m")

    played = replay(noise, "--fleet", fleet, "--until", "1h", policy=policy)

    incidents = played.of("incident")
    held = [each for each in incidents if each["held"]]
    assert len(played.of("action", outcome="done")) == 12
    assert len(held) == 48
    assert {each["held"] for each in held} == {"the breaker of the rule has tripped"}


def test_the_blast_radius_is_what_a_policy_wants_and_not_what_a_breaker_lets_pass(
    write: Write, fleet: Path, noise: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right, wrong = write("right.yaml", RULES % "24h"), write("wrong.yaml", RULES % "4m")

    compared = ["policy", "diff", right, wrong, "--fleet", fleet, "--events", noise, "--json"]

    main(list(map(str, [*compared, "--until", "1h"])))

    found = json.loads(capsys.readouterr().out)
    assert sum(each["action"] == "stop" for each in found["actions"]) == 60
