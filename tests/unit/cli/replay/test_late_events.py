"""Events that come late, twice or under odd names leave the simulated world as the account was."""

from typing import Final

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Replay, Write

_POLICY: Final = """
version: 1
defaults: {mode: notify, severity: medium}
rules:
  - {id: marathon, kind: max_duration, mode: enforce, params: {limit: 4h}, actions: [stop]}
  - {id: budget, kind: broadcast_budget, params: {limit: 3h, period: day}}
  - {id: takeover, kind: takeover}
  - {id: limits, kind: limit_breach}
  - id: tier
    kind: required_tags
    mode: enforce
    params: {tags: {tier: {}}}
    actions: [tag: {set: {tier: free}}]
"""
_LISTED: Final = ("--as-listed", "--until", "5h")


def test_a_session_that_was_created_earlier_leaves_the_present_stream_to_be_stopped(
    replay: Replay, write: Write
) -> None:
    events = [
        raw.stream(raw.at("10:05:00"), "Stream Start", "st-B"),
        raw.stream(raw.at("09:00:00"), "Session Created", "st-A"),
    ]

    played = replay(write("e.jsonl", events), *_LISTED, policy=write("p.yaml", _POLICY))

    (stop,) = played.of("action", rule="marathon")
    assert (stop["at"], stop["stream_id"], stop["outcome"]) == (
        "2026-03-01T14:05:00Z",
        "st-B",
        "done",
    )
    assert len(played.calls("StopStream")) == 1


def test_a_stream_that_is_heard_of_hours_late_counts_and_ends_no_other(
    replay: Replay, write: Write
) -> None:
    events = [
        raw.stream(raw.at("12:00:00"), "Stream Start", "st-B"),
        raw.stream(raw.at("09:00:00"), "Stream Start", "st-A"),
        raw.stream(raw.at("11:00:00"), "Stream End", "st-A"),
    ]

    played = replay(write("e.jsonl", events), *_LISTED, policy=write("p.yaml", _POLICY))

    opened = {each["rule"]: each["at"] for each in played.of("notification", status="opened")}
    assert opened["budget"] == "2026-03-01T13:00:00Z"
    assert [each["at"] for each in played.calls("StopStream")] == ["2026-03-01T16:00:00Z"]


def test_a_name_that_no_channel_can_have_is_played(replay: Replay, write: Write) -> None:
    named = {"channel_name": "Your Channel"}
    exceeded = {"limit_name": "Ingest Bitrate", "limit_value": 1_234, "exceeded_by": 3, **named}
    events = [
        raw.stream(raw.at("10:00:00"), "Stream Start", **named),
        raw.event(raw.at("10:01:00"), "IVS Limit Breach", exceeded, (raw.LOBBY,)),
        raw.stream(raw.at("10:02:00"), "Stream Takeover", **named),
    ]

    played = replay(write("e.jsonl", events), policy=write("p.yaml", _POLICY))

    assert played.summary["rejected"] == 0
    titles = [each["title"] for each in played.of("notification", status="opened")]
    assert {"Your Channel: limits breach", "Your Channel: takeover breach"} <= {*titles}


def test_tags_that_cloudtrail_hides_are_unknown_and_none_is_overwritten(
    replay: Replay, write: Write
) -> None:
    hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
    created = raw.created(raw.at("08:00:00"), {})
    created["detail"]["requestParameters"] |= {"tags": hidden}
    created["detail"]["responseElements"]["channel"]["tags"] = hidden
    tagged = raw.api_call(
        raw.at("08:01:00"), "TagResource", {"resourceArn": raw.LOBBY, "tags": hidden}
    )
    start = raw.stream(raw.at("09:00:00"), "Stream Start")

    played = replay(
        write("e.jsonl", [created, tagged, start]),
        "--until",
        "5h",
        policy=write("p.yaml", _POLICY),
    )

    assert (played.code, played.summary["rejected"]) == (0, 0)
    assert played.calls("TagResource") == []
    assert len(played.calls("StopStream")) == 1
