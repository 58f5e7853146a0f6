"""Order, timers and the end: time is virtual, and passes only forward."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import Played, Replay, Write

START = raw.stream(raw.at("10:00:00"), "Stream Start")
END = raw.stream(raw.at("10:30:00"), "Stream End")
CREATED = raw.created(raw.at("09:00:00"), {"team": "video"})


@pytest.fixture
def marathon(write: Write) -> Path:
    return write("policy.yaml", policies.MARATHON)


def stopped_at(played: Played) -> list[str]:
    return [each["at"] for each in played.of("action", action="stop", outcome="done")]


def test_time_ends_with_the_last_event(replay: Replay, write: Write, marathon: Path) -> None:
    played = replay(write("day.jsonl", [START]), policy=marathon)

    assert stopped_at(played) == []
    assert played.summary["at"] == raw.at("10:00:00")


@pytest.mark.parametrize(
    "until", ["90m", "PT90M", "2026-03-01T11:30:00Z", "2026-03-01T12:30+01:00"]
)
def test_time_runs_on_until_a_moment(
    replay: Replay, write: Write, marathon: Path, until: str
) -> None:
    played = replay(write("day.jsonl", [START]), "--until", until, policy=marathon)

    assert stopped_at(played) == [raw.at("11:00:00")]
    assert played.summary["at"] == raw.at("11:30:00")


def test_what_is_due_at_the_very_end_still_happens(
    replay: Replay, write: Write, marathon: Path
) -> None:
    played = replay(write("day.jsonl", [START]), "--until", "1h", policy=marathon)

    assert stopped_at(played) == [raw.at("11:00:00")]


def test_an_end_before_the_last_event_is_refused(
    replay: Replay, write: Write, marathon: Path
) -> None:
    day = write("day.jsonl", [START, END])

    played = replay(day, "--until", "2026-03-01T10:10:00Z", policy=marathon)

    assert (played.code, played.out) == (1, "")
    assert "--until: 2026-03-01T10:10:00Z is before the last event" in played.err


@pytest.mark.parametrize("until", ["9000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_an_end_past_the_calendar_is_refused(replay: Replay, write: Write, until: str) -> None:
    played = replay(write("day.jsonl", [START]), "--until", until)

    assert (played.code, played.err) == (1, "--until: time ends with the year 8999\n")


@pytest.mark.parametrize("until", ["soon", "2026-03-01T10:00:00", "0h"])
def test_an_end_that_is_none_is_wrong_usage(replay: Replay, write: Write, until: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        replay(write("day.jsonl", [START]), "--until", until)

    assert exit_.value.code == 2


def test_events_go_in_order_of_time(replay: Replay, write: Write) -> None:
    shuffled = replay(write("shuffled.jsonl", [END, CREATED, START]))
    sorted_ = replay(write("sorted.jsonl", [CREATED, START, END]))

    assert shuffled.out == sorted_.out


def test_events_of_the_same_time_stay_as_listed(replay: Replay, write: Write) -> None:
    twins = [raw.stream(raw.at("10:00:00"), name) for name in ("Stream Start", "Session Created")]

    names = [each["name"] for each in replay(write("day.jsonl", twins)).of("event", origin="file")]

    assert names == ["Stream Start", "Session Created"]


def test_as_listed_the_clock_never_goes_back(replay: Replay, write: Write) -> None:
    played = replay(write("day.jsonl", [END, START, CREATED]), "--as-listed")

    assert [each["name"] for each in played.of("event", origin="file")] == [
        "Stream End",
        "Stream Start",
        "CreateChannel",
    ]
    assert {each["at"] for each in played.records} == {raw.at("10:30:00")}


def test_as_listed_a_late_start_does_not_revive_an_ended_stream(
    replay: Replay, write: Write, marathon: Path
) -> None:
    day = write("day.jsonl", [END, START])

    played = replay(day, "--as-listed", "--until", "2h", policy=marathon)

    assert played.calls("StopStream") == []


def test_an_event_at_the_moment_of_a_timer_comes_first(
    replay: Replay, write: Write, marathon: Path
) -> None:
    just_in_time = raw.stream(raw.at("11:00:00"), "Stream End")

    played = replay(write("day.jsonl", [START, just_in_time]), "--until", "1h", policy=marathon)

    assert played.of("action") == []


def test_times_of_records_never_decrease(replay: Replay, write: Write, marathon: Path) -> None:
    later = raw.stream(raw.at("13:00:00"), "Stream Start", "st-2")

    played = replay(write("day.jsonl", [later, START]), "--until", "3h", policy=marathon)

    times = [datetime.fromisoformat(each["at"]) for each in played.records]
    assert times == sorted(times)
    assert stopped_at(played) == [raw.at("11:00:00"), raw.at("14:00:00")]


def test_a_file_that_goes_on_about_a_stopped_stream_does_not_revive_it(
    replay: Replay, write: Write, marathon: Path
) -> None:
    later = [
        raw.stream(raw.at("11:20:00"), "Starvation Start"),
        raw.stream(raw.at("11:25:00"), "Starvation End"),
        raw.stream(raw.at("12:00:00"), "Stream End"),
    ]

    played = replay(write("day.jsonl", [START, *later]), "--until", "6h", policy=marathon)

    assert played.summary["events"] == 4
    assert stopped_at(played) == [raw.at("11:00:00")]
    assert len(played.calls("StopStream")) == 1


def test_a_timeline_that_begins_in_the_middle_of_a_stream_ends_it_too(
    replay: Replay, write: Write, marathon: Path
) -> None:
    takeover = raw.stream(raw.at("10:00:00"), "Stream Takeover")

    played = replay(write("day.jsonl", [takeover]), "--until", "2h", policy=marathon)

    assert stopped_at(played) == [raw.at("11:00:00")]


def test_each_channel_is_stopped_in_its_own_account_and_region(
    replay: Replay, write: Write, marathon: Path
) -> None:
    abroad = "arn:aws:ivs:us-west-2:111122223333:channel/abroadAbroad"
    starts = [START, raw.stream(raw.at("10:00:00"), "Stream Start", arn=abroad)]

    played = replay(write("day.jsonl", starts), "--until", "2h", policy=marathon)

    stopped = played.of("action", action="stop", outcome="done")
    assert {each["channel_arn"] for each in stopped} == {raw.LOBBY, abroad}


def test_a_percent_encoded_arn_is_the_same_channel(replay: Replay, write: Write) -> None:
    encoded = raw.LOBBY.replace(":", "%3A").replace("/", "%2F")
    update = raw.api_call(
        raw.at("10:05:00"), "UpdateChannel", {"arn": encoded, "insecureIngest": True}
    )

    played = replay(write("day.jsonl", [START, update]))

    assert played.of("event", name="UpdateChannel")[0]["channel_arn"] == raw.LOBBY
    assert played.of("verdict", rule="tls-only")[-1]["verdict"] == "breach"


def test_keys_are_rotated_the_morning_after_their_deadline(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", policies.KEYS)

    played = replay(write("day.jsonl", [CREATED]), "--until", "40d", policy=policy)

    (rotated,) = played.of("action", action="rotate_key")
    assert (rotated["at"], rotated["outcome"]) == ("2026-04-01T04:00:00Z", "done")
    operations = [each["operation"] for each in played.of("call")]
    assert operations[-3:] == ["DeleteStreamKey", "CreateStreamKey", "GetStreamKey"]
