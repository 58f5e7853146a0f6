"""A scenario is played on the virtual clock: its steps, and what IVS does by itself meanwhile."""

from pathlib import Path

import pytest

from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import Replay, Write

CROWDED = """\
version: 1
rules: [{id: crowded, kind: viewer_ceiling, mode: notify, params: {viewers: 100}}]
"""


def test_what_ivs_does_later_happens_at_its_own_time(replay: Replay, write: Write) -> None:
    played = replay(write("slow.yaml", """\
steps:
  - {at: 12:00, do: latencies, latencies: realistic}
  - {at: 12:00, do: go-live, reconnect: true}
  - {at: 12:10, do: crash}
until: 5m
"""), policy=write("policy.yaml", policies.MARATHON))  # fmt: skip

    assert [(each["at"][11:19], each["name"], each["origin"]) for each in played.of("event")] == [
        ("12:00:00", "Session Created", "scenario"),
        ("12:00:06", "Stream Start", "simulation"),
        ("12:10:00", "Starvation Start", "scenario"),
        ("12:10:30", "Session Ended", "simulation"),
        ("12:10:34", "Stream End", "simulation"),
        ("12:10:41", "Session Created", "simulation"),
        ("12:10:47", "Stream Start", "simulation"),
    ]
    assert played.summary["at"][11:19] == "12:15:00"


def test_a_scenario_says_the_same_every_time(replay: Replay, write: Write) -> None:
    file = write("s.yaml", "steps: [{at: 12:00, do: create, channel: a}, {at: +1m, do: go-live}]")

    assert replay(file).out == replay(file).out


def test_only_the_calls_of_the_services_are_recorded(replay: Replay, write: Write) -> None:
    file = write("s.yaml", """\
steps:
  - {at: 12:00, do: create, channel: a}
  - {at: +1m, do: tag, tags: {tier: free}}
until: 1h
""")  # fmt: skip

    played = replay(file, policy=write("policy.yaml", policies.TAGS))

    assert [each["name"] for each in played.of("event")] == [
        "CreateChannel",
        "TagResource",  # by Streamwarden
        "TagResource",
    ]
    assert [each["operation"] for each in played.of("call")] == ["TagResource"]
    assert (played.summary["events"], played.summary["calls"]) == (2, 1)


def test_viewers_are_known_as_from_a_sweep_of_that_moment(replay: Replay, write: Write) -> None:
    file = write("s.yaml", """\
steps:
  - {at: 12:00, do: go-live}
  - {at: 12:10, do: viewers, count: 101}
  - {at: 12:20, do: viewers, count: 3}
until: 3h
""")  # fmt: skip

    played = replay(file, policy=write("policy.yaml", CROWDED))

    notified = [(each["at"][11:16], each["status"]) for each in played.of("notification")]
    assert notified[0] == ("12:10", "opened")
    assert notified[-1][1] == "resolved"


def test_events_of_files_and_steps_are_played_in_one_order(replay: Replay, write: Write) -> None:
    noise = write("noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created")])
    file = write("s.yaml", """\
day: 2026-03-01
steps: [{at: 09:59, do: go-live}, {at: 10:01, do: leave}]
""")  # fmt: skip

    played = replay(file, noise, policy=write("policy.yaml", policies.MARATHON))

    assert [each["origin"] for each in played.of("event")] == [
        *["scenario"] * 2,
        "file",
        *["scenario"] * 2,
    ]


def test_events_of_files_may_come_before_the_scenario(replay: Replay, write: Write) -> None:
    noise = write("noise.jsonl", [raw.stream(raw.at("08:00:00"), "Session Created")])
    file = write("s.yaml", "day: 2026-03-01\nsteps: [{at: 09:59, do: go-live}]")

    played = replay(file, noise, policy=write("policy.yaml", policies.MARATHON))

    assert [each["at"] for each in played.of("event")] == [
        raw.at("08:00:00"),
        *[raw.at("09:59:00")] * 2,
    ]


def test_a_step_that_is_expected_to_be_refused_is_no_step_taken(
    replay: Replay, write: Write
) -> None:
    file = write("s.yaml", "steps: [{at: 12:00, do: viewers, count: 500, refused: true}]")

    played = replay(file, policy=write("policy.yaml", CROWDED))

    assert (played.code, played.summary["events"]) == (0, 0)


def test_events_of_a_file_beside_a_scenario_can_come_late(replay: Replay, write: Write) -> None:
    write("noise.json", [raw.stream(raw.at("10:00:00"), "Session Created")])
    file = write("s.yaml", "day: 2026-03-01\nsteps: [{at: 11:00, file: noise.json}]")

    (event,) = replay(file, policy=write("policy.yaml", policies.MARATHON)).of("event")

    assert (event["at"], event["origin"]) == (raw.at("11:00:00"), "file")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps: [{at: 12:00, do: stall}]", "s.yaml:1:9: steps[0]: stall: The channel is not "),
        ("steps: [{at: 12:00, do: stall, channel: b}]", "s.yaml:1:41: steps[0].channel: there is"),
        ("scenarios: [{name: a}, {name: b}]", "s.yaml: name one of its scenarios:\n  a\n  b\n"),
    ],
)
def test_what_cannot_be_played_is_reported(
    replay: Replay, write: Write, text: str, message: str
) -> None:
    played = replay(write("s.yaml", text))

    assert played.code == 1
    assert message in played.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--fleet", "--fleet: the scenario has channels of its own\n"),
        (None, "s.yaml: one scenario can be played at a time\n"),
    ],
)
def test_there_is_one_scenario_and_it_has_its_channels(
    replay: Replay, write: Write, option: str | None, message: str
) -> None:
    file: Path = write("s.yaml", "steps: []")

    played = replay(file, *([option] if option else []), file)

    assert (played.code, played.out) == (1, "")
    assert played.err.endswith(message)


@pytest.mark.parametrize(
    ("expect", "notified"),
    [
        ("", ""),
        (
            "expect: {a: {verdict: compliant}}",
            "what it expects of a policy is not judged here; use streamwarden policy test\n",
        ),
    ],
)
def test_that_nothing_is_made_of_what_is_expected_is_said(
    replay: Replay, write: Write, expect: str, notified: str
) -> None:
    played = replay(write("s.yaml", f"steps: [{{at: 12:00, do: go-live}}]\n{expect}\n"))

    assert (played.code, played.err.partition("s.yaml: ")[2]) == (0, notified)


def test_time_runs_on_over_a_fleet_to_which_nothing_happens(replay: Replay, write: Write) -> None:
    """As `docs/deploy.md` asks what a policy would do within a day."""
    fleet = write("s.yaml", "from: 12:00\nchannels: {name: hall, live: {startTime: 11:30}}")

    played = replay(fleet, "--until", "2h", policy=write("policy.yaml", policies.MARATHON))

    assert [each["at"][11:19] for each in played.of("action")] == ["12:30:00"]
    assert played.summary["at"][11:19] == "14:00:00"
