"""Events that lack what no decision needs count, as they do in the deployed functions."""

from typing import Any, Final

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import Played, Replay, Write

_HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
_CONFIGURATION: Final = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/AbCdEfGhIjKl"
_FLEET: Final = f"""
channels:
- arn: {raw.LOBBY}
  name: lobby
  tags: {{tier: free}}
  recordingConfigurationArn: {_CONFIGURATION}
"""


def opened(played: Played) -> list[tuple[str, str]]:
    return [(each["rule"], each["at"]) for each in played.of("notification", status="opened")]


def reasons(played: Played, rule: str, verdict: str = "breach") -> list[str]:
    return [each["reason"] for each in played.of("verdict", rule=rule, verdict=verdict)]


def recording(time: str, status: str) -> dict[str, Any]:
    """As it was delivered in August 2022, and without a duration."""
    detail = {
        "recording_status": status,
        "recording_status_reason": "",
        "recording_s3_bucket_name": "vod",
        "recording_s3_key_prefix": "ivs/v1/210987654321/lobbyLobby12/2026/3/1/9/0/y9AbCdEfGhI3",
        "channel_name": "lobby",
        "stream_id": "st-1",
    }
    return raw.event(time, "IVS Recording State Change", detail, (raw.LOBBY,))


def untagged(identity: dict[str, Any]) -> dict[str, Any]:
    request = {"resourceArn": raw.LOBBY, "tagKeys": ["tier"]}
    event = raw.api_call(raw.at("09:10:00"), "UntagResource", request)
    event["detail"]["userIdentity"] = identity
    return event


def test_a_recording_without_session_id_starts_and_fails(replay: Replay, write: Write) -> None:
    timeline = [
        raw.stream(raw.at("09:00:00"), "Stream Start"),
        recording(raw.at("09:00:01"), "Recording Start"),
        raw.stream(raw.at("09:10:00"), "Stream End"),
        recording(raw.at("09:10:05"), "Recording End Failure"),
    ]
    policy = """
version: 1
rules:
- {id: rec-failed, kind: recording_failed, mode: notify}
- {id: integrity, kind: recording_integrity, mode: notify}
- {id: not-recording, kind: not_recording, mode: notify, params: {limit: 2m}}
"""

    played = replay(
        write("events.jsonl", timeline),
        "--fleet",
        write("fleet.yaml", _FLEET),
        policy=write("policy.yaml", policy),
    )

    assert played.summary["rejected"] == 0
    assert opened(played) == [("rec-failed", raw.at("09:10:05"))]


def test_a_recording_that_ends_without_a_duration_is_not_judged_by_it(
    replay: Replay, write: Write
) -> None:
    timeline = [
        raw.stream(raw.at("09:00:00"), "Stream Start"),
        recording(raw.at("09:00:01"), "Recording Start"),
        raw.stream(raw.at("09:10:00"), "Stream End"),
        recording(raw.at("09:10:05"), "Recording End"),
    ]
    policy = "version: 1\nrules:\n- {id: integrity, kind: recording_integrity, mode: notify}\n"

    played = replay(write("events.jsonl", timeline), policy=write("policy.yaml", policy))

    assert played.summary["rejected"] == 0
    assert "no recording has a known duration" in reasons(played, "integrity", "not applicable")[-1]


def test_a_stage_event_without_its_own_time_is_matched(replay: Replay, write: Write) -> None:
    stage = "arn:aws:ivs:eu-west-1:210987654321:stage/pL3nVd8sHc4J"
    detail = {
        "session_id": "st-1AbCdEfGhIjKl",
        "event_name": "Participant Publish Error",
        "error_code": "BITRATE_EXCEEDED",
    }
    timeline = [raw.event(raw.at("09:00:05"), "IVS Stage Update", detail, (stage,))]
    policy = """
version: 1
rules:
- id: stage-errors
  kind: event_alert
  mode: notify
  params: {detail_type: IVS Stage Update, name: Participant Publish Error}
"""

    played = replay(write("events.jsonl", timeline), policy=write("policy.yaml", policy))

    assert opened(played) == [("stage-errors", raw.at("09:00:05"))]


@pytest.mark.parametrize("named", [{}, {"stream_id": ""}, {"stream_id": None}])
def test_an_exceeded_limit_without_a_stream_concerns_the_stream_that_was_live(
    replay: Replay, write: Write, named: dict[str, Any]
) -> None:
    detail = {"limit": "Ingest Bitrate", "limit_value": 8_500_000, "exceeded_by": 120_000, **named}
    breached = raw.event(raw.at("09:05:00"), "IVS Limit Breach", detail, (raw.LOBBY,))
    policy = """
version: 1
rules:
- {id: limits, kind: limit_breach, mode: enforce, actions: [stop]}
"""

    played = replay(
        write("events.jsonl", [raw.stream(raw.at("09:00:00"), "Stream Start"), breached]),
        policy=write("policy.yaml", policy),
    )

    assert opened(played) == [("limits", raw.at("09:05:00"))]
    assert [each["stream_id"] for each in played.of("action")] == ["st-1"]
    assert reasons(played, "limits") == ["Ingest Bitrate was 8,620,000; 8,500,000 is allowed"]


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}, "cloudformation"),
        ({"type": "AWSAccount", "principalId": "AIDAEXAMPLE:ada"}, "(AIDAEXAMPLE:ada)"),
        ({"type": "SAMLUser", "principalId": "x:y", "userName": "ada"}, "(ada)"),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "94-7"}}, "(94-7)"),
        ({"type": "IAMUser", "userName": _HIDDEN}, "by an unknown caller"),
        ({}, "by an unknown caller"),
    ],
)
def test_a_caller_without_an_arn_is_an_unknown_caller(
    replay: Replay, write: Write, identity: dict[str, Any], name: str
) -> None:
    policy = """
version: 1
rules:
- {id: tier, kind: required_tags, mode: notify, params: {tags: {tier: {}}}}
- id: guarded
  kind: protected_tags
  mode: notify
  params: {tags: [tier], by: 'arn:aws:iam::*:role/deployer'}
"""

    played = replay(
        write("events.jsonl", [untagged(identity)]),
        "--fleet",
        write("fleet.yaml", _FLEET),
        policy=write("policy.yaml", policy),
    )

    assert opened(played) == [("tier", raw.at("09:10:00")), ("guarded", raw.at("09:10:00"))]
    (reason,) = reasons(played, "guarded")
    assert "an unknown caller" in reason
    assert name in reason


@pytest.mark.parametrize("named", [{}, {"channel_name": None}])
def test_a_stream_of_a_channel_without_a_name_counts(
    replay: Replay, write: Write, named: dict[str, Any]
) -> None:
    detail = {"event_name": "Stream Start", "stream_id": "st-1", **named}
    started = raw.event(raw.at("09:00:00"), "IVS Stream State Change", detail, (raw.LOBBY,))
    policy = """
version: 1
rules:
- {id: marathon, kind: max_duration, mode: enforce, params: {limit: 4h}, actions: [stop]}
"""

    played = replay(
        write("events.jsonl", [started]), "--until", "5h", policy=write("policy.yaml", policy)
    )

    assert [each["at"] for each in played.calls("StopStream")] == [raw.at("13:00:00")]


def test_hidden_tags_are_unknown_and_not_set(replay: Replay, write: Write) -> None:
    channel = {"arn": raw.LOBBY, "name": "lobby", "tags": _HIDDEN}
    key = {"arn": raw.LOBBY.replace("channel", "stream-key"), "channelArn": raw.LOBBY}
    asked = {"name": _HIDDEN, "tags": _HIDDEN}
    tagged = {"resourceArn": raw.LOBBY, "tags": _HIDDEN}
    timeline = [
        raw.api_call(
            raw.at("08:00:00"), "CreateChannel", asked, {"channel": channel, "streamKey": key}
        ),
        raw.api_call(raw.at("08:01:00"), "TagResource", tagged),
        raw.stream(raw.at("09:00:00"), "Stream Start"),
    ]
    policy = """
version: 1
rules:
- id: tier
  kind: required_tags
  mode: enforce
  params: {tags: {tier: {}}}
  actions: [tag: {set: {tier: unknown}}]
- {id: marathon, kind: max_duration, mode: enforce, params: {limit: 4h}, actions: [stop]}
"""

    played = replay(
        write("events.jsonl", timeline), "--until", "5h", policy=write("policy.yaml", policy)
    )

    assert played.summary["rejected"] == 0
    assert played.calls("TagResource") == []
    assert len(played.calls("StopStream")) == 1
