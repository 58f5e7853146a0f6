"""People are told before, the stream is warned, and stopped when that did not help."""

from typing import Final

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

START: Final = raw.stream(raw.at("10:00:00"), "Stream Start")
ENCORE: Final = """\
version: 1
rules:
  - id: encore
    kind: max_duration
    mode: {mode}
    params: {limit: 1h, warnings: [20m, 5m]}
    steps:
      - {after: 0s, do: [{warn: {text: "please end"}}]}
      - {after: 10m, do: [stop]}
"""
BUDGET: Final = """\
version: 1
rules:
  - id: an-hour-a-day
    kind: broadcast_budget
    mode: enforce
    params: {limit: 1h, period: day, warnings: [20m]}
    actions: [warn]
"""
WITH_WARNINGS: Final = (raw.at("10:40:00"), raw.at("10:55:00"))
OPENED, STOPPED = raw.at("11:00:00"), raw.at("11:10:00")


def test_a_stream_is_announced_warned_and_stopped(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", ENCORE.replace("{mode}", "enforce"))

    played = replay(write("day.jsonl", [START]), "--until", "3h", policy=policy)

    notified = [(each["at"], each["status"]) for each in played.of("notification")]
    assert notified == [
        *((at, "warning") for at in WITH_WARNINGS),
        (OPENED, "opened"),
        (STOPPED, "escalated"),
        (raw.at("11:20:00"), "resolved"),
    ]
    calls = [(each["at"], each["outcome"]) for each in played.calls("PutMetadata")]
    assert calls == [(at, "ok") for at in (*WITH_WARNINGS, OPENED)]
    assert [each["at"] for each in played.calls("StopStream")] == [STOPPED]
    done = [(each["at"], each["action"], each["outcome"]) for each in played.of("action")]
    assert done == [
        *((at, "warn", "done") for at in (*WITH_WARNINGS, OPENED)),
        (STOPPED, "stop", "done"),
    ]
    assert played.summary["breaches_opened"] == 1


def test_mode_notify_tells_and_leaves_the_stream_alone(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", ENCORE.replace("{mode}", "notify"))

    played = replay(write("day.jsonl", [START]), "--until", "3h", policy=policy)

    notified = [(each["at"], each["status"]) for each in played.of("notification")]
    assert notified == [
        *((at, "warning") for at in WITH_WARNINGS),
        (OPENED, "opened"),
        (STOPPED, "escalated"),
    ]
    assert played.of("call") == played.of("action") == []


def test_of_a_budget_that_two_streams_use_up_people_and_viewers_are_warned_once(
    replay: Replay, write: Write
) -> None:
    day = [
        raw.created(raw.at("09:00:00"), {}),
        START,
        raw.stream(raw.at("10:45:00"), "Stream End"),
        raw.stream(raw.at("12:00:00"), "Stream Start", "st-2"),
    ]

    played = replay(write("day.jsonl", day), "--until", "30m", policy=write("policy.yaml", BUDGET))

    notified = [(each["at"], each["status"]) for each in played.of("notification")]
    assert notified == [(raw.at("10:40:00"), "warning"), (raw.at("12:15:00"), "opened")]
    assert [each["at"] for each in played.calls("PutMetadata")] == [
        raw.at("10:40:00"),
        raw.at("12:15:00"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "10:40:00 notification lobby warning [medium] lobby: encore warning",
        "10:40:00 action lobby encore: warn done: put a warning into stream st-1",
        '11:00:00 call lobby ivs:PutMetadata metadata={"streamwarden":'
        '{"rule":"encore","text":"please end","at":"2026-03-01T11:00:00Z"}}: ok',
        "11:10:00 notification lobby escalated [medium] lobby: encore step 2 of 2",
    ],
)
def test_people_read_all_of_it(replay: Replay, write: Write, line: str) -> None:
    policy = write("policy.yaml", ENCORE.replace("{mode}", "enforce"))

    day = write("day.jsonl", [START])
    played = replay(day, "--until", "3h", "-v", policy=policy, output="text")

    assert line in " ".join(played.out.split())  # what is too long for a line goes on below


def test_a_stream_that_ends_in_time_is_left_alone(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", ENCORE.replace("{mode}", "enforce"))
    end = raw.stream(raw.at("10:59:00"), "Stream End")

    played = replay(write("day.jsonl", [START, end]), "--until", "3h", policy=policy)

    assert [each["status"] for each in played.of("notification")] == ["warning", "warning"]
    assert played.calls("StopStream") == []
