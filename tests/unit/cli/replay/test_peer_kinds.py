"""The rule kinds that count channels together, and budgets of airtime."""

from pathlib import Path

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import CORPUS, Replay, Write

CHANNELS = {name: raw.arn_of(f"{name}{name}{name}") for name in ("east", "west", "gate")}
TWO_PER_TEAM = """\
version: 1
rules:
  - id: two-at-a-time
    kind: concurrent_streams
    mode: enforce
    params: {limit: 2, tag: team}
    actions: [stop]
"""
HOURS_OF_THE_TEAM = """\
version: 1
rules:
  - id: hours
    kind: broadcast_budget
    mode: enforce
    params: {limit: 3h, period: day, tag: team}
    actions: [stop]
"""
HOURS_OF_THE_CHANNEL = """\
version: 1
rules:
  - {id: hours, kind: broadcast_budget, mode: notify, params: {limit: 3h, period: day}}
"""


@pytest.fixture
def fleet(write: Write) -> Path:
    """Three channels of team news that are off the air."""
    lines = [f"  - {{arn: {arn}, tags: {{team: news}}}}\n" for arn in CHANNELS.values()]
    return write("fleet.yaml", f"channels:\n{''.join(lines)}")


def starts(name: str, time: str, stream_id: str = "") -> dict[str, object]:
    stream_id = stream_id or f"st-{name}"
    return raw.stream(time, "Stream Start", stream_id, arn=CHANNELS[name])


def ends(name: str, time: str) -> dict[str, object]:
    return raw.stream(time, "Stream End", f"st-{name}", arn=CHANNELS[name])


def test_the_stream_that_started_last_is_stopped(replay: Replay, write: Write, fleet: Path) -> None:
    day = write(
        "day.jsonl",
        [
            starts("east", raw.at("10:01:00")),
            starts("west", raw.at("10:02:00")),
            starts("gate", raw.at("10:03:00")),
        ],
    )
    policy = write("policy.yaml", TWO_PER_TEAM)

    played = replay(day, "--fleet", fleet, "--until", "1h", policy=policy)

    (stop,) = played.of("action")
    (breach,) = played.of("verdict", verdict="breach")
    assert (stop["channel_arn"], stop["outcome"]) == (CHANNELS["gate"], "done")
    assert stop["at"] == breach["at"] == raw.at("10:06:00")
    assert breach["reason"] == (
        "3 streams of team 'news' are live, 2 are allowed; this one was the 3rd to start"
    )


def test_streams_that_were_live_before_the_first_event_are_counted(
    replay: Replay, write: Write
) -> None:
    live = [
        f"  - {{arn: {arn}, tags: {{team: news}}, "
        f"live: {{streamId: st-{name}, startTime: 2026-03-01T0{hour}:00:00Z}}}}\n"
        for hour, (name, arn) in enumerate(CHANNELS.items(), 5)
    ]
    noise = write("noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created")])
    fleet = write("fleet.yaml", f"channels:\n{''.join(live)}")
    policy = write("policy.yaml", TWO_PER_TEAM)

    played = replay(noise, "--fleet", fleet, policy=policy)

    (stop,) = played.of("action")
    assert (stop["channel_arn"], stop["at"]) == (CHANNELS["gate"], raw.at("10:00:00"))
    assert [call["operation"] for call in played.of("call")] == [
        "ListTagsForResource",
        "GetStream",
        "StopStream",
    ]


def test_a_team_that_has_used_up_its_budget_is_stopped(
    replay: Replay, write: Write, fleet: Path
) -> None:
    day = write(
        "day.jsonl",
        [
            starts("gate", raw.at("06:00:00")),
            ends("gate", raw.at("07:00:00")),
            starts("east", raw.at("10:00:00")),
            starts("west", raw.at("10:00:00")),
        ],
    )
    policy = write("policy.yaml", HOURS_OF_THE_TEAM)

    played = replay(day, "--fleet", fleet, "--until", "3h", policy=policy)

    stops = played.of("action")
    assert {stop["channel_arn"] for stop in stops} == {CHANNELS["east"], CHANNELS["west"]}
    assert {stop["at"] for stop in stops} == {raw.at("11:00:00")}
    breaches = played.of("verdict", verdict="breach")
    reason = "team 'news' has used 3h of 3h today (UTC); 2 streams are live"
    assert {breach["reason"] for breach in breaches} == {reason}


def test_a_channel_that_has_used_up_its_budget_is_told_until_the_day_ends(
    replay: Replay, write: Write, fleet: Path
) -> None:
    day = write(
        "day.jsonl",
        [
            starts("east", raw.at("18:00:00")),
            ends("east", raw.at("20:00:00")),
            starts("east", raw.at("22:00:00"), "st-late"),
        ],
    )
    policy = write("policy.yaml", HOURS_OF_THE_CHANNEL)

    played = replay(day, "--fleet", fleet, "--until", "4h", policy=policy)

    notified = [(each["status"], each["at"]) for each in played.of("notification")]
    assert notified == [("opened", raw.at("23:00:00")), ("resolved", raw.at("00:10:00", day=2))]
    (breach,) = played.of("verdict", verdict="breach")
    assert breach["reason"] == "the channel has used 3h of 3h today (UTC)"


def test_budgets_are_judged_on_the_sample_day(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", HOURS_OF_THE_CHANNEL.replace("3h", "5h"))

    (breach,) = replay(CORPUS, policy=policy).of("verdict", verdict="breach")

    assert breach["at"] == "2026-09-12T13:00:00Z"
    assert breach["reason"] == "the channel has used 5h of 5h today (UTC)"
