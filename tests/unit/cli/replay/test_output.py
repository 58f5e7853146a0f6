"""What is printed: the documented fields for programs, columns for people."""

import re
from pathlib import Path

import pytest

from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import CORPUS, Replay, Write

FIELDS = {
    "event": "event_id detail_type name channel_arn stream_id origin",
    "verdict": "rule kind mode channel_arn stream_id verdict reason recheck_at",
    "action": "rule action channel_arn stream_id outcome",
    "call": "service operation parameters outcome",
    "notification": "rule severity status channel_arn title",
    "summary": "events rejected breaches_opened breaches_resolved actions calls",
}
LONG_NAMED = {"arn": raw.arn_of("a" * 30), "channel_name": "n" * 30}
TIMELINE = [
    raw.stream(raw.at("10:00:00"), "Stream Start"),
    raw.stream(raw.at("10:00:05"), "Stream Start", "st-\x1b[31m2", **LONG_NAMED),
]
GOLDEN = """\
2026-03-01 10:00:00  rejected      -                   FILE:3: not JSON: invalid character
2026-03-01 10:00:00  event         lobby               Stream Start st-1
2026-03-01 10:00:00  verdict       lobby               no-marathons (enforce): pending: on the air for 0s of 1h allowed; looks again 2026-03-01 11:00:00
2026-03-01 10:00:05  event         nnnnnnnnnnnnnnnnn…  Stream Start st-\\x1b[31m2
2026-03-01 10:00:05  verdict       nnnnnnnnnnnnnnnnn…  no-marathons (enforce): pending: on the air for 0s of 1h allowed; looks again 2026-03-01 11:00:05
2026-03-01 11:00:00  verdict       lobby               no-marathons (enforce): breach: on the air for 1h, which is the limit
2026-03-01 11:00:00  notification  lobby               opened [medium] lobby: no-marathons breach
2026-03-01 11:00:00  call          lobby               ivs:GetStream: ok
2026-03-01 11:00:00  call          lobby               ivs:StopStream: ok
2026-03-01 11:00:00  action        lobby               no-marathons: stop done: stopped stream st-1
2026-03-01 11:00:00  event         lobby               Session Ended st-1 (by the simulation)
2026-03-01 11:00:00  verdict       lobby               no-marathons (enforce): not applicable: the channel is not on the air
2026-03-01 11:00:00  event         lobby               Stream End st-1 (by the simulation)
2026-03-01 11:00:00  event         lobby               StopStream (by the simulation)
2026-03-01 11:00:04  summary       -                   events 2, rejected 1, breaches opened 1, resolved 1, actions 1, calls 2
"""  # noqa: E501  # as it is printed


@pytest.fixture
def marathon(write: Write) -> Path:
    return write("policy.yaml", policies.MARATHON)


@pytest.mark.parametrize("record", FIELDS)
def test_a_record_has_exactly_its_fields(replay: Replay, record: str) -> None:
    found = {tuple(each) for each in replay(CORPUS, "--until", "40d").of(record)}

    assert found == {("record", "at", *FIELDS[record].split())}


def test_a_rejection_names_the_event_or_its_place(replay: Replay, write: Write) -> None:
    played = replay(write("bad.jsonl", [{"id": "known", "detail-type": "?"}, {}]))

    assert [list(each) for each in played.of("rejected")] == [
        ["record", "at", "event_id", "reason"],
        ["record", "at", "position", "reason"],
    ]


def test_the_summary_counts_what_was_printed(replay: Replay) -> None:
    played = replay(CORPUS, "--until", "40d")

    assert played.records[-1]["record"] == "summary"
    assert played.summary["actions"] == len(played.of("action"))
    assert played.summary["calls"] == len(played.of("call"))
    assert played.summary["breaches_opened"] == len(played.of("notification", status="opened"))


def test_a_verdict_is_printed_only_when_it_changes(replay: Replay) -> None:
    standings: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in replay(CORPUS, "--until", "40d").of("verdict"):
        place = (each["rule"], each["channel_arn"])
        # That a span of time has grown is no change.
        words = re.sub(r"\d+[dhms]( \d+[dhms])*", "", each["reason"])
        standing = (each["verdict"], each["mode"], each["stream_id"], words)
        assert standings.get(place) != standing
        standings[place] = standing


def test_people_read_the_same_records(replay: Replay, write: Write, marathon: Path) -> None:
    day = write("day.jsonl", TIMELINE)
    with day.open("a", encoding="utf-8") as file:
        file.write("!\n")

    played = replay(day, "--until", "PT59M59S", output="text", policy=marathon)

    assert played.out.replace(str(day), "FILE") == GOLDEN


def test_there_is_colour_on_a_terminal_only(
    replay: Replay, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = write("day.jsonl", TIMELINE[:1])
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain = replay(day, output="text").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    coloured = replay(day, output="text").out
    monkeypatch.setenv("NO_COLOR", "1")
    asked_not_to = replay(day, output="text").out

    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert asked_not_to == plain
