"""The rule kinds about settings, tags, keys and recordings, on the sample day."""

from dataclasses import dataclass

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import CORPUS, Replay, Write

HARBOUR_CAM = raw.arn_of("dRBnhbN9SKRM")
STUDIO_ONE = raw.arn_of("9154EfmSfFCJ")
POP_UP_STAGE = raw.arn_of("KgopvkVuUi7g")
CONFIGURATION = "arn:aws:ivs:eu-west-1:210987654321:recording-configuration/X7dFKCgMyy1Q"
PIPELINE = "arn:aws:sts::210987654321:assumed-role/channel-deployer/pipeline"
VISITOR = "arn:aws:sts::210987654321:assumed-role/events-team/a-visitor"


@dataclass(frozen=True)
class Notified:
    """A rule of this kind prints a breach of that channel: when, and why."""

    kind: str
    params: str
    channel: str
    at: str
    reason: str


def policy_of(kind: str, params: str) -> str:
    return f"version: 1\nrules:\n  - {{id: a, kind: {kind}, params: {params}, mode: notify}}\n"


@pytest.mark.parametrize(
    "notified",
    [
        Notified(
            "private_required",
            "{}",
            HARBOUR_CAM,
            "05:40:00",
            "the channel is public: anybody with its playback URL can watch without a token",
        ),
        Notified(
            "playback_restriction",
            "{}",
            HARBOUR_CAM,
            "05:40:00",
            "no playback restriction policy is attached: anybody anywhere can watch",
        ),
        Notified(
            "channel_type",
            "{types: BASIC, containers: FRAGMENTED_MP4}",
            HARBOUR_CAM,
            "05:40:00",
            "the type is 'STANDARD', not 'BASIC'; "
            "the container format is 'TS', not 'FRAGMENTED_MP4'",
        ),
        Notified(
            "recording_required",
            "{}",
            HARBOUR_CAM,
            "05:40:00",
            "the channel has no recording configuration: its streams are not recorded",
        ),
        Notified(
            "recording_forbidden",
            "{}",
            STUDIO_ONE,
            "08:45:00",
            f"the channel's streams are recorded, by {CONFIGURATION!r}",
        ),
        Notified(
            "unmanaged_channel",
            "{tag: tier, names: 'tf-*'}",
            POP_UP_STAGE,
            "07:30:00",
            "the channel is not managed: it has no tag 'tier' and no name like 'tf-*'",
        ),
        Notified(
            "tag_limit",
            "{tags: 2}",
            POP_UP_STAGE,
            "10:40:00",
            "the channel uses 3 of 50 tags; 2 are allowed",
        ),
        Notified(
            "protected_tags",
            "{tags: [tier, cost-*], by: '*:role/channel-deployer'}",
            POP_UP_STAGE,
            "10:40:00",
            "protected tags were changed: 'cost-center' by events-team, 'tier' by events-team",
        ),
        Notified(
            "owner_from_creator",
            "{tag: team}",
            POP_UP_STAGE,
            "07:30:00",
            f"tag 'team' is missing; the channel was created by events-team ({VISITOR})",
        ),
        Notified(
            "key_drift",
            "{by: '*:role/streamwarden-*'}",
            STUDIO_ONE,
            "10:45:00",
            f"the stream key was deleted by channel-deployer ({PIPELINE})",
        ),
        Notified(
            "not_recording",
            "{}",
            POP_UP_STAGE,
            "11:01:00",
            "on the air for 1m and not recorded; a recording should start in 1m",
        ),
    ],
    ids=lambda notified: notified.kind,
)
def test_a_breach_is_told_on_the_sample_day(
    replay: Replay, write: Write, notified: Notified
) -> None:
    policy = write("policy.yaml", policy_of(notified.kind, notified.params))

    breaches = replay(CORPUS, policy=policy).of("verdict", verdict="breach")

    first = next(each for each in breaches if each["channel_arn"] == notified.channel)
    assert (first["at"], first["reason"]) == (f"2026-09-12T{notified.at}Z", notified.reason)


def test_a_key_that_is_not_replaced_is_notified(replay: Replay, write: Write) -> None:
    created = raw.created(raw.at("09:00:00"), {})
    key = raw.LOBBY.replace("channel/", "stream-key/")
    deleted = raw.api_call(raw.at("10:00:00"), "DeleteStreamKey", {"arn": key})
    policy = write("policy.yaml", policy_of("key_missing", "{}"))

    played = replay(write("day.jsonl", [created, deleted]), "--until", "1h", policy=policy)

    (notified,) = played.of("verdict", verdict="breach")
    assert (notified["at"], notified["reason"]) == (
        raw.at("10:10:00"),
        "without a stream key for 10m, which is the limit; nobody can stream to the channel",
    )


def test_a_short_recording_is_told_for_a_day(replay: Replay, write: Write) -> None:
    ended = {
        "channel_name": "lobby",
        "stream_id": "st-1",
        "recording_status": "Recording End",
        "recording_status_reason": "",
        "recording_s3_bucket_name": "vod",
        "recording_s3_key_prefix": "ivs/v1/lobby",
        "recording_duration_ms": 30 * 60 * 1000,
        "recording_session_id": "rec-1",
    }
    day = [
        raw.stream(raw.at("10:00:00"), "Stream Start"),
        raw.stream(raw.at("11:00:00"), "Stream End"),
        raw.event(raw.at("11:00:09"), "IVS Recording State Change", ended, (raw.LOBBY,)),
    ]
    policy = write("policy.yaml", policy_of("recording_integrity", "{}"))

    played = replay(write("day.jsonl", day), "--until", "2d", policy=policy)

    (notified,) = played.of("verdict", verdict="breach")
    assert notified["reason"] == "30m recorded of 1h on the air; at least 54m are expected"
    assert [(each["status"], each["at"]) for each in played.of("notification")] == [
        ("opened", raw.at("11:00:09")),
        ("resolved", raw.at("11:00:09", day=2)),
    ]


def test_a_merged_stream_is_not_told_as_unrecorded(replay: Replay, write: Write) -> None:
    policy = write("policy.yaml", policy_of("not_recording", "{}"))

    breaches = replay(CORPUS, policy=policy).of("verdict", verdict="breach")

    assert [each for each in breaches if each["channel_arn"] == STUDIO_ONE] == []
