"""What a scenario may say, and what is said of one that is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from streamwarden_cli.documents.parsing import read_source
from streamwarden_cli.documents.problems import DocumentErrors
from streamwarden_cli.scenario.reading import read_fleet, scenarios_of
from streamwarden_cli.scenario.timeline import Scenario

MOMENT = "expected a time such as 12:00, 12:00:30, 2026-01-06 09:00 or "


def read(text: str) -> list[Scenario]:
    scenarios, problems = scenarios_of(read_source(text, "s", clock_times=True), Path())
    if problems:
        raise DocumentErrors(problems)
    return scenarios


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentErrors) as caught:
        read(text)
    return str(caught.value).splitlines()


def moments(text: str) -> list[str]:
    (scenario,) = read(text)
    return [f"{each.at:%d %H:%M:%S}" for each in scenario.steps]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("{at: 12:00, do: stall}", ["05 12:00:00"]),
        ("{at: 2026-01-06 09:00, do: stall}", ["06 09:00:00"]),
        ("{at: 2026-01-06T09:00:00+02:00, do: stall}", ["06 07:00:00"]),
        ("{at: 12:00, do: stall}, {at: +90m, do: resume}", ["05 12:00:00", "05 13:30:00"]),
        (
            "{at: 12:00, do: go-live, times: 2, every: 1m}, {at: +10s, do: leave, times: 2, "
            "every: 1m}",
            ["05 12:00:00", "05 12:00:10", "05 12:01:00", "05 12:01:10"],
        ),
    ],
)
def test_steps_are_played_in_the_order_of_their_times(steps: str, expected: list[str]) -> None:
    assert moments(f"steps: [{steps}]") == expected


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("steps: []", "12:00", "12:00"),
        ("until: 15:00", "15:00", "15:00"),
        ("until: 3h", "12:00", "15:00"),
        ("{from: 09:00, until: 15:00}", "09:00", "15:00"),
        ("{steps: [{at: 13:00, do: stall}], until: 1h}", "13:00", "14:00"),
        ("{from: 09:00, steps: [{at: 13:00, do: stall}]}", "09:00", "13:00"),
    ],
)
def test_when_a_scenario_begins_and_ends(text: str, begin: str, end: str) -> None:
    (scenario,) = read(text)

    assert (f"{scenario.starts_at:%H:%M}", f"{scenario.ends_at:%H:%M}") == (begin, end)


@pytest.mark.parametrize("key", ["nextToken", "NextToken"])
def test_a_page_of_list_channels_is_a_fleet(key: str) -> None:
    assert read(f'{{"channels": [{{"name": "a"}}], "{key}": "eyJ2"}}')[0].names == ["a"]


@pytest.mark.parametrize("content", ["{}".encode("utf-16"), b"PK\x03\x04"], ids=["UTF-16", "zip"])
def test_a_document_of_another_form_is_told_by_what_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_bytes(content)

    with pytest.raises(
        DocumentErrors, match=r"the file cannot be read: it is (a zip|text in UTF-16)"
    ):
        read_fleet(file)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("steps: [{at: 12:00, do: stall}]", ["channel"]),
        ("channels: {name: a}", ["a"]),
        ("channels: [{name: a}, {}]", ["a", "channel-2"]),
        ("steps: [{at: 12:00, do: create, channel: b}]", ["b"]),
        ("channels: []", []),
    ],
)
def test_which_channels_there_are(text: str, names: list[str]) -> None:
    assert read(text)[0].names == names


@pytest.mark.parametrize("text", ["{}", "steps: [{at: 12:00, do: create, channel: b}]"])
def test_a_document_without_channels_is_no_fleet(text: str, tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(text)

    with pytest.raises(DocumentErrors, match=r"fleet.yaml:1:1: expected `channels`"):
        read_fleet(file)


def test_what_list_channels_prints_is_a_fleet(tmp_path: Path) -> None:
    listed: dict[str, Any] = {
        "arn": "arn:aws:ivs:eu-west-1:210987654321:channel/dRBnhbN9SKRM",
        "name": "harbour-cam", "latencyMode": "LOW", "authorized": False, "insecureIngest": False,
        "recordingConfigurationArn": "", "playbackRestrictionPolicyArn": "", "preset": "",
        "type": "STANDARD", "adConfigurationArn": "", "failoverSlateConfigurationArn": "",
        "tags": {"team": "x"},
    }  # fmt: skip
    described = {
        "ingestEndpoint": "a.global-contribute.live-video.net", "playbackUrl": "https://a",
        "srt": {"endpoint": "a", "passphrase": "p"}, "containerFormat": "TS",
        "multitrackInputConfiguration": {"enabled": False},
    }  # fmt: skip
    file = tmp_path / "channels.json"
    file.write_text(
        json.dumps({"channels": [listed, {**listed, **described, "arn": listed["arn"] + "2"}]})
    )

    (first, second) = read_fleet(file).channels

    assert first.settings == {
        "name": "harbour-cam", "latencyMode": "LOW", "authorized": False, "insecureIngest": False,
        "type": "STANDARD",
    }  # fmt: skip
    assert second.settings["containerFormat"] == "TS"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: the file is empty; expected a mapping with name, day, channels, account, "),
        ("- 7", "1:1: expected a mapping with name, "),
        ("steps: 7", "1:8: steps: expected a list, found 7"),
        ("steps: [7]", "1:9: steps[0]: expected a mapping, found 7"),
        ("cases: []", "1:1: cases: unknown key 'cases'"),
        ("stepps: []", "1:1: stepps: unknown key 'stepps'; did you mean 'steps'?"),
        ("steps: [{do: stall}]", "1:9: steps[0].at: missing (expected a time such as 12:00"),
        ("steps: [{at: 12:00}]", "1:9: steps[0].do: missing (expected go-live, change, "),
        (
            "steps: [{at: 12:00, do: stal}]",
            "1:25: steps[0].do: no step is called 'stal'; did you mean 'stall'? (expected ",
        ),
        ("steps: [{at: noon, do: stall}]", f"1:14: steps[0].at: {MOMENT}"),
        ("steps: [{at: 12, do: stall}]", f"1:14: steps[0].at: {MOMENT}"),
        (
            "steps: [{at: +1m, do: stall}]",
            "1:14: steps[0].at: there is no time before it to count +1m from",
        ),
        (
            "steps: [{at: 13:00, do: stall}, {at: 12:00, do: stall}]",
            "1:38: steps[1].at: this is before the step above it",
        ),
        ("steps: [{at: 12:00, do: viewers, count: -1}]", "1:41: steps[0].count: expected a number"),
        ("steps: [{at: 12:00, do: viewers}]", "1:9: steps[0].count: missing (expected a number"),
        (
            "steps: [{at: 12:00, do: chaos, los: 1}]",
            "1:32: steps[0].los: unknown key 'los'; did you mean 'loss'?",
        ),
        ("steps: [{at: 12:00, do: chaos, loss: 2}]", "1:38: steps[0].loss: expected a number from"),
        (
            "steps: [{at: 12:00, do: chaos, longest-delay: 0s}]",
            "1:47: steps[0].longest-delay: expected a span longer than nothing",
        ),
        (
            "steps: [{at: 12:00, do: go-live, channel: sk_x}]",
            "1:43: steps[0].channel: this is a stream key",
        ),
        ("steps: [{at: 12:00, do: change}]", "1:9: steps[0]: nothing to change: give bitrate"),
        ("steps: [{at: 12:00, do: create}]", "1:9: steps[0].channel: missing"),
        (
            "steps: [{at: 12:00, do: tag, by: me, tags: {a: b}}]",
            "1:34: steps[0].by: expected the ARN of a caller, found 'me'",
        ),
        (
            "steps: [{at: 12:00, do: stall, times: 0}]",
            "1:39: steps[0].times: expected a number from 1 to 1000, found 0",
        ),
        ("steps: [{file: none.json}]", "1:16: steps[0].file: none.json: the file cannot be read"),
        ("steps: [{file: none.json, do: stall}]", "1:27: steps[0].do: unknown key 'do' (expected"),
        ("{steps: [{at: 12:00, do: stall}], from: 13:00}", "1:41: from: a step comes before it"),
        (
            "{steps: [{at: 12:00, do: stall}], until: 11:00}",
            "1:42: until: it is before the last step, at 2026-01-05 12:00:00",
        ),
        ("until: never", f"1:8: until: {MOMENT}"),
        ("day: tomorrow", "1:6: day: expected a date such as 2026-12-25, found 'tomorrow'"),
        ("channels: [{nam: x}]", "1:13: channels[0].nam: unknown key 'nam'; did you mean 'name'?"),
        (
            "channels: {tags: {a: 1}}",
            "1:22: channels.tags.a: expected text, found 1; put it in quotes",
        ),
        (
            "channels: {authorized: 'yes'}",
            "1:24: channels.authorized: expected true or false, found 'yes'",
        ),
        (
            "channels: {arn: x}",
            "1:17: channels.arn: expected the ARN of an IVS channel, found 'x'",
        ),
        (
            "channels: [{name: x}, {name: x}]",
            "1:23: channels[1]: the channel is given twice; give each a name or an arn of its own",
        ),
        ("channels: {type: HUGE}", "1:18: channels.type: expected STANDARD, BASIC, ADVANCED_SD or"),
        ("channels: {live: {startTime: soon}}", f"1:30: channels.live.startTime: {MOMENT}"),
        ("channels: {live: {viewerCount: 1}}", "1:18: channels.live.startTime: missing (expected"),
        (
            "channels: [{live: {startTime: 12:00, endedAt: 11:00}}]",
            "1:47: channels[0].live.endedAt: it ended before it started, at 2026-01-05 12:00:00",
        ),
        ("scenarios: []", "1:12: scenarios: expected at least 1 entry, found 0"),
        ("{steps: [], steps: []}", "1:13: steps: the key is given twice, first on line 1"),
    ],
)
def test_what_is_wrong_is_reported_with_its_place(text: str, message: str) -> None:
    (found,) = problems_of(text)

    assert found.startswith(f"s:{message}")
    assert "sk_x" not in found


@pytest.mark.parametrize(
    ("wrong", "below"),
    [
        ("{at: 12:00, do: go-life}", "{at: +90s, do: leave}"),
        ("{at: 12:00, do: go-live, bitrate: lots}", "{at: +90s, do: leave}"),
        ("{at: noon, do: go-live}", "{at: +90s, do: leave}, {at: 12:00, do: leave}"),
        ("{do: go-live}", "{at: +90s, do: leave}"),
        ("{at: 12, do: go-live}", "{at: +90s, do: leave}"),
        ("{file: none.json}", "{at: +90s, do: leave}"),
        ("{at: 12:00, do: stall}, {at: 11:00, do: go-live}", "{at: 11:30, do: leave}"),
    ],
)
def test_a_wrong_step_makes_none_below_it_wrong(wrong: str, below: str) -> None:
    assert len(problems_of(f"steps: [{wrong}, {below}]")) == 1


def test_a_time_before_that_of_a_wrong_step_is_wrong_too() -> None:
    steps = "{at: 12:00, do: go-life}, {at: 11:00, do: leave}"

    assert problems_of(f"steps: [{steps}]")[1].endswith("this is before the step above it")


def test_everything_wrong_is_reported_at_once() -> None:
    found = problems_of("""\
scenarios:
  - steps: [{at: x, do: stall}, {do: dance}]
  - channels: {nam: x}
  - until: never
""")

    assert [each.split(": ")[1] for each in found] == [
        "scenarios[0].steps[0].at",
        "scenarios[0].steps[1].do",
        "scenarios[1].channels.nam",
        "scenarios[2].until",
    ]


def test_a_file_of_events_that_make_no_sense_is_reported(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text('{"id": 1}')
    source = read_source("steps: [{file: wrong.json}]", "s")

    _, (problem,) = scenarios_of(source, tmp_path)

    assert str(problem).startswith(f"s:1:16: steps[0].file: {tmp_path / 'wrong.json'}: ")
