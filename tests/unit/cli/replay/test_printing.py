"""What is printed: the documented fields for programs; the answer and columns for people."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # no types

from streamwarden_cli.main import main
from streamwarden_cli.replay.jsonl import SCHEMA
from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import CORPUS, Replay, Write

FIELDS = {
    "event": "event_id detail_type name channel_arn stream_id origin",
    "verdict": "rule kind mode channel_arn stream_id verdict reason recheck_at",
    "action": "rule action channel_arn stream_id outcome reason",
    "call": "service operation parameters outcome",
    "notification": "rule severity status channel_arn title",
    "incident": "rule mode severity channel_arn opened_at resolved_at breaches notifications "
    "actions reason notes held",
    "summary": "events rejected breaches_opened breaches_resolved actions calls notifications "
    "assumed_channels",
}
LONG_NAMED = {"arn": raw.arn_of("a" * 30), "channel_name": "n" * 30}
TIMELINE = [
    raw.stream(raw.at("10:00:00"), "Stream Start"),
    raw.stream(raw.at("10:00:05"), "Stream Start", "st-\x1b[31m2", **LONG_NAMED),
]
GOLDEN = """\
2026-03-01 10:00:00  rejected      -                   FILE:3: not JSON: invalid character
2026-03-01 10:00:00  event         lobby               Stream Start st-1
2026-03-01 10:00:00  verdict       lobby               no-marathons (enforce): pending: on the air
                                                       for 0s of 1h allowed; looks again 2026-03-01
                                                       11:00:00
2026-03-01 10:00:05  event         nnnnnnnn…nnnnnnnnn  Stream Start st-\\x1b[31m2
2026-03-01 10:00:05  verdict       nnnnnnnn…nnnnnnnnn  no-marathons (enforce): pending: on the air
                                                       for 0s of 1h allowed; looks again 2026-03-01
                                                       11:00:05
2026-03-01 11:00:00  verdict       lobby               no-marathons (enforce): breach: on the air
                                                       for 1h, which is the limit
2026-03-01 11:00:00  notification  lobby               opened [medium] lobby: no-marathons breach
2026-03-01 11:00:00  call          lobby               ivs:ListTagsForResource: ok
2026-03-01 11:00:00  call          lobby               ivs:GetStream: ok
2026-03-01 11:00:00  call          lobby               ivs:StopStream: ok
2026-03-01 11:00:00  action        lobby               no-marathons: stop done: stopped stream st-1
2026-03-01 11:00:00  event         lobby               Session Ended st-1 (by the simulation)
2026-03-01 11:00:00  verdict       lobby               no-marathons (enforce): not applicable: the
                                                       channel is not on the air
2026-03-01 11:00:00  event         lobby               Stream End st-1 (by the simulation)
2026-03-01 11:00:00  event         lobby               StopStream (by the simulation)
2026-03-01 11:00:05  verdict       nnnnnnnn…nnnnnnnnn  no-marathons (enforce): breach: on the air
                                                       for 1h, which is the limit
2026-03-01 11:00:05  notification  nnnnnnnn…nnnnnnnnn  opened [medium]
                                                       nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn: no-marathons
                                                       breach
2026-03-01 11:00:05  call          nnnnnnnn…nnnnnnnnn  ivs:ListTagsForResource: ok
2026-03-01 11:00:05  call          nnnnnnnn…nnnnnnnnn  ivs:GetStream: ok
2026-03-01 11:00:05  call          nnnnnnnn…nnnnnnnnn  ivs:StopStream: ok
2026-03-01 11:00:05  action        nnnnnnnn…nnnnnnnnn  no-marathons: stop done: stopped stream
                                                       st-\\x1b[31m2
2026-03-01 11:00:05  event         nnnnnnnn…nnnnnnnnn  Session Ended st-\\x1b[31m2 (by the
                                                       simulation)
2026-03-01 11:00:05  verdict       nnnnnnnn…nnnnnnnnn  no-marathons (enforce): not applicable: the
                                                       channel is not on the air
2026-03-01 11:00:05  event         nnnnnnnn…nnnnnnnnn  Stream End st-\\x1b[31m2 (by the simulation)
2026-03-01 11:00:05  event         nnnnnnnn…nnnnnnnnn  StopStream (by the simulation)
2026-03-01 11:10:00  notification  lobby               resolved [medium] lobby: no-marathons
                                                       resolved

2026-03-01 10:00:00 UTC to 2026-03-01 11:10:04 UTC: 2 events played, 1 rejected
Would have done: stop 2. 3 notifications. 2 incidents, 1 still open.
Taken as without tags, since only events are known: 2 channels. Give --fleet.

Acted
11:00:00  lobby             no-marathons        stop: on the air for 1h, which is the limit;
                                                resolved 11:10:00
11:00:05  nnnnnnn…nnnnnnnn  no-marathons        stop: on the air for 1h, which is the limit; still
                                                open

Rejected
FILE:3: not JSON: invalid character
"""
ANSWER = """\
2026-03-01 11:00:00 CET to 2026-03-01 14:00:00 CET: 8 events played, 0 rejected
Would have done: stop 3. 8 notifications. 4 incidents, 0 still open.
Taken as without tags, since only events are known: 5 channels. Give --fleet.

Acted
12:00:00  arena             no-marathons        stop: on the air for 1h, which is the limit;
                                                resolved 12:10:00
12:00:00  garage            no-marathons        stop: on the air for 1h, which is the limit;
                                                resolved 12:10:00
12:00:00  lobby             no-marathons        stop: on the air for 1h, which is the limit;
"""


@pytest.fixture
def marathon(write: Write) -> Path:
    return write("policy.yaml", policies.MARATHON)


@pytest.mark.parametrize("record", FIELDS)
def test_a_record_has_exactly_its_fields(replay: Replay, record: str) -> None:
    found = {tuple(each) for each in replay(CORPUS, "--until", "40d").of(record)}

    assert found == {("record", "at", *FIELDS[record].split())}


def test_the_schema_describes_every_record(replay: Replay) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    records = replay(CORPUS, "--until", "40d").records

    assert {each["record"] for each in records} >= FIELDS.keys()
    assert [error.message for each in records for error in validator.iter_errors(each)] == []


def test_the_summary_counts_what_was_printed(replay: Replay) -> None:
    played = replay(CORPUS, "--until", "40d")

    assert played.records[-1]["record"] == "summary"
    assert played.summary["actions"] == len(played.of("action"))
    assert played.summary["calls"] == len(played.of("call"))
    assert played.summary["breaches_opened"] == len(played.of("notification", status="opened"))
    assert played.summary["notifications"] == len(played.of("notification"))


def test_a_verdict_is_printed_only_when_it_changes(replay: Replay) -> None:
    standings: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in replay(CORPUS, "--until", "40d").of("verdict"):
        place = (each["rule"], each["channel_arn"])
        # That a span of time has grown is no change.
        words = re.sub(r"\d+[dhms]( \d+[dhms])*", "", each["reason"])
        standing = (each["verdict"], each["mode"], each["stream_id"], words)
        assert standings.get(place) != standing
        standings[place] = standing


def test_people_who_ask_for_it_read_the_same_records_before_the_answer(
    replay: Replay, write: Write, marathon: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = write("FILE", TIMELINE)
    with day.open("a", encoding="utf-8") as file:
        file.write("!\n")
    monkeypatch.chdir(day.parent)  # so that the line of the rejection is as long everywhere

    played = replay(day.name, "--until", "PT1H9M59S", "-v", output="text", policy=marathon)

    assert played.out == GOLDEN


def test_the_first_lines_of_an_incident_say_what_would_have_been_stopped_when_and_why(
    replay: Replay, write: Write
) -> None:
    """Three hours on five channels: of two a limit, of one a stall, of two nothing."""
    names = ("arena", "lobby", "garage", "studio", "rooftop")
    channels = {name: {"arn": raw.arn_of(name), "channel_name": name} for name in names}
    starts = [raw.stream(raw.at("10:00:00"), "Stream Start", **channels[name]) for name in names]
    later = [
        raw.stream(raw.at("10:20:00"), "Starvation Start", **channels["garage"]),
        raw.stream(raw.at("10:50:00"), "Stream End", **channels["studio"]),
        raw.stream(raw.at("10:55:00"), "Stream End", **channels["rooftop"]),
    ]
    policy = write("policy.yaml", policies.MARATHON_AND_STALLS)

    played = replay(
        write("day.jsonl", [*starts, *later]),
        "--until",
        "PT2H5M",
        "--timezone",
        "Europe/Berlin",
        output="text",
        policy=policy,
    )

    assert played.out.splitlines()[:10] == ANSWER.splitlines()
    assert all(len(line) <= 100 for line in played.out.splitlines())


RUNBOOK = "https://wiki.example.com/runbooks/" + "no-marathons-" * 5
NOTED = f"""{policies.MARATHON}\
    description: A free stream that nobody watches costs as much as a paid one.
    owner: broadcast desk
    runbook: {RUNBOOK}
"""


def test_what_the_author_of_a_rule_says_stands_with_its_incidents(
    replay: Replay, write: Write
) -> None:
    day, policy = write("day.jsonl", TIMELINE), write("noted.yaml", NOTED)

    (record, *_) = replay(day, "--until", "2h", policy=policy).of("incident")
    brief = replay(day, "--until", "2h", output="text", policy=policy).out
    verbose = replay(day, "--until", "2h", "--verbose", output="text", policy=policy).out

    assert record["notes"] == {
        "description": "A free stream that nobody watches costs as much as a paid one.",
        "owner": "broadcast desk",
        "runbook": RUNBOOK,
    }
    assert "broadcast desk" not in brief
    column = " " * 48
    assert f"{column}rule owner: broadcast desk\n" in verbose
    assert f"{RUNBOOK}\n" in verbose


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (("--rule", "no-marathons", "--only", "action"), [("no-marathons", raw.LOBBY)]),
        (("--channel", "lob*", "--only", "incident"), [("no-marathons", raw.LOBBY)]),
        (("--channel", raw.LOBBY, "--only", "action"), [("no-marathons", raw.LOBBY)]),
        (("--channel", "other", "--only", "action"), []),
    ],
)
def test_records_are_selected_by_channel_rule_and_kind(
    replay: Replay, write: Write, marathon: Path, given: tuple[str, ...], found: list[object]
) -> None:
    day = write("day.jsonl", TIMELINE[:1])

    played = replay(day, "--until", "1h", *given, policy=marathon)

    assert [(each["rule"], each["channel_arn"]) for each in played.records] == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("--rule", "no-marathon"), "the policy has no rule 'no-marathon'; did you mean"),
        (("--timezone", "Europe/Berlon"), "expected a time zone such as Europe/Berlin"),
    ],
)
def test_a_selection_that_cannot_be_is_refused(
    replay: Replay,
    write: Write,
    marathon: Path,
    given: tuple[str, ...],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        err = replay(write("day.jsonl", TIMELINE), *given, policy=marathon).err
    except SystemExit:
        err = capsys.readouterr().err

    assert message in err


def test_the_answer_counts_what_is_selected(replay: Replay, write: Write, marathon: Path) -> None:
    day = write("day.jsonl", TIMELINE)

    played = replay(day, "--until", "2h", "--channel", "lobby", output="text", policy=marathon)

    assert "Would have done: stop 1. 2 notifications. 1 incident, 0 still open." in played.out


def test_the_answer_counts_warnings_of_viewers_before_any_breach(
    replay: Replay, write: Write
) -> None:
    warned = write(
        "warned.yaml",
        "version: 1\nrules: [{id: long, kind: max_duration, mode: enforce, actions: [warn], "
        "params: {limit: 4h, warnings: [10m, 5m]}}]\n",
    )
    day = write("day.jsonl", TIMELINE[:1])

    before = replay(day, "--until", "235m", output="text", policy=warned)
    after = replay(day, "--until", "5h", output="text", policy=warned)

    assert "Would have done: warn 2. 2 notifications. 0 incidents" in before.out
    assert "Would have done: warn 3. 3 notifications. 1 incident" in after.out


def test_records_that_are_asked_for_are_listed_before_the_answer(
    replay: Replay, write: Write, marathon: Path
) -> None:
    day = write("day.jsonl", TIMELINE[:1])

    played = replay(day, "--until", "1h", "--only", "action", output="text", policy=marathon)

    action, blank, *answer = played.out.splitlines()
    assert "no-marathons: stop done" in action
    assert (blank, answer[1].startswith("Would have done: stop 1.")) == ("", True)


def test_channels_of_which_only_events_are_known_are_counted(
    replay: Replay, write: Write, marathon: Path
) -> None:
    day = write("day.jsonl", TIMELINE[:1])
    fleet = write("fleet.yaml", f"channels: [{{name: lobby, arn: '{raw.LOBBY}'}}]")

    alone = replay(day, output="text", policy=marathon)
    together = replay(day, "--fleet", fleet, output="text", policy=marathon)

    assert "since only events are known: 1 channel. Give --fleet." in alone.out
    assert "Give --fleet" not in together.out


def test_a_channel_that_nothing_mentions_is_an_error(
    replay: Replay, write: Write, marathon: Path
) -> None:
    played = replay(write("day.jsonl", TIMELINE), "--channel", "loby", policy=marathon)

    assert (played.code, "no channel is called loby" in played.err) == (1, True)
    answered = replay(
        write("day.jsonl", TIMELINE), "--channel", "loby", output="text", policy=marathon
    )
    assert answered.out == ""


def test_where_all_is_rejected_the_answer_has_no_time(replay: Replay, write: Write) -> None:
    file = write("foo.jsonl", "foo")

    played = replay(file, output="text")

    assert " ".join(played.out.split()) == (
        "0 events played, 1 rejected Rejected "
        f"{file}:1: not JSON: it is plain text, or ends in the middle"
    )


@pytest.mark.parametrize(
    "words", [["replay", "--policy"], ["policy", "diff", "POLICY", "POLICY", "--events"]]
)
def test_a_long_run_says_on_a_terminal_how_far_it_is(
    write: Write, marathon: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], words: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("streamwarden_cli.console._OFTEN", 1)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    day = str(write("day.jsonl", TIMELINE))
    paths = [str(marathon), day] if words[0] == "replay" else [day]

    main([str(marathon) if each == "POLICY" else each for each in words] + paths)

    assert "2 looks" in capsys.readouterr().err


@pytest.mark.parametrize("more", [(), ("--verbose",)], ids=["answer", "records"])
def test_every_line_fits_100_columns_and_a_name_keeps_its_end(
    replay: Replay,
    write: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
) -> None:
    names = [f"channel-with-a-name-{number}" for number in (1, 22)]
    live = {"startTime": "2026-03-01T05:00:00Z"}
    channels = [{"name": each, "insecureIngest": True, "live": live} for each in names]
    fleet = write("fleet.json", json.dumps({"channels": channels}))
    events = write("day.jsonl", [*TIMELINE, {f"member_{'x' * 20}_{n}": n for n in range(5)}])
    rules = (
        "  - {id: a-limit, kind: max_duration, mode: enforce, params: {limit: 6h}, "
        "actions: [warn, stop]}\n"
        "  - {id: tls, kind: insecure_ingest, mode: enforce, "
        "actions: [repair: {set: {insecureIngest: false}}]}\n"
        "  - {id: owned, kind: required_tags, mode: enforce, params: {tags: {team: {}}}, "
        "actions: [tag: {set: {team: x}}]}\n"
        "  - {id: keys, kind: stream_key_age, mode: enforce, params: {limit: 2h}, "
        "actions: [rotate_key]}\n"
    )
    policy = write("wide.yaml", f"version: 1\nrules:\n{rules}")

    monkeypatch.chdir(tmp_path)

    printed = replay(
        events.name, "--fleet", fleet, "--until", "2d", *more, output="text", policy=policy
    ).out

    assert [each for each in printed.splitlines() if len(each) > 100] == []
    assert not more or 'tags={"team": "x"}: ok' in printed
    assert "channel…a-name-1 " in printed
    assert "channel…-name-22 " in printed


def test_there_is_colour_on_a_terminal_only(
    replay: Replay, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = write("day.jsonl", TIMELINE[:1])
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    plain = replay(day, output="text").out
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    coloured = replay(day, output="text").out
    monkeypatch.setenv("NO_COLOR", "1")
    asked_not_to = replay(day, output="text").out

    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert asked_not_to == plain
