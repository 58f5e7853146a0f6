"""What is told of the account, of stages and of compositions, on the sample day and beside it."""

from typing import Any

import pytest

from tests.unit.cli.replay import policies, raw
from tests.unit.cli.replay.conftest import CORPUS, REPOSITORY, Played, Replay, Write

DEFAULT = REPOSITORY / "policies" / "default.yaml"
EVENTS_COMPANY = REPOSITORY / "policies" / "events-company.yaml"
ACCOUNT = f"arn:aws:ivs:{raw.REGION}:{raw.ACCOUNT}:account/{raw.ACCOUNT}"
STAGE = "arn:aws:ivs:eu-west-1:210987654321:stage/AtUlF8oNuvW2"
COMPOSITION = "arn:aws:ivs:eu-west-1:210987654321:composition/MCDUNK1GfPij"
STUDIO_ONE = raw.arn_of("9154EfmSfFCJ")
ALERT = """\
version: 1
rules:
  - id: alert
    kind: event_alert
    mode: notify
    params: {detail_type: IVS Stage Update, name: Participant Publish Error}
"""
HEADROOM = """\
version: 1
rules:
  - id: headroom
    kind: quota_headroom
    mode: notify
    params: {at: 0.5, quotas: {concurrent_streams: 3, concurrent_views: 1000}}
"""
FLEET = f"""\
channels:
  - arn: {raw.LOBBY}
    live: {{streamId: st-1, startTime: "2026-03-01T09:00:00Z", viewerCount: 499}}
  - arn: {raw.arn_of("garageGig123")}
    live: {{streamId: st-2, startTime: "2026-03-01T09:00:00Z"}}
  - arn: {raw.arn_of("idleIdleIdle")}
"""


def notification_titles(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(each["at"][11:19], each["status"], each["title"]) for each in found]


def publish_error(time: str, **more: object) -> dict[str, Any]:
    detail = {
        "event_name": "Participant Publish Error",
        "event_time": time,
        "session_id": "st-BwB3tBdp0Dejs",
        "user_id": "guest-9",
        "participant_id": "nem4DvEgheTe",
        "error_code": "BITRATE_EXCEEDED",
        **more,
    }
    return raw.event(time, "IVS Stage Update", detail, (STAGE,))


def test_an_account_over_its_quotas_is_notified(replay: Replay) -> None:
    played = replay(CORPUS, "--until", "1h", policy=DEFAULT)

    title = "account 210987654321 in eu-west-1: within"
    assert notification_titles(played.of("notification", channel_arn=ACCOUNT)) == [
        ("09:45:00", "opened", f"{title}-viewer-quota breach"),
        ("10:45:00", "resolved", f"{title}-viewer-quota resolved"),
        ("13:30:02", "opened", f"{title}-broadcast-quota breach"),
        ("14:30:02", "resolved", f"{title}-broadcast-quota resolved"),
    ]
    (reached,) = played.of("verdict", rule="within-broadcast-quota", verdict="breach")
    assert reached["reason"] == "Concurrent Broadcasts was 101 active streams; 100 is allowed"


def test_what_fails_on_a_stage_is_notified_once_an_hour(replay: Replay) -> None:
    played = replay(CORPUS, "--until", "1h", policy=DEFAULT)

    rule = "stage-recordings-arrive"
    assert notification_titles(played.of("notification", rule=rule)) == [
        ("12:37:00", "opened", f"stage AtUlF8oNuvW2: {rule} breach"),
        ("14:10:04", "opened", f"composition MCDUNK1GfPij: {rule} breach"),
        ("14:25:40", "resolved", f"stage AtUlF8oNuvW2: {rule} resolved"),
        ("15:10:06", "resolved", f"composition MCDUNK1GfPij: {rule} resolved"),
    ]


def test_each_repetition_is_counted(replay: Replay) -> None:
    played = replay(CORPUS, policy=DEFAULT)

    found = played.of("verdict", channel_arn=COMPOSITION, verdict="breach")
    assert [each["reason"] for each in found] == [
        "Destination Failure at 2026-09-12 14:10:04 UTC: AccessDeniedException",
        "2 events (Destination Failure, Session Failure), last at 2026-09-12 14:10:06 UTC: "
        "DestinationFailure",
    ]


def test_a_publish_error_is_notified(replay: Replay, write: Write) -> None:
    played = replay(CORPUS, policy=write("policy.yaml", ALERT))

    (found,) = played.of("verdict", verdict="breach")
    assert (found["channel_arn"], found["stream_id"]) == (STAGE, None)
    assert found["reason"] == (
        "Participant Publish Error at 2026-09-12 12:35:20 UTC: BITRATE_EXCEEDED"
    )


@pytest.mark.parametrize(("more", "count"), [({}, 1), ({"replica": True}, 0)])
def test_a_condition_looks_into_the_event(
    replay: Replay, write: Write, more: dict[str, object], count: int
) -> None:
    day = write("day.jsonl", [publish_error(raw.at("10:00:00"), **more)])

    played = replay(day, policy=EVENTS_COMPANY)

    assert len(played.of("notification", rule="speakers-get-on-stage")) == count


def test_what_nobody_listens_for_is_played_and_judged_by_nobody(
    replay: Replay, write: Write
) -> None:
    day = write("day.jsonl", [publish_error(raw.at("10:00:00"))])

    played = replay(day, policy=write("policy.yaml", policies.MARATHON))

    assert [each["channel_arn"] for each in played.of("event")] == [STAGE]
    assert played.of("verdict") == []


def test_the_fleet_is_counted_as_a_sweep_would(replay: Replay, write: Write) -> None:
    fleet = write("fleet.yaml", FLEET)
    day = write("day.jsonl", [raw.stream(raw.at("10:00:00"), "Stream Start")])

    played = replay(day, "--fleet", fleet, policy=write("policy.yaml", HEADROOM))

    (found,) = played.of("verdict", channel_arn=ACCOUNT)
    assert found["at"] == raw.at("10:00:00")
    assert (found["verdict"], found["reason"]) == (
        "breach",
        "2 of 3 concurrent streams (66%) in use",
    )


def test_the_end_of_a_stream_key_is_that_of_its_channel(sample_day: Played) -> None:
    (deleted,) = sample_day.of("event", name="DeleteStreamKey")

    assert deleted["channel_arn"] == STUDIO_ONE


def test_people_read_what_it_is_about(replay: Replay, write: Write) -> None:
    lines = replay(CORPUS, "--verbose", output="text", policy=DEFAULT).out.splitlines()

    columns = {line[35:55].strip() for line in lines}
    assert {"the account", "stage AtUlF8oNuvW2", "MCDUNK1GfPij", "studio-one"} <= columns


def test_the_order_of_repetitions_does_not_matter(replay: Replay, write: Write) -> None:
    day = [publish_error(raw.at(f"10:0{minute}:00")) for minute in range(4)]
    policy = write("policy.yaml", ALERT)

    once = replay(write("once.jsonl", day), policy=policy).of("verdict")[-1]
    shuffled = write("twice.jsonl", [*reversed(day), *day])
    twice = replay(shuffled, "--as-listed", policy=policy).of("verdict")[-1]

    assert once["reason"].startswith("Participant Publish Error 4 times, last at 2026-03-01 10:03")
    assert twice["reason"] == once["reason"]
