"""Worlds set up from elsewhere: channels as they are, events as they were seen."""

from typing import Any

import pytest

from ivs_simulator.wire.model import Api
from tests.unit.simulator.conftest import ACCOUNT, NOW, REGION, Sandbox
from tests.unit.simulator.lifecycle import refused_code
from tests.unit.simulator.wire.service import public_key

ARN = f"arn:aws:ivs:{REGION}:{ACCOUNT}:channel/Zqumpm08hsE8"
ONE, TWO = "st-" + "1" * 23, "st-" + "2" * 23


def state_change(name: str, stream_id: str, time: str = "2026-03-14T17:00:00Z") -> dict[str, Any]:
    kind = "Health" if name.startswith("Starvation") else "State"
    return {
        "version": "0",
        "id": "21bade02-6a6a-e768-f2ed-66ffdcc99396",
        "detail-type": f"IVS Stream {kind} Change",
        "source": "aws.ivs",
        "account": ACCOUNT,
        "time": time,
        "region": REGION,
        "resources": [ARN],
        "detail": {"event_name": name, "channel_name": "arena", "stream_id": stream_id},
    }


def api_call(
    name: str,
    request: Any,
    answer: Any = None,
    error: str | None = None,
    time: str = "2026-03-14T17:00:00Z",
) -> Any:
    detail = {
        "eventSource": "ivs.amazonaws.com",
        "eventName": name,
        "eventTime": time,
        "requestParameters": request,
        "responseElements": answer,
    }
    return {
        **state_change("", ONE),
        "detail-type": "AWS API Call via CloudTrail",
        "resources": [],
        "detail": {**detail, "errorCode": error} if error else detail,
    }


def test_a_channel_is_added_as_it_is_without_an_event(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.add_channel(
        arn=ARN,
        name="arena",
        type="BASIC",
        insecureIngest=True,
        recordingConfigurationArn=f"arn:aws:ivs:{REGION}:{ACCOUNT}:recording-configuration/abc",
        tags={"aws:cloudformation:stack-name": "live"},
        live={"streamId": ONE, "startTime": "2026-03-14T16:00:00Z"},
        created_at=NOW,
    )

    assert sandbox.events == []
    channel = ivs.get_channel(arn=ARN)["channel"]
    assert (channel["type"], channel["insecureIngest"], channel["latencyMode"]) == (
        "BASIC",
        True,
        "LOW",
    )
    assert ivs.get_stream(channelArn=ARN)["stream"]["streamId"] == ONE
    assert len(ivs.list_stream_keys(channelArn=ARN)["streamKeys"]) == 1
    ivs.stop_stream(channelArn=ARN)


@pytest.mark.parametrize("fields", [{"colour": "red"}, {"type": "GIGANTIC"}])
def test_fields_no_channel_has_are_refused(sandbox: Sandbox, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"colour|type"):
        sandbox.world.add_channel(arn=ARN, **fields)


def test_a_mirrored_stream_is_live_until_its_end_is_mirrored(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.mirror(state_change("Session Created", ONE))
    sandbox.world.mirror(state_change("Stream Start", ONE, "2026-03-14T17:00:07Z"))
    sandbox.world.mirror(state_change("Starvation Start", ONE, "2026-03-14T17:01:00Z"))

    (stream,) = ivs.list_streams()["streams"]
    assert (stream["streamId"], stream["health"]) == (ONE, "STARVING")
    sandbox.world.mirror(state_change("Stream End", ONE, "2026-03-14T17:05:00Z"))
    assert ivs.list_streams()["streams"] == []
    assert sandbox.events == []


def test_a_start_that_arrives_after_the_end_starts_nothing(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.mirror(state_change("Session Ended", ONE))
    sandbox.world.mirror(state_change("Session Created", ONE))

    assert ivs.list_streams()["streams"] == []


def test_a_stream_stopped_here_does_not_come_back_by_a_late_event(
    sandbox: Sandbox, ivs: Any
) -> None:
    sandbox.world.mirror(state_change("Session Created", ONE))
    ivs.stop_stream(channelArn=ARN)
    sandbox.world.mirror(state_change("Stream Start", ONE))

    assert ivs.list_streams()["streams"] == []


def test_a_new_session_ends_the_one_whose_end_was_lost(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.mirror(state_change("Session Created", ONE))
    sandbox.world.mirror(state_change("Session Created", TWO, "2026-03-14T17:30:00Z"))

    assert [stream["streamId"] for stream in ivs.list_streams()["streams"]] == [TWO]


@pytest.mark.parametrize(
    "late",
    [["Session Created"], ["Stream Start", "Stream End"], ["Starvation Start"]],
    ids=["created", "whole", "stalled"],
)
def test_late_events_of_an_earlier_stream_leave_the_present_one_on_the_air(
    sandbox: Sandbox, ivs: Any, late: list[str]
) -> None:
    sandbox.world.mirror(state_change("Stream Start", TWO, "2026-03-14T17:30:00Z"))
    for name in late:
        sandbox.world.mirror(state_change(name, ONE, "2026-03-14T17:00:00Z"))

    assert ivs.get_stream(channelArn=ARN)["stream"]["streamId"] == TWO
    assert [stream["streamId"] for stream in ivs.list_streams()["streams"]] == [TWO]


def test_a_health_event_that_arrives_late_changes_nothing(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.mirror(state_change("Stream Start", ONE))
    sandbox.world.mirror(state_change("Starvation End", ONE, "2026-03-14T17:02:00Z"))
    sandbox.world.mirror(state_change("Starvation Start", ONE, "2026-03-14T17:01:00Z"))

    assert ivs.get_stream(channelArn=ARN)["stream"]["health"] == "HEALTHY"


def test_calls_that_are_seen_late_undo_no_later_one(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.add_channel(arn=ARN, tags={"a": "1"})
    early, late = "2026-03-14T17:00:00Z", "2026-03-14T17:10:00Z"
    for name, request, time in [
        ("UpdateChannel", {"arn": ARN, "insecureIngest": True}, late),
        ("UpdateChannel", {"arn": ARN, "insecureIngest": False, "name": "arena"}, early),
        ("UntagResource", {"resourceArn": ARN, "tagKeys": ["a"]}, late),
        ("TagResource", {"resourceArn": ARN, "tags": {"a": "2", "b": "2"}}, early),
    ]:
        sandbox.world.mirror(api_call(name, request, time=time))

    channel = ivs.get_channel(arn=ARN)["channel"]
    assert (channel["name"], channel["insecureIngest"]) == ("arena", True)
    assert channel["tags"] == {"b": "2"}


def test_a_call_that_is_seen_late_does_not_undo_one_that_was_made_here(
    sandbox: Sandbox, ivs: Any
) -> None:
    sandbox.world.add_channel(arn=ARN)
    ivs.tag_resource(resourceArn=ARN, tags={"team": "ours"})
    long_ago = "2020-01-01T00:00:00Z"
    call = {"resourceArn": ARN, "tags": {"team": "theirs"}}
    sandbox.world.mirror(api_call("TagResource", call, time=long_ago))

    assert ivs.get_channel(arn=ARN)["channel"]["tags"] == {"team": "ours"}


def test_a_name_that_no_channel_can_have_is_taken_as_an_event_has_it(
    sandbox: Sandbox, ivs: Any
) -> None:
    event = state_change("Stream Start", ONE)
    event["detail"]["channel_name"] = "Your Channel"
    sandbox.world.mirror(event)

    assert ivs.get_channel(arn=ARN)["channel"]["name"] == "Your Channel"


def test_mirrored_writes_are_reflected(sandbox: Sandbox, ivs: Any) -> None:
    created = {"channel": {"arn": ARN, "name": "arena", "type": "BASIC", "tags": {"a": "1"}}}
    for event in [
        api_call("CreateChannel", {}, created),
        api_call("TagResource", {"resourceArn": ARN.replace("/", "%2F"), "tags": {"b": "2"}}),
        api_call("UntagResource", {"resourceArn": ARN, "tagKeys": ["a"]}),
        api_call("UpdateChannel", {"arn": ARN, "insecureIngest": True}),
        api_call("UpdateChannel", {"arn": ARN, "name": "failed"}, error="ConflictException"),
        api_call("PutMetadata", {"channelArn": ARN}),
    ]:
        sandbox.world.mirror(event)

    channel = ivs.get_channel(arn=ARN)["channel"]
    assert (channel["name"], channel["insecureIngest"]) == ("arena", True)
    assert channel["tags"] == {"b": "2"}
    sandbox.world.mirror(api_call("DeleteChannel", {"arn": ARN}))
    assert ivs.list_channels()["channels"] == []


def test_a_channel_is_mirrored_with_its_own_key(sandbox: Sandbox, ivs: Any) -> None:
    key = ARN.replace("channel/", "stream-key/")
    made = {"arn": key, "channelArn": ARN, "tags": {}}
    created = {"channel": {"arn": ARN, "name": "arena"}, "streamKey": made}

    sandbox.world.mirror(api_call("CreateChannel", {}, created))
    sandbox.world.mirror(api_call("TagResource", {"resourceArn": key, "tags": {"team": "news"}}))

    (held,) = ivs.list_stream_keys(channelArn=ARN)["streamKeys"]
    assert (held["arn"], held["tags"]) == (key, {"team": "news"})
    sandbox.world.mirror(api_call("DeleteStreamKey", {"arn": key}))
    assert ivs.list_stream_keys(channelArn=ARN)["streamKeys"] == []


def test_a_channel_that_was_there_gets_its_own_key_from_a_late_event(
    sandbox: Sandbox, ivs: Any
) -> None:
    sandbox.world.add_channel(arn=ARN)
    keys = [ARN.replace("channel/", f"stream-key/{name}") for name in ("first", "next")]
    first, later = ({"streamKey": {"arn": arn, "channelArn": ARN}} for arn in keys)
    created = api_call("CreateChannel", {}, {"channel": {"arn": ARN, "name": "arena"}, **first})

    sandbox.world.mirror(created)
    assert [each["arn"] for each in ivs.list_stream_keys(channelArn=ARN)["streamKeys"]] == keys[:1]

    sandbox.world.mirror(api_call("CreateStreamKey", {"channelArn": ARN}, later))
    sandbox.world.mirror(created)
    assert [each["arn"] for each in ivs.list_stream_keys(channelArn=ARN)["streamKeys"]] == keys[1:]


class TestOtherResources:
    CASES = (
        (
            "ImportPlaybackKeyPair",
            "DeletePlaybackKeyPair",
            {"name": "tokens", "publicKeyMaterial": public_key()},
            "keyPair",
            "playback-key/k1",
        ),
        (
            "CreateRecordingConfiguration",
            "DeleteRecordingConfiguration",
            {"name": "vod", "destinationConfiguration": {"s3": {"bucketName": "a-bucket"}}},
            "recordingConfiguration",
            "recording-configuration/r1",
        ),
        (
            "CreatePlaybackRestrictionPolicy",
            "DeletePlaybackRestrictionPolicy",
            {"name": "dach", "allowedCountries": ["DE"]},
            "playbackRestrictionPolicy",
            "playback-restriction-policy/p1",
        ),
        (
            "CreateAdConfiguration",
            "DeleteAdConfiguration",
            {"name": "ads", "mediaTailorPlaybackConfigurations": []},
            "adConfiguration",
            "ad-configuration/a1",
        ),
        (
            "CreateFailoverSlateConfiguration",
            "DeleteFailoverSlateConfiguration",
            {"name": "slate"},
            "failoverSlateConfiguration",
            "failover-slate-configuration/s1",
        ),
    )

    REAL_TIME: tuple[tuple[str, str, dict[str, Any], str, str], ...] = (
        ("CreateStage", "DeleteStage", {"name": "hall"}, "stage", "stage/s1"),
        ("StartComposition", "StopComposition", {}, "composition", "composition/c1"),
        (
            "CreateEncoderConfiguration",
            "DeleteEncoderConfiguration",
            {},
            "encoderConfiguration",
            "encoder-configuration/e1",
        ),
        (
            "CreateIngestConfiguration",
            "DeleteIngestConfiguration",
            {"ingestProtocol": "RTMPS"},
            "ingestConfiguration",
            "ingest-configuration/i1",
        ),
        ("ImportPublicKey", "DeletePublicKey", {"name": "k"}, "publicKey", "public-key/k1"),
        (
            "CreateStorageConfiguration",
            "DeleteStorageConfiguration",
            {"s3": {"bucketName": "a-bucket"}},
            "storageConfiguration",
            "storage-configuration/b1",
        ),
    )

    @pytest.mark.parametrize(
        ("create", "delete", "request_", "member", "resource"), CASES + REAL_TIME
    )
    def test_what_was_made_is_there_until_it_is_deleted(
        self,
        sandbox: Sandbox,
        create: str,
        delete: str,
        request_: dict[str, Any],
        member: str,
        resource: str,
    ) -> None:
        is_real_time = (create, delete, request_, member, resource) in self.REAL_TIME
        ivs = sandbox.client(api=Api.REAL_TIME if is_real_time else Api.LOW_LATENCY)
        arn = ARN.rpartition(":")[0] + f":{resource}"
        made = {**request_, "arn": arn, "tags": {"team": "news"}}
        creation = api_call(create, request_, {member: made})

        sandbox.world.mirror(creation)
        sandbox.world.mirror(api_call("TagResource", {"resourceArn": arn, "tags": {"a": "b"}}))

        assert ivs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "news", "a": "b"}
        sandbox.world.mirror(api_call(delete, {"arn": arn}))
        sandbox.world.mirror(creation)
        gone = refused_code(ivs.list_tags_for_resource, resourceArn=arn)
        assert gone == "ResourceNotFoundException"

    def test_a_policy_is_as_it_was_last_changed(self, sandbox: Sandbox, ivs: Any) -> None:
        arn = ARN.replace("channel/", "playback-restriction-policy/")
        created = {"playbackRestrictionPolicy": {"arn": arn, "allowedCountries": ["DE"]}}
        sandbox.world.mirror(api_call("CreatePlaybackRestrictionPolicy", {}, created))

        changed = {"arn": arn, "allowedCountries": [], "enableStrictOriginEnforcement": True}
        sandbox.world.mirror(api_call("UpdatePlaybackRestrictionPolicy", changed))

        policy = ivs.get_playback_restriction_policy(arn=arn)["playbackRestrictionPolicy"]
        assert policy["allowedCountries"] == []
        assert policy["enableStrictOriginEnforcement"] is True

    def test_a_slate_is_ready_and_as_it_was_last_changed(self, sandbox: Sandbox, ivs: Any) -> None:
        arn = ARN.replace("channel/", "failover-slate-configuration/")
        created = {"failoverSlateConfiguration": {"arn": arn, "name": "a", "state": "CREATING"}}
        sandbox.world.mirror(api_call("CreateFailoverSlateConfiguration", {}, created))

        sandbox.world.mirror(
            api_call("UpdateFailoverSlateConfiguration", {"arn": arn, "name": "b"})
        )

        (slate,) = ivs.list_failover_slate_configurations()["failoverSlateConfigurations"]
        assert (slate["name"], slate["state"]) == ("b", "CREATED")

    def test_an_ingest_configuration_has_a_key_and_is_as_it_was_last_changed(
        self, sandbox: Sandbox, real_time: Any
    ) -> None:
        arn, stage = (
            ARN.replace("channel/", f"{kind}/") for kind in ("ingest-configuration", "stage")
        )
        made = {"arn": arn, "ingestProtocol": "RTMPS", "participantId": "p", "state": "INACTIVE"}
        created = {"ingestConfiguration": made}
        sandbox.world.mirror(api_call("CreateIngestConfiguration", {}, created))
        sandbox.world.mirror(api_call("UpdateIngestConfiguration", {"arn": arn, "stageArn": stage}))

        found = real_time.get_ingest_configuration(arn=arn)["ingestConfiguration"]
        assert found["streamKey"].startswith("rt_")
        assert found["stageArn"] == stage

    def test_a_key_pair_without_its_key_is_not_taken_in(self, sandbox: Sandbox, ivs: Any) -> None:
        pair = {"arn": ARN.replace("channel/", "playback-key/"), "name": "tokens"}

        sandbox.world.mirror(api_call("ImportPlaybackKeyPair", {}, {"keyPair": pair}))

        assert ivs.list_playback_key_pairs()["keyPairs"] == []


def test_what_is_unknown_is_ignored(sandbox: Sandbox) -> None:
    sandbox.world.mirror({**state_change("Session Created", ONE), "source": "aws.s3"})
    sandbox.world.mirror({**state_change("Session Created", ONE), "detail-type": "IVS Novelty"})

    assert sandbox.world.account_regions() == []


def test_a_world_can_mirror_what_another_one_emits(sandbox: Sandbox) -> None:
    ivs = sandbox.client()
    made = ivs.create_channel(name="arena", tags={"owner": "sports"})
    sandbox.world.go_live(made["streamKey"]["value"])

    mirror = Sandbox()
    for event in sandbox.events:
        mirror.world.mirror(event)

    (here,), (there,) = ivs.list_streams()["streams"], mirror.client().list_streams()["streams"]
    assert here == there
    assert mirror.client().list_channels()["channels"] == ivs.list_channels()["channels"]


def test_late_events_of_a_deleted_channel_revive_nothing(sandbox: Sandbox, ivs: Any) -> None:
    sandbox.world.mirror(state_change("Stream Start", ONE))
    sandbox.world.mirror(api_call("DeleteChannel", {"arn": ARN.replace("/", "%2F")}))
    sandbox.world.mirror(state_change("Starvation Start", ONE))
    sandbox.world.mirror(api_call("TagResource", {"resourceArn": ARN, "tags": {"a": "b"}}))

    assert ivs.list_channels()["channels"] == []
    assert ivs.list_streams()["streams"] == []


@pytest.mark.parametrize("name", ["Stream Takeover", "Stream Takeover Failure"])
def test_a_takeover_tells_of_a_stream_whose_start_was_lost(
    sandbox: Sandbox, ivs: Any, name: str
) -> None:
    sandbox.world.mirror(state_change(name, ONE))

    assert ivs.get_stream(channelArn=ARN)["stream"]["streamId"] == ONE


def test_a_creation_that_arrives_late_sets_what_nothing_newer_set(
    sandbox: Sandbox, ivs: Any
) -> None:
    sandbox.world.mirror(state_change("Stream End", ONE))
    sandbox.world.mirror(api_call("UpdateChannel", {"arn": ARN, "latencyMode": "NORMAL"}))
    sandbox.world.mirror(api_call("TagResource", {"resourceArn": ARN, "tags": {"team": "new"}}))
    created = {"arn": ARN, "type": "BASIC", "latencyMode": "LOW", "insecureIngest": True}
    tags = {"team": "old", "env": "prod"}
    sandbox.world.mirror(api_call("CreateChannel", {}, {"channel": {**created, "tags": tags}}))

    channel = ivs.get_channel(arn=ARN)["channel"]
    assert (channel["type"], channel["latencyMode"]) == ("BASIC", "NORMAL")
    assert channel["insecureIngest"] is True
    assert channel["tags"] == {"team": "new", "env": "prod"}
