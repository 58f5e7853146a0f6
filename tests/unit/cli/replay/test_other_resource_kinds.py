"""The rule kinds about stream keys, key pairs and what is out of use, on the sample day."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.cli.replay import raw
from tests.unit.cli.replay.conftest import CORPUS, Played, Replay, Write

HARBOUR_CAM = raw.arn_of("dRBnhbN9SKRM")
STUDIO_ONE = raw.arn_of("9154EfmSfFCJ")
KEY_PAIR = (
    f"arn:aws:ivs:{raw.REGION}:{raw.ACCOUNT}:playback-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a"
)
VISITOR = "arn:aws:sts::210987654321:assumed-role/events-team/a-visitor"
PIPELINE = "arn:aws:sts::210987654321:assumed-role/channel-deployer/pipeline"
INHERITED = """\
version: 1
rules:
  - id: a
    kind: inherited_tags
    mode: enforce
    params: {tags: [team, cost-*]}
    actions: [inherit_tags]
"""
TAGGED = """\
version: 1
rules:
  - id: a
    kind: required_tags
    mode: enforce
    params: {tags: {team: {}}, on: [playback_key_pair, recording_configuration]}
    actions: [tag: {set: {team: unassigned}}]
"""

REAL_TIME = """\
version: 1
rules:
  - id: a
    kind: required_tags
    mode: enforce
    params:
      tags: {show: {}}
      on: [stage, encoder_configuration, ingest_configuration, public_key, storage_configuration]
    actions: [tag: {set: {show: late}}]
"""


def policy_of(kind: str, params: str) -> str:
    return f"version: 1\nrules:\n  - {{id: a, kind: {kind}, params: {params}, mode: notify}}\n"


@dataclass(frozen=True)
class Notified:
    """A rule of this kind prints a breach of that resource: when, and why."""

    kind: str
    params: str
    arn: str
    at: str
    reason: str


@pytest.mark.parametrize(
    "notified",
    [
        Notified(
            "playback_key_allowlist",
            "{fingerprints: '00:11'}",
            KEY_PAIR,
            "08:30:00",
            "the playback key pair's fingerprint is "
            "bd:90:27:fc:86:02:13:33:60:82:68:2a:c1:c7:88:98, which is not allowed; "
            f"events-team ({VISITOR}) imported it",
        ),
        Notified(
            "playback_key_age",
            "{limit: 2h}",
            KEY_PAIR,
            "10:30:00",
            "the playback key pair was imported 2h ago, which is the limit",
        ),
        Notified(
            "required_tags",
            "{tags: {team: {}}, on: [playback_key_pair]}",
            KEY_PAIR,
            "08:30:00",
            "tag 'team' is missing",
        ),
        Notified(
            "required_tags",
            "{tags: {team: {}}, on: [stream_key]}",
            STUDIO_ONE,
            "05:41:00",
            "stream key: tag 'team' is missing",
        ),
        Notified(
            "key_missing",
            "{limit: 1s}",
            STUDIO_ONE,
            "10:45:01",
            "without a stream key for 1s, which is the limit; nobody can stream to the channel",
        ),
        Notified(
            "key_drift",
            "{by: '*:role/streamwarden'}",
            STUDIO_ONE,
            "10:45:00",
            f"the stream key was deleted by channel-deployer ({PIPELINE})",
        ),
        Notified(
            "orphans",
            "{unused: 3h, on: [channel]}",
            STUDIO_ONE,
            "13:30:04",
            "the channel was last on the air 3h ago, which is the limit",
        ),
    ],
    ids=lambda notified: f"{notified.kind} {notified.params}",
)
def test_a_breach_is_notified(replay: Replay, write: Write, notified: Notified) -> None:
    policy = write("policy.yaml", policy_of(notified.kind, notified.params))

    played = replay(CORPUS, "--until", "1h", policy=policy)

    found = played.of("verdict", verdict="breach", channel_arn=notified.arn)
    assert (notified.at, notified.reason) in [(each["at"][11:19], each["reason"]) for each in found]


def tagged(played: Played, arn: str) -> list[dict[str, Any]]:
    """What was set on this resource."""
    found = [each["parameters"] for each in played.calls("TagResource")]
    return [each["tags"] for each in found if each["resourceArn"] == arn]


def test_a_key_gets_the_tags_of_its_channel_and_so_does_the_next_one(
    replay: Replay, write: Write
) -> None:
    played = replay(CORPUS, policy=write("policy.yaml", INHERITED))

    done = played.of("action", channel_arn=STUDIO_ONE, action="inherit_tags")
    assert [(each["at"][11:19], each["outcome"]) for each in done] == [
        ("05:41:00", "done"),
        ("10:45:02", "done"),
    ]
    wanted = {"team": "broadcast", "cost-center": "CC-1042"}
    for key in ("u8SUoBDejj7k", "XhRvxkPGH11n"):
        arn = STUDIO_ONE.partition("channel/")[0] + f"stream-key/{key}"
        assert tagged(played, arn) == [wanted]
    assert not played.calls("GetStreamKey")


def test_a_key_pair_is_tagged_itself(replay: Replay, write: Write) -> None:
    played = replay(CORPUS, policy=write("policy.yaml", TAGGED))

    (done,) = played.of("action")
    assert (done["channel_arn"], done["outcome"]) == (KEY_PAIR, "done")
    assert tagged(played, KEY_PAIR) == [{"team": "unassigned"}]
    notifications = played.of("notification", channel_arn=KEY_PAIR)
    assert [each["status"] for each in notifications] == ["opened", "resolved"]


def test_what_real_time_has_is_tagged_through_its_own_api(replay: Replay, write: Write) -> None:
    played = replay(CORPUS, policy=write("policy.yaml", REAL_TIME))

    tagged = {each["channel_arn"].split(":")[5].partition("/")[0] for each in played.of("action")}
    assert tagged == {
        "stage",
        "encoder-configuration",
        "ingest-configuration",
        "public-key",
        "storage-configuration",
    }
    assert {each["outcome"] for each in played.of("action")} == {"done"}
    assert len(played.calls("TagResource")) == len(played.of("action")) == 5
