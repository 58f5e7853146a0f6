"""Where events come from, and what happens to those that are none."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

START = raw.stream(raw.at("10:00:00"), "Stream Start")
END = raw.stream(raw.at("10:30:00"), "Stream End")


def names(events: list[dict[str, str]]) -> list[str]:
    return [each["name"] for each in events]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("two.jsonl", f"{json.dumps(START)}\n\n{json.dumps(END)}\n"),
        ("two.json", json.dumps([START, END], indent=2)),
        ("lines.json", f"{json.dumps(START)}\n{json.dumps(END)}"),
        ("after-each-other.json", f"{json.dumps(START, indent=2)}\n{json.dumps(END, indent=2)}\n"),
        ("with-mark.json", f"\ufeff{json.dumps([START, END])}"),
    ],
)
def test_every_form_of_a_file_is_read(
    replay: Replay, write: Write, name: str, content: str
) -> None:
    played = replay(write(name, content))

    assert names(played.of("event", origin="file")) == ["Stream Start", "Stream End"]


def test_a_folder_is_read_with_all_below_it(replay: Replay, write: Write, tmp_path: Path) -> None:
    write("deep/er/one.json", json.dumps(START))
    write("two.jsonl", [END])
    write("deep/notes.txt", "not an event")

    assert names(replay(tmp_path).of("event", origin="file")) == ["Stream Start", "Stream End"]


def test_a_bad_event_is_rejected_and_the_rest_go_on(replay: Replay, write: Write) -> None:
    nowhere = {**raw.stream(raw.at("10:10:00"), "Stream Start"), "resources": [], "id": "nowhere"}
    stringified = {**nowhere, "id": "stringified", "detail": json.dumps(START["detail"])}
    events = (START, nowhere, stringified)
    lines = write("day.jsonl", "{oops\n" + "".join(f"{json.dumps(each)}\n" for each in events))
    array = write("array.json", json.dumps([END, 42]))

    played = replay(lines, array)

    rejected = {each.get("event_id") or each["position"]: each for each in played.of("rejected")}
    assert list(rejected) == [f"{lines}:1", f"{array}[1]", "nowhere", "stringified"]
    assert "expected a channel ARN" in rejected["nowhere"]["reason"]
    assert rejected["stringified"]["reason"].startswith("detail: expected an object, found '{")
    assert names(played.of("event", origin="file")) == ["Stream Start", "Stream End"]
    assert (played.code, played.summary["events"], played.summary["rejected"]) == (0, 2, 4)


def test_what_the_simulated_world_cannot_follow_is_played_all_the_same(
    replay: Replay, write: Write
) -> None:
    senseless = raw.api_call(raw.at("10:00:00"), "TagResource", {"resourceArn": raw.LOBBY})

    played = replay(write("bad.jsonl", [senseless, END]))

    assert names(played.of("event", origin="file")) == ["TagResource", "Stream End"]
    assert played.summary["rejected"] == 0


def test_a_time_that_leaves_no_room_is_rejected(replay: Replay, write: Write) -> None:
    times = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
    extremes = [raw.stream(time, "Stream Start") for time in times]

    played = replay(write("day.jsonl", [*extremes, END]))

    assert [each["event_id"][:4] for each in played.of("rejected")] == ["0001", "9999"]
    assert played.summary["events"] == 1


def test_with_nothing_but_bad_events_there_is_still_a_summary(replay: Replay, write: Write) -> None:
    played = replay(write("bad.jsonl", "{}\n"), "--until", "6h")

    assert (played.code, played.summary["rejected"]) == (1, 1)


def test_an_event_without_a_channel_is_played(replay: Replay, write: Write) -> None:
    account = raw.event(
        raw.at("10:00:00"),
        "IVS Limit Breach",
        {
            "limit_name": "Concurrent Viewers",
            "limit_value": 15000,
            "exceeded_by": 1,
            "limit_unit": "viewers",
        },
        (f"arn:aws:ivs:{raw.REGION}:{raw.ACCOUNT}",),
    )

    played = replay(write("account.jsonl", [account]))

    (event,) = played.of("event")
    assert (event["name"], event["channel_arn"], event["stream_id"]) == (
        "Concurrent Viewers",
        None,
        None,
    )
    assert played.of("verdict") == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("cut.json", '[\n{"id": 1},\n{"id"', "cut.json:3: not JSON: "),
        ("no.json", "no events", "no.json:1: not JSON: "),
        (
            "folder/readme.txt",
            "",
            "folder: the folder has no file of events (*.json, *.jsonl, *.ndjson, *.gz)",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    replay: Replay, write: Write, name: str, content: str, message: str
) -> None:
    path = write(name, content)

    played = replay(path.parent if name.startswith("folder") else path)

    assert (played.code, played.out) == (1, "")
    assert message in played.err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "trail.json",
            b"PK\x03\x04\x14\x00",
            "found a zip archive; unpack it, and give the folder",
        ),
        ("shot.json", b"\x89PNG\r\n\x1a\n", "found a picture (PNG); "),
        ("logs.json", b'"@timestamp","@message"\n1,2\n', "found a table (CSV); export it as JSON"),
        ("shell.json", "{}".encode("utf-16"), "found text in UTF-16; save it as UTF-8"),
        ("lines.jsonl", "{}\n{}\n".encode("utf-16-le"), "found text in UTF-16; save it as UTF-8"),
    ],
)
def test_a_file_of_another_form_is_told_by_what_it_is(
    replay: Replay, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    played = replay(path)

    assert (played.code, played.out) == (1, "")
    assert f"{path}: expected JSON, {message}" in played.err


def test_a_policy_in_the_place_of_a_scenario_is_told_by_what_it_is(
    replay: Replay, write: Write
) -> None:
    played = replay(write("policy.yaml", "version: 1\nrules: []\n"))

    assert played.code == 1
    assert "found a policy; replay takes it with --policy" in played.err
    assert "unknown key" not in played.err


def test_a_file_that_is_not_there_is_named(replay: Replay, tmp_path: Path) -> None:
    played = replay(tmp_path / "gone.json")

    assert (played.code, played.out) == (1, "")
    assert "gone.json: the file cannot be read: No such file or directory" in played.err


def test_an_invalid_policy_is_named_with_the_line(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", "version: 1\nrules:\n  - id: x\n    kind: no_such_kind\n")

    played = replay(write("day.jsonl", [START]), policy=policy)

    assert (played.code, played.out) == (1, "")
    assert f"{policy}:4:" in played.err


def test_without_a_policy_the_default_one_is_used(replay: Replay, write: Write) -> None:
    played = replay(write("day.jsonl", [START]), policy=None)

    assert played.code == 0
    assert {"no-marathons", "fresh-keys"} <= {each["rule"] for each in played.of("verdict")}
