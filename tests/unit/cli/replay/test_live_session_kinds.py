"""The rule kinds about what is on the air, on the sample day and on small ones."""

import json
from dataclasses import dataclass

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import CORPUS, Replay, Write

STUDIO_ONE = raw.arn_of("9154EfmSfFCJ")
POP_UP_STAGE = raw.arn_of("KgopvkVuUi7g")
THIRD_STAGE = raw.arn_of("cC68GgECejoi")
START = raw.stream(raw.at("10:00:00"), "Session Created")


@dataclass(frozen=True)
class Notified:
    """A rule of this kind prints a breach of that channel: when, why, and until when at most."""

    kind: str
    params: str
    channel: str
    at: str
    reason: str
    recheck_at: str | None = None


def policy_of(kind: str, params: str) -> str:
    return f"version: 1\nrules:\n  - {{id: a, kind: {kind}, params: {params}, mode: notify}}\n"


@pytest.mark.parametrize(
    "notified",
    [
        Notified(
            "allowed_hours",
            '{start: "08:00", end: "12:00", zone: Europe/Berlin}',
            STUDIO_ONE,
            "2026-09-12T10:00:00Z",
            "on the air at sat 2026-09-12 12:00 (Europe/Berlin); "
            "allowed is every day from 08:00 to 12:00",
            "2026-09-13T06:00:00Z",
        ),
        Notified(
            "never_live",
            "{}",
            POP_UP_STAGE,
            "2026-09-12T11:28:40Z",
            "the session got no Stream Start; it ended with MultitrackInputNotAllowed",
            "2026-09-12T12:28:40Z",
        ),
        Notified(
            "limit_breach",
            "{}",
            POP_UP_STAGE,
            "2026-09-12T11:04:00Z",
            "Ingest Bitrate was 9,743,700 bits per second; 8,500,000 is allowed",
        ),
        Notified(
            "takeover",
            "{attempts: false}",
            STUDIO_ONE,
            "2026-09-12T09:55:00Z",
            "taken over once, last at 2026-09-12 09:55 UTC",
            "2026-09-13T09:55:00Z",
        ),
        Notified(
            "flapping",
            "{sessions: 1, window: 6h}",
            POP_UP_STAGE,
            "2026-09-12T11:27:40Z",
            "2 sessions began within 6h; 1 is allowed",
            "2026-09-12T16:59:53Z",
        ),
        Notified(
            "stream_failure",
            "{}",
            THIRD_STAGE,
            "2026-09-12T13:30:04Z",
            "IVS could not process the stream "
            "(No processing capacity is available; try again later)",
            "2026-09-13T13:30:04Z",
        ),
    ],
    ids=lambda notified: notified.kind,
)
def test_the_sample_day_shows_a_breach(replay: Replay, write: Write, notified: Notified) -> None:
    policy = write("policy.yaml", policy_of(notified.kind, notified.params))

    played = replay(CORPUS, policy=policy)

    first = played.of("verdict", channel_arn=notified.channel, verdict="breach")[0]
    assert (first["at"], first["reason"], first["recheck_at"]) == (
        notified.at,
        notified.reason,
        notified.recheck_at,
    )


@pytest.mark.parametrize(
    ("kind", "params", "viewers", "verdict", "reason"),
    [
        ("viewer_ceiling", "{viewers: 1000}", 1203, "breach", "watched by 1,203 viewers; 1,000"),
        ("viewer_ceiling", "{viewers: 1000}", 12, "compliant", "watched by no more than"),
        ("viewer_ceiling", "{viewers: 1000}", None, "not applicable", "how many watch is not"),
        (
            "no_viewers",
            "{limit: 30m}",
            0,
            "breach",
            "nobody has watched for 30m",
        ),
        ("no_viewers", "{limit: 30m}", 1, "compliant", "somebody watches"),
        ("no_viewers", "{limit: 30m}", None, "not applicable", "how many watch is not known yet"),
    ],
)
def test_a_fleet_file_may_tell_how_many_watch(
    replay: Replay,
    write: Write,
    kind: str,
    params: str,
    viewers: int | None,
    verdict: str,
    reason: str,
) -> None:
    live = {"streamId": "st-live", "startTime": raw.at("09:00:00")}
    counted = {} if viewers is None else {"viewerCount": viewers}
    fleet = write("fleet.json", json.dumps({"channels": [_lobby(live | counted)]}))
    noise = write(
        "noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created", arn=STUDIO_ONE)]
    )
    policy = write("policy.yaml", policy_of(kind, params))

    played = replay(noise, "--fleet", fleet, "--until", "1h", policy=policy)

    last = played.of("verdict", channel_arn=raw.LOBBY)[-1]
    assert last["verdict"] == verdict
    assert last["reason"].startswith(reason)


def _lobby(live: object) -> dict[str, object]:
    return {"arn": raw.LOBBY, "name": "lobby", "live": live}


def test_a_session_that_never_starts_is_told_by_its_timer_and_forgotten_after_an_hour(
    replay: Replay, write: Write
) -> None:
    end = raw.stream(raw.at("10:00:20"), "Session Ended")
    policy = write("policy.yaml", policy_of("never_live", "{}"))

    played = replay(write("day.jsonl", [START, end]), "--until", "3h", policy=policy)

    notified = [
        (each["at"], each["verdict"]) for each in played.of("verdict", channel_arn=raw.LOBBY)
    ]
    assert notified[-2:] == [(raw.at("10:01:00"), "breach"), (raw.at("11:01:00"), "compliant")]


ENCODERS = {
    "videoConfigurations": [
        {
            "track": "Track0",
            "videoWidth": 1920,
            "videoHeight": 1080,
            "targetFramerate": 60,
            "targetBitrate": 8_500_000,
            "codec": "avc1.64002A",
        }
    ],
    "audioConfigurations": [{"track": "Track0", "targetBitrate": 160_000, "codec": "mp4a.40.2"}],
}


@pytest.mark.parametrize(
    ("kind", "params", "notified", "verdict", "reason"),
    [
        (
            "ingest_ceiling",
            "{short_edge: 720, bitrate: 5_000_000}",
            {"ingestConfigurations": ENCODERS},
            "breach",
            "video 1080p60 (1920x1080) at 8.5 Mbit/s; at most 720p and 5 Mbit/s is allowed",
        ),
        (
            "ingest_ceiling",
            "{short_edge: 1080, audio_codecs: mp4a.40.2}",
            {"ingestConfigurations": ENCODERS},
            "compliant",
            "the encoder sends no more than is allowed",
        ),
        (
            "ingest_ceiling",
            "{framerate: 30}",
            {},
            "not applicable",
            "what the encoder sends is not known yet; sweeps read it when IVS has it",
        ),
        (
            "zombie_session",
            "{}",
            {"endedAt": raw.at("09:40:00")},
            "breach",
            "still listed as live after its end event, for 19m 59s; 10m is allowed",
        ),
        (
            "zombie_session",
            "{}",
            {},
            "compliant",
            "no event or listing says that the session is over",
        ),
    ],
)
def test_a_fleet_file_may_tell_more_of_a_stream(
    replay: Replay,
    write: Write,
    kind: str,
    params: str,
    notified: dict[str, object],
    verdict: str,
    reason: str,
) -> None:
    live = {"streamId": "st-live", "startTime": raw.at("09:00:00"), **notified}
    fleet = write("fleet.json", json.dumps({"channels": [_lobby(live)]}))
    noise = write(
        "noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created", arn=STUDIO_ONE)]
    )
    policy = write("policy.yaml", policy_of(kind, params))

    played = replay(noise, "--fleet", fleet, "--until", "1h", policy=policy)

    last = played.of("verdict", channel_arn=raw.LOBBY)[-1]
    assert (last["verdict"], last["reason"]) == (verdict, reason)


def test_a_zombie_is_stopped(replay: Replay, write: Write) -> None:
    live = {
        "streamId": "st-live",
        "startTime": raw.at("09:00:00"),
        "endedAt": raw.at("09:40:00"),
    }
    fleet = write("fleet.json", json.dumps({"channels": [_lobby(live)]}))
    noise = write(
        "noise.jsonl", [raw.stream(raw.at("10:00:00"), "Session Created", arn=STUDIO_ONE)]
    )
    rule = "{id: a, kind: zombie_session, mode: enforce, actions: [stop]}"
    policy = write("policy.yaml", f"version: 1\nrules: [{rule}]\n")

    played = replay(noise, "--fleet", fleet, "--until", "1h", policy=policy)

    (stop,) = played.of("action")
    assert (stop["stream_id"], stop["outcome"]) == ("st-live", "done")
