"""What is known before the first event: from a fleet, or the API's defaults."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import Replay, Write

OTHER = raw.arn_of("otherOther12")
NOISE = raw.stream(raw.at("10:00:00"), "Session Created", arn=OTHER)
LIVE = f"""\
channels:
  - arn: {raw.LOBBY}
    name: lobby
    type: BASIC
    insecureIngest: true
    authorized: false
    recordingConfigurationArn: arn:aws:ivs:eu-west-1:210987654321:recording-configuration/abc
    tags: {{team: video}}
    live: {{streamId: st-live, startTime: 2026-03-01T09:30:00Z}}
"""


@pytest.fixture
def fleet(write: Write) -> Path:
    return write("fleet.yaml", LIVE)


@pytest.fixture
def noise(write: Write) -> Path:
    return write("noise.jsonl", [NOISE])


def test_a_stream_that_was_live_before_the_first_event_is_stopped_in_time(
    replay: Replay, write: Write, fleet: Path, noise: Path
) -> None:
    policy = write("policy.yaml", policies.MARATHON)

    played = replay(noise, "--fleet", fleet, "--until", "2h", policy=policy)

    (stop,) = played.of("action", channel_arn=raw.LOBBY)
    assert (stop["stream_id"], stop["at"], stop["outcome"]) == (
        "st-live",
        raw.at("10:30:00"),
        "done",
    )


def test_settings_and_tags_are_known_from_the_start(
    replay: Replay, fleet: Path, noise: Path
) -> None:
    played = replay(noise, "--fleet", fleet)

    insecure, untagged = (
        played.of("verdict", channel_arn=raw.LOBBY, rule=rule)[0]
        for rule in ("tls-only", "owned-and-billed")
    )
    assert insecure["verdict"] == "breach"
    assert untagged["reason"] == "tag 'cost-center' is missing"


def test_knowing_the_fleet_costs_no_call(
    replay: Replay, write: Write, fleet: Path, noise: Path
) -> None:
    policy = write("policy.yaml", policies.MARATHON)

    played = replay(noise, "--fleet", fleet, policy=policy)

    assert played.summary["calls"] == 0
    assert played.of("verdict", channel_arn=raw.LOBBY) != []


def test_json_says_the_same_as_yaml(replay: Replay, write: Write, fleet: Path, noise: Path) -> None:
    channel = {"arn": raw.LOBBY, "name": "lobby", "tags": {"team": "video"}}
    as_json = write("fleet.json", json.dumps({"channels": [channel]}))
    as_yaml = write("short.yaml", f"channels: [{json.dumps(channel)}]")

    assert replay(noise, "--fleet", as_json).out == replay(noise, "--fleet", as_yaml).out


def test_a_channel_that_only_appears_in_an_event_has_the_defaults(
    replay: Replay, write: Write
) -> None:
    policy = write("policy.yaml", policies.TAGS)

    played = replay(write("day.jsonl", [NOISE]), policy=policy)

    (call,) = played.of("call")
    assert (call["operation"], call["parameters"]) == (
        "TagResource",
        {"resourceArn": OTHER, "tags": {"team": "unassigned"}},
    )


@pytest.mark.parametrize(
    "first",
    [
        raw.created(raw.at("10:00:00"), {"team": "video"}),
        raw.api_call(
            raw.at("10:00:00"), "TagResource", {"resourceArn": raw.LOBBY, "tags": {"team": "video"}}
        ),
    ],
    ids=["CreateChannel", "TagResource"],
)
def test_a_first_event_that_tells_of_tags_keeps_its_meaning(
    replay: Replay, write: Write, first: object
) -> None:
    policy = write("policy.yaml", policies.TAGS)

    played = replay(write("day.jsonl", [first]), "--until", "1h", policy=policy)

    assert [each["verdict"] for each in played.of("verdict")] == ["compliant"]
    assert played.of("call") == []


def test_a_channel_whose_creation_is_told_late_is_not_taken_to_have_the_defaults(
    replay: Replay, write: Write
) -> None:
    policy = write("policy.yaml", policies.TAGS)
    late = raw.created(raw.at("10:05:00"), {"team": "video"})
    start = raw.stream(raw.at("10:00:00"), "Stream Start")

    played = replay(write("day.jsonl", [start, late]), "--until", "1h", policy=policy)

    assert played.of("call") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "channels: [{arn: nonsense}]",
            ":1:18: channels[0].arn: expected the ARN of an IVS channel, found 'nonsense'",
        ),
        (
            f"channels: [{{arn: {raw.LOBBY}, colour: red}}]",
            ":1:75: channels[0].colour: unknown key 'colour' (expected type, latencyMode, ",
        ),
        (
            f"channels: [{{arn: {raw.LOBBY}, tags: [a]}}]",
            ":1:81: channels[0].tags: expected a mapping, found a list",
        ),
        (f"channels: [{{arn: {raw.LOBBY}, type: HUGE}}]", ": channels[0].type: expected"),
        (
            f"channels: [{{arn: {raw.LOBBY}, live: {{streamId: st-1}}}}]",
            ":1:81: channels[0].live.startTime: missing (expected a time such as 12:00",
        ),
        (
            f"channels: [{{arn: {raw.LOBBY}, live: {{streamId: st-1, startTime: "
            "2026-03-01T09:30:00Z, ingestConfigurations: {videoConfigurations: [{width: 1}]}}}]",
            "channels[0].live.ingestConfigurations.videoConfigurations[0].width: "
            "unknown key 'width'; did you mean 'videoWidth'?",
        ),
        (
            f"channels: [{{arn: {raw.LOBBY}}}, {{arn: {raw.LOBBY}}}]",
            ":1:76: channels[1]: the channel is given twice",
        ),
        ("channel: []", ":1:1: channel: unknown key 'channel'; did you mean 'channels'?"),
        ("- 1", ":1:1: expected a mapping with name, day, channels, "),
        ("channels: [\n", ":2:1: not YAML"),
    ],
)
def test_what_is_wrong_with_a_fleet_is_named(
    replay: Replay, write: Write, noise: Path, content: str, message: str
) -> None:
    fleet = write("fleet.yaml", content)

    played = replay(noise, "--fleet", fleet)

    assert (played.code, played.out) == (1, "")
    assert str(fleet) in played.err
    assert message in played.err


TWO_FAULTS = f'''{{
\t"channels": [
\t\t{{"arn": "{raw.LOBBY}", "viewers": 3}},
\t\t{{"arn": "nonsense"}}
\t]
}}'''
A_NAME_TWICE = f'{{"channels": [{{"arn": "{raw.LOBBY}",\n"name": "a",\n"name": "b"}}]}}'


@pytest.mark.parametrize(
    ("content", "messages"),
    [
        (TWO_FAULTS, [":3:", "viewers: unknown key", ":4:", "channels[1].arn: expected the ARN"]),
        (A_NAME_TWICE, [":3:1: channels[0].name: the key is given twice, first on line 2"]),
        ("[1,\n2,", [":2:3: not JSON: Expecting value"]),
        ("[NaN]", ["not JSON: NaN is no number"]),
        ("[" * 100_000, ["not JSON: it is nested too deeply"]),
        ("[" * 1_000 + "]" * 1_000, ["not JSON: it is nested too deeply"]),
    ],
    ids=["two faults", "a name twice", "cut off", "no number", "deeper than JSON", "deep"],
)
def test_json_is_read_with_its_places_too(
    replay: Replay, write: Write, noise: Path, content: str, messages: list[str]
) -> None:
    played = replay(noise, "--fleet", write("fleet.json", content))

    assert (played.code, played.out) == (1, "")
    assert [each for each in messages if each not in played.err] == []


@pytest.mark.parametrize("name", ["fleet.json", "missing.yaml"])
def test_a_fleet_file_that_cannot_be_read_is_named(
    replay: Replay, write: Write, noise: Path, name: str
) -> None:
    fleet = write("fleet.json", "{")

    played = replay(noise, "--fleet", fleet.with_name(name))

    assert (played.code, played.out) == (1, "")
    assert name in played.err
